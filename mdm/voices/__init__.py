"""The kinds of MDM server that may be asked something: one file and one line each. The others are only read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from mdm.commands.order import Action
from mdm.driver import Access
from mdm.voice import Voice
from mdm.voices.fleet import FleetVoice
from mdm.voices.headwind import HeadwindVoice
from mdm.voices.micromdm import MicroMdmVoice
from mdm.voices.nanomdm import NanoMdmVoice
from mdm.voices.zentral import ZentralVoice

VOICES: Mapping[str, type[Voice]] = {
    "headwind": HeadwindVoice, "fleet": FleetVoice, "micromdm": MicroMdmVoice, "nanomdm": NanoMdmVoice, "zentral": ZentralVoice,
}  # fmt: skip


def actions_of(kind: str) -> frozenset[Action]:
    """What a kind of server can be asked."""
    return VOICES[kind].actions if kind in VOICES else frozenset()


def speak_to(kind: str, access: Access, *, clock: Callable[[], datetime]) -> Voice:
    """A voice ready to sign in. KeyError for a kind that has none."""
    made: Callable[..., Voice] = VOICES[kind]
    return made(access, clock=clock)
