"""Stored words: a stable English key with its French label, icon and tone in one place (never colour alone)."""

from __future__ import annotations

from enum import Enum
from typing import Self

from inventory.words import tell

TONES = ("good", "watch", "bad", "rest", "unknown", "plain")


class Status(str, Enum):
    """An enumeration whose members are their stored key and carry how they are shown.

    A member is written `NAME = "key", "Libellé français", "icon", "tone"`; `icon` names a symbol of the icon sprite,
    `tone` is one of `TONES`.
    """

    french: str
    icon: str
    tone: str

    def __new__(cls, key: str, label: str = "", icon: str = "", tone: str = "") -> Self:
        member = str.__new__(cls, key)
        member._value_ = key
        member.french, member.icon, member.tone = label, icon, tone
        return member

    @property
    def label(self) -> str:
        """How it is called, in the language spoken now."""
        return tell(self.french)

    def __str__(self) -> str:
        return str(self.value)
