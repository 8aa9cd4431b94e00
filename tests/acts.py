"""Acts as a phone makes them, for tests: one phone counts its own, knows a line of the journal, and holds them until they are answered."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from deploy.field.act import KEPT, Act, Kind
from deploy.field.actions.receive import Answer, receive
from inventory.actions.records import Hand
from inventory.journal import head
from inventory.models import Person
from inventory.queries.visible import scope_of


class Phone:
    """A phone of somebody; `luck` makes its numbers, so that a test can be run again."""

    def __init__(self, person: Person, luck: random.Random) -> None:
        self.person, self.luck = person, luck
        self.device = self.number()
        self.base = head()[0]
        self.done = 0
        self.unsent: list[Act] = []

    def number(self) -> str:
        return str(uuid.UUID(int=self.luck.getrandbits(128), version=4))

    def does(self, kind: str, subject: str, at: str = "2017-11-15T10:00:00+01:00", **payload: Any) -> Act:
        self.done += 1
        act = Act(self.number(), self.person.id, self.device, self.done, self.base, at, Kind(kind), subject, payload)
        self.unsent.append(act)
        return act

    @property
    def oldest(self) -> int:
        return min((act.sequence for act in self.unsent), default=self.done + 1)

    def sends(self, act: Act, now: datetime, *, heard: bool = True) -> Answer:
        """Send one act; the answer may not be `heard`, and then the phone keeps it."""
        return self.sends_these([act], now, heard=heard)[0]

    def sends_these(self, acts: Sequence[Act], now: datetime, *, heard: bool = True) -> list[Answer]:
        answers = receive(acts, Hand(self.person, now), scope_of(self.person), self.oldest)
        kept = {answer.id: answer.digest for answer in answers if heard and answer.state in KEPT}
        self.unsent = [one for one in self.unsent if kept.get(one.id) != one.digest]
        return answers

    def sends_all(self, now: datetime) -> list[Answer]:
        return self.sends_these(sorted(self.unsent, key=lambda act: act.sequence), now)


def wire(act: Act) -> dict[str, Any]:
    """An act as it goes through the network."""
    return {
        "id": act.id, "by": act.by, "device": act.device, "sequence": act.sequence, "base": act.base, "at": act.at,
        "kind": act.kind.value, "subject": act.subject, "payload": dict(act.payload),
    }  # fmt: skip
