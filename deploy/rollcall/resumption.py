"""The return of a holiday: the first two school days, in which the check of each cart is asked for (*pointage de rentrée*)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from inventory.calendars import UnknownCalendar
from inventory.paris import start_of
from inventory.school_time import SchoolTime

SCHOOL_DAYS = 2


@dataclass(frozen=True, slots=True)
class Resumption:
    """The return of one holiday: its name, the first and the last school day in which the check is asked."""

    holiday: str
    first: date
    last: date

    @property
    def since(self) -> datetime:
        """From when a check or a contact tells of after the holiday."""
        return start_of(self.first)

    def asks_on(self, day: date) -> bool:
        return self.first <= day <= self.last


def resumption(time: SchoolTime, day: date) -> Resumption | None:
    """The last return on or before a day; None before the first one known, or for days that no calendar covers."""
    for one in sorted(time.holidays.breaks, reverse=True):
        try:
            first = time.next_school_day(one.last + timedelta(days=1))
            if first <= day:
                return Resumption(one.name, first, time.school_days_after(first, SCHOOL_DAYS - 1))
        except UnknownCalendar:
            continue
    return None
