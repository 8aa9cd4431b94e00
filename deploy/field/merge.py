"""What becomes of an act that others did not wait for: disjoint fields merge, the same field said otherwise since is contested.

A field is one axis of one subject in the journal. The version that a phone knew is the last line of the journal when it prepared its
round; the server's order decides, whatever the clocks say.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Wish:
    """A field and the value that an act gives it."""

    subject: str
    subject_id: int
    axis: str
    value: str

    @property
    def field(self) -> tuple[int, str]:
        return self.subject_id, self.axis


@dataclass(frozen=True, slots=True)
class Present:
    """The value of a field now: the `position`-th line of the journal said it, from this very phone or not (`own`)."""

    value: str
    position: int
    own: bool


class Verdict(Enum):
    """What may be done with a wish."""

    FREE = "nobody said otherwise since the phone last looked"
    SAME = "it is so already"
    CONTESTED = "somebody else said otherwise since"


def judge(wish: Wish, present: Present | None, base: int) -> Verdict:
    """Whether a wish made on version `base` may be carried out on what is there now."""
    if present is None:
        return Verdict.FREE
    if present.value == wish.value:
        return Verdict.SAME
    return Verdict.FREE if present.own or present.position <= base else Verdict.CONTESTED


def contested(wishes: Sequence[Wish], now: Mapping[tuple[str, tuple[int, str]], Present], base: int, *, apart: bool) -> list[Wish]:
    """The wishes to put before somebody. Those of one act stand or fall together, unless they may be taken `apart`."""
    found = [wish for wish in wishes if judge(wish, now.get((wish.subject, wish.field)), base) is Verdict.CONTESTED]
    return found if apart or not found else list(wishes)
