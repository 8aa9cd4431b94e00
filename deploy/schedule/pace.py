"""Where the present pace leads: the expected end of a deployment, counted in school days (article 6.1's window)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import ceil
from typing import Protocol

from inventory.status import Status
from inventory.words import later, tell

NO_PACE = later("rien n'est fait : aucun rythme à prolonger")


class Days(Protocol):
    """The school days that a pace is counted in."""

    def school_days(self, first: date, last: date) -> list[date]: ...

    def school_days_after(self, day: date, count: int) -> date: ...


class Phase(Status):
    """Where a mobile class stands against its own dates in the window."""

    AHEAD = "ahead", "à venir", "calendar-clock", "plain"
    OPEN = "open", "en cours", "calendar-range", "watch"
    LATE = "late", "en retard", "calendar-x", "bad"
    DONE = "done", "terminée", "calendar-check", "good"


@dataclass(frozen=True, slots=True)
class Forecast:
    """The expected end; `day` is None when nothing can be said, and `why` says so."""

    day: date | None
    why: str = ""


def phase(first: date, last: date, today: date, *, done: bool) -> Phase:
    """Both dates are included: a class is late from the day after its last."""
    if done:
        return Phase.DONE
    if today < first:
        return Phase.AHEAD
    return Phase.LATE if today > last else Phase.OPEN


def school_days_left(days: Days, first: date, last: date, today: date) -> int:
    """School days still to come for a class, today included; 0 once its last day is past."""
    start = max(first, today)
    return len(days.school_days(start, last)) if start <= last else 0


def forecast(
    share: Fraction, first: date, today: date, days: Days, unknown: type[Exception] | tuple[type[Exception], ...]
) -> Forecast:
    """The school day on which the whole is done if it goes on as it went since `first`.

    `share` is the part of the work done by `today` (0 to 1). `unknown` is what `days` raises beyond its calendars.
    """
    if share >= 1:
        return Forecast(None, tell("tout est fait"))
    if today < first:
        return Forecast(None, tell("le déploiement n'a pas commencé"))
    if share == 0:
        return Forecast(None, tell(NO_PACE))
    try:
        worked = len(days.school_days(first, today))
        return Forecast(days.school_days_after(today, ceil((1 - share) * worked / share))) if worked else Forecast(None, tell(NO_PACE))
    except unknown:
        return Forecast(None, tell("au-delà des calendriers scolaires connus"))
