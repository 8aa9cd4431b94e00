"""A device's silence in school time: a cart that sleeps in its cupboard through the holidays is at rest, not lost.

The loi 2015-136 (article 7) has Wi-Fi switched off in classrooms outside lessons, so hours on the wall say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.calendars import UnknownCalendar
from inventory.paris import PARIS
from inventory.school_time import SchoolTime
from inventory.status import Status

A_DAY = timedelta(hours=24)


class ContactState(Status):
    """What a device's silence means."""

    RECENT = "recent", "contact récent", "wifi", "good"
    RESTING = "resting", "au repos", "moon", "rest"
    WATCH = "watch", "à surveiller", "eye", "watch"
    SILENT = "silent", "silencieuse", "wifi-off", "bad"
    UNKNOWN = "unknown", "jamais en contact", "circle-help", "unknown"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many school days of silence a device is watched, and is an alarm."""

    watch: int = 10
    silent: int = 20


@dataclass(frozen=True, slots=True)
class Contact:
    """A silence: on the wall, in hours of class, and in whole school days (None where no calendar covers it)."""

    state: ContactState
    last: datetime | None
    wall: timedelta | None = None
    school: timedelta | None = None
    school_days: int | None = None

    @property
    def sentence(self) -> str:
        """The silence in French."""
        if self.last is None:
            return "jamais entendue par un MDM"
        if self.school_days is None:
            return "aucun calendrier scolaire ne couvre ce silence"
        if self.school_days:
            return f"{self.school_days} jour{'s' if self.school_days > 1 else ''} de classe sans contact"
        hours = int((self.school or timedelta()).total_seconds() // 3600)
        return f"{hours} h de classe sans contact" if hours else "aucune heure de classe depuis son dernier contact"


def contact(last: datetime | None, now: datetime, time: SchoolTime, thresholds: Thresholds) -> Contact:
    """What the silence since `last` means at `now`.

    At rest: more than a day has passed on the wall, and not one hour of class. A contact said to be in the future is no contact.
    """
    if last is None or last > now:
        return Contact(ContactState.UNKNOWN, None)
    wall = on_the_wall(last, now)
    try:
        school, days = time.open_between(last, now), time.school_days_between(last, now)
    except UnknownCalendar:
        return Contact(ContactState.UNKNOWN, last, wall)
    return Contact(_state(wall, school, days, thresholds), last, wall, school, days)


def on_the_wall(start: datetime, end: datetime) -> timedelta:
    """The hours that a clock on a wall in Paris shows between two moments (the night of 29 October 2017 has one more)."""
    return end.astimezone(PARIS).replace(tzinfo=None) - start.astimezone(PARIS).replace(tzinfo=None)


def _state(wall: timedelta, school: timedelta, days: int, thresholds: Thresholds) -> ContactState:
    if days >= thresholds.silent:
        return ContactState.SILENT
    if days >= thresholds.watch:
        return ContactState.WATCH
    return ContactState.RESTING if wall > A_DAY and not school else ContactState.RECENT
