"""What a simulated server was asked to do, and what its tablets made of it: the account of commands, the queue, the states."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

COMMANDS = "commandes"
"""The login and the password of the account that may command: that of readings may not."""


@dataclass(frozen=True, slots=True)
class Received:
    """A command that the server took: what, for which device (its id there), the words it shows, by which name."""

    what: str
    device: str
    words: str
    uuid: str
    at: datetime


@dataclass(slots=True)
class Orders:
    """The commands that a server took, in order; `obeys` whether its tablets do them at once, or leave them in the queue."""

    received: list[Received] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    obeys: bool = True
    loses: bool = False
    """Whether it says that it takes a command, and forgets it (micromdm 716)."""

    def take(self, what: str, device: str, at: datetime, *, words: Any = "", uuid: str = "") -> None:
        if not self.loses:
            self.received.append(Received(what, device, str(words or ""), uuid, at))
