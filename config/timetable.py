"""The timetable: which period of each job is due at a moment. Pure: no clock, no table, no scheduler.

Days are those of Europe/Paris. A job of the night is due from a moment to the next, not at an hour of the wall: 29 October 2017
shows 02:30 twice and 26 March 2017 never shows it, and each still has one night.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from inventory.paris import at, local_date
from inventory.status import Status

PeriodOf = Callable[[datetime], str | None]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ONE_DAY = timedelta(days=1)
MOST_ATTEMPTS = 6
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=2), timedelta(hours=1)

BACKUP_AT, RETENTION_AT, QUARTER_AT, COMPARED_AT, LATENESS_AT = time(2, 30), time(4), time(5), time(5, 30), time(6)
LETTERS_AT = time(6, 30)


class JobState(Status):
    """How one period of one job stands."""

    RUNNING = "running", "en cours", "loader", "watch"
    DONE = "done", "faite", "circle-check", "good"
    FAILED = "failed", "échouée", "circle-x", "bad"


@dataclass(frozen=True, slots=True)
class Job:
    """A line of the timetable: the last period due at a moment, or None when none is."""

    name: str
    label: str
    period_of: PeriodOf


def timetable(sync_minutes: int) -> tuple[Job, ...]:
    """Every job; the deployment is read every `sync_minutes`, or never if 0."""
    return (
        Job("sync", "lecture des MDM", lambda now: slot(now, sync_minutes)),
        Job("reconciliation", "rapprochement", lambda now: day(now, COMPARED_AT)),
        Job("lateness", "revue des retards", lambda now: day(now, LATENESS_AT)),
        Job("backup", "sauvegarde de nuit", lambda now: day(now, BACKUP_AT)),
        Job("retention", "effacement de ce qui est ancien", lambda now: day(now, RETENTION_AT)),
        Job("quarter", "export du trimestre", lambda now: quarter(now, QUARTER_AT)),
        Job("letters", "lettres de la semaine", lambda now: day(now, LETTERS_AT)),
    )


def slot(now: datetime, minutes: int) -> str | None:
    """The slot of `minutes` that holds `now`, named by its first moment in UTC: `2017-10-29T00:30Z`."""
    if not minutes:
        return None
    length = timedelta(minutes=minutes)
    return f"{EPOCH + (now - EPOCH) // length * length:%Y-%m-%dT%H:%MZ}"


def day(now: datetime, clock: time) -> str:
    """The last day of Paris whose `clock` has come: `2017-10-29`. What a stop made it miss before is not run again and again."""
    today = local_date(now)
    return (today if now >= at(today, clock) else today - ONE_DAY).isoformat()


def quarter(now: datetime, clock: time) -> str:
    """The last quarter that was over on the last day whose `clock` has come: `2017-Q4` from 1 January 2018 at `clock`."""
    today = datetime.fromisoformat(day(now, clock)).date()
    last = today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1) - ONE_DAY
    return f"{last.year}-Q{(last.month + 2) // 3}"


def retry_at(ended: datetime, attempts: int) -> datetime | None:
    """When a failed period may be tried again: sooner the first times, never after `MOST_ATTEMPTS`."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return ended + min(FIRST_WAIT * 2 ** (attempts - 1), LONGEST_WAIT)
