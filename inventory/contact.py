"""A device's silence in school time: a cart that sleeps in its cupboard through the holidays is at rest, not lost.

The loi 2015-136 (article 7) has Wi-Fi switched off in classrooms outside lessons, so hours on the wall say nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.calendars import UnknownCalendar
from inventory.errors import Refused
from inventory.paris import PARIS
from inventory.school_time import SchoolTime
from inventory.spoken import moment
from inventory.status import Status
from inventory.words import tell, tell_count

A_DAY = timedelta(hours=24)
AN_HOUR = timedelta(hours=1)


class ContactState(Status):
    """What a device's silence means.

    - `silent`, `watch`: as many whole school days of silence as the thresholds say, holidays or not: an alarm does not go to sleep.
    - `resting`: below the thresholds, not heard for a day or more, and no hour of class in the last 24 h: a school that is shut
      gives a tablet no occasion to be heard. So a cart last seen on the Friday afternoon before Toussaint rests until the first
      minute of class of the Monday after, and on a Sunday in term too.
    - `recent`: any other known silence below the thresholds.
    - `unknown`: never heard, heard later than `now` only, or a silence that leaves the known calendars.
    """

    RECENT = "recent", "contact récent", "wifi", "good"
    RESTING = "resting", "au repos", "moon", "rest"
    WATCH = "watch", "à surveiller", "eye", "watch"
    SILENT = "silent", "silencieuse", "wifi-off", "bad"
    UNKNOWN = "unknown", "contact inconnu", "circle-help", "unknown"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From how many whole school days of silence a device is watched, and is an alarm."""

    watch: int = 10
    silent: int = 20

    def __post_init__(self) -> None:
        if not 0 < self.watch <= self.silent:
            raise Refused(
                tell("Seuils de silence incohérents : à surveiller à {watch} jours de classe, silencieuse à {silent} ; il faut au moins 1, et le second au moins égal au premier.", watch=self.watch, silent=self.silent)
            )


@dataclass(frozen=True, slots=True)
class Contact:
    """A silence: on the wall, in open school hours, and in whole school days (None where nothing can be said)."""

    state: ContactState
    last: datetime | None
    wall: timedelta | None = None
    school: timedelta | None = None
    school_days: int | None = None

    @property
    def sentence(self) -> str:
        """The silence in French, « vue il y a 3 jours de classe »."""
        if self.last is None:
            return tell("aucun contact connu")
        if self.school_days is None or self.school is None:
            return tell("vue le {last}, hors des calendriers scolaires connus", last=moment(self.last))
        if self.school_days:
            return tell_count("vue il y a {count}\u00a0jour de classe", "vue il y a {count}\u00a0jours de classe", self.school_days)
        if not self.school and self.state is ContactState.RESTING:
            return tell("pas une heure de classe depuis son dernier contact")
        hours = self.school // AN_HOUR
        return tell("vue il y a {hours}\u00a0h de classe", hours=hours) if hours else tell("vue il y a moins d'une heure de classe")


def contact(last: datetime | None, now: datetime, time: SchoolTime, thresholds: Thresholds) -> Contact:
    """What the silence since `last` means at `now`, both aware; see `ContactState`. Never raises for want of a calendar."""
    if last is None or last > now:
        return Contact(ContactState.UNKNOWN, None)
    wall = on_the_wall(last, now)
    try:
        school, days = time.open_between(last, now), time.school_days_between(last, now)
    except UnknownCalendar:
        return Contact(ContactState.UNKNOWN, last, wall)
    if days >= thresholds.watch:
        state = ContactState.SILENT if days >= thresholds.silent else ContactState.WATCH
    else:
        state = ContactState.RESTING if _at_rest(last, now, time) else ContactState.RECENT
    return Contact(state, last, wall, school, days)


def on_the_wall(start: datetime, end: datetime) -> timedelta:
    """What the clocks of Paris show between two moments, never less than nothing.

    From 20 October 2017 16:30 to 6 November 08:30 that is 400 h, as a person counts it on a calendar, though 401 h went by: the
    night of 29 October gives its hour back.
    """
    shown = end.astimezone(PARIS).replace(tzinfo=None) - start.astimezone(PARIS).replace(tzinfo=None)
    return max(shown, timedelta())


def _at_rest(last: datetime, now: datetime, time: SchoolTime) -> bool:
    return now - last >= A_DAY and not time.open_between(now - A_DAY, now)


def silences(now: datetime, time: SchoolTime, thresholds: Thresholds) -> dict[ContactState, tuple[datetime, datetime]]:
    """Between which moments, the first left out, a last contact means each state at `now`; nothing where no calendar knows `now`.

    Beyond them the state is `unknown`. It is `contact` turned over: what a database needs to find the silent ones.
    """
    start = time.known_since(now)
    if start is None:
        return {}
    before = start - timedelta(microseconds=1)
    silent = max(time.heard_before(now, thresholds.silent) or before, before)
    watch = max(time.heard_before(now, thresholds.watch) or before, silent)
    asleep = now - A_DAY >= start and not time.open_between(now - A_DAY, now)
    rest = max(now - A_DAY, watch) if asleep else watch
    return {
        ContactState.SILENT: (before, silent), ContactState.WATCH: (silent, watch), ContactState.RESTING: (watch, rest),
        ContactState.RECENT: (rest, now),
    }  # fmt: skip
