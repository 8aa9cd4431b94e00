"""What a plan is made of: half-days, works of a class in their order, visits; and the last half-day at which each work may begin.

The unit is half a day of one technician (article D521-10's half-days; a day of the town has two). A technician is at one place during
half a day and does there all that fits; a work longer than half a day takes whole ones, then what remains.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import NamedTuple

from inventory.status import Status

HALF_DAY = 210
MORNING, AFTERNOON = 0, 1


class Slot(NamedTuple):
    """Half a day: its date in Europe/Paris, morning (0) or afternoon (1)."""

    day: date
    half: int


class Presence(Status):
    """Who must be at the place."""

    TEACHERS = "teachers", "en présence des enseignants", "users", "plain"
    ANYBODY = "anybody", "sans les enseignants", "wrench", "plain"


@dataclass(frozen=True, slots=True)
class Work:
    """One piece of work of a class: where, how long in minutes for one technician, and who must be there."""

    key: str
    place: str
    minutes: int
    presence: Presence = Presence.ANYBODY

    @property
    def pieces(self) -> list[int]:
        """Its minutes cut in half-days: whole ones, then what remains."""
        whole, rest = divmod(self.minutes, HALF_DAY)
        return [HALF_DAY] * whole + ([rest] if rest else [])


@dataclass(frozen=True, slots=True)
class Job:
    """What is left to do for a class, in order, between two days.

    `ready` says from when a work may begin, None while a gate has no date; a work that it does not name may begin at once. `gates` names them.
    """

    code: str
    works: tuple[Work, ...]
    first: date
    last: date
    ready: Mapping[str, date | None] = field(default_factory=dict)
    gates: Mapping[str, str] = field(default_factory=dict)

    def begins(self, work: Work) -> date | None:
        """The first day of a work; None while nobody can tell."""
        told = self.ready.get(work.key, self.first)
        return None if told is None else max(told, self.first)


@dataclass(frozen=True, slots=True)
class Visit:
    """A technician at a place during half a day, for one work of a class; a promised one was told to the school and stays."""

    code: str
    work: str
    slot: Slot
    technician: str
    place: str
    minutes: int
    promised: bool = False


Open = Callable[[str, Presence, Slot], bool]


def half_days(first: date, last: date) -> list[Slot]:
    """The half-days of a window, both ends included."""
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return [Slot(day, half) for day in days for half in (MORNING, AFTERNOON)]


def last_starts(job: Job, window: Sequence[Slot], is_open: Open) -> list[int] | None:
    """For each piece of work, the place in `window` of the last half-day at which it may be done so that all ends in time; None if it cannot.

    Technicians apart: what the calendar and the gates allow. Backwards, each piece goes in the half-day of the one that follows while both fit
    there, else in the last one before it that is open: no other choice leaves more for the pieces before.
    """
    found: list[int] = []
    here, room, place = len(window), 0, ""
    for work in reversed(job.works):
        for minutes in reversed(work.pieces):
            stays = place == work.place and minutes <= room and _fits(job, work, window[here], is_open)
            if not stays:
                here = next((n for n in range(here - 1, -1, -1) if _fits(job, work, window[n], is_open)), -1)
                if here < 0:
                    return None
                room, place = HALF_DAY, work.place
            room -= minutes
            found.append(here)
    return found[::-1]


def _fits(job: Job, work: Work, slot: Slot, is_open: Open) -> bool:
    begins = job.begins(work)
    return begins is not None and begins <= slot.day <= job.last and is_open(work.place, work.presence, slot)
