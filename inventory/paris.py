"""Between moments (aware, UTC) and the dates of Europe/Paris, on both sides of summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

YEARS = range(2000, 2100)
"""A year outside of these was written with two digits, or by mistake."""
PARIS = ZoneInfo("Europe/Paris")


def local_date(moment: datetime) -> date:
    return moment.astimezone(PARIS).date()


def start_of(day: date) -> datetime:
    """Midnight in Paris as a UTC moment: 1 October 2017 starts at 30 September 22:00 UTC."""
    return datetime.combine(day, time(), PARIS).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The last microsecond of a day in Paris, as a UTC moment."""
    return start_of(day + timedelta(days=1)) - timedelta(microseconds=1)


def at(day: date, clock: time) -> datetime:
    """A wall-clock time of Paris as a UTC moment (the first of the two, on the night that has it twice)."""
    return datetime.combine(day, clock, PARIS).astimezone(UTC)


def written_local(moment: datetime) -> str:
    """A moment as the clocks of Paris show it to the second, `2017-11-28T09:30:12`: what a form or an address holds."""
    return f"{moment.astimezone(PARIS):%Y-%m-%dT%H:%M:%S}"


def read_local(text: str) -> datetime:
    """The moment of a text so written, or of a bare date (its midnight); raises `ValueError`."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=PARIS)).astimezone(UTC)
