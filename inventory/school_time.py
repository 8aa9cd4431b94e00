"""School days and open hours: a zone's holidays, public holidays, a weekly rhythm and a school's own closings.

Half-days are those of the code de l'éducation, article D521-10: nine a week over Monday to Friday with Wednesday or Saturday morning,
or eight over four days by derogation (décret 2017-1108).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate

from inventory.calendars import Holidays
from inventory.paris import at, local_date
from inventory.public_holidays import holiday_on
from inventory.status import Status

DAY = timedelta(days=1)
MORNING, AFTERNOON = (time(8, 30), time(11, 30)), (time(13, 30), time(16, 30))


class Rhythm(Status):
    """How a school spreads its half-days over the week."""

    WEDNESDAY = "4.5-wednesday", "4 jours et demi, mercredi matin", "calendar", "plain"
    SATURDAY = "4.5-saturday", "4 jours et demi, samedi matin", "calendar", "plain"
    FOUR_DAYS = "4-days", "4 jours", "calendar", "plain"

    @property
    def half_days(self) -> tuple[int, ...]:
        """Half-days of class from Monday to Sunday."""
        return {Rhythm.WEDNESDAY: (2, 2, 1, 2, 2, 0, 0), Rhythm.SATURDAY: (2, 2, 0, 2, 2, 1, 0)}.get(self, (2, 2, 0, 2, 2, 0, 0))


@dataclass(frozen=True, slots=True)
class Closing:
    """An exceptional closing of a school; both dates included."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, eq=False)
class SchoolTime:
    """The time of one school. Every question about a day that no calendar covers raises `UnknownCalendar`."""

    holidays: Holidays
    rhythm: Rhythm
    closings: Sequence[Closing] = ()

    def is_school_day(self, day: date) -> bool:
        return self.half_days(day) > 0

    def half_days(self, day: date) -> int:
        """Half-days of class on a day: 0, 1 or 2."""
        self.holidays.require(day)
        return self._half_days[(day - self.holidays.first).days]

    def is_municipal_day(self, day: date) -> bool:
        """A day on which the town works: Monday to Friday, public holidays excepted."""
        return day.weekday() < 5 and holiday_on(day) is None

    def holiday_on(self, day: date) -> str | None:
        """The school holiday of a day, by its name."""
        self.holidays.require(day)
        return next((one.name for one in self.holidays.breaks if one.first <= day <= one.last), None)

    def why_closed(self, day: date) -> str | None:
        """Why there is no class on a day, in French; None on a school day."""
        if self.is_school_day(day):
            return None
        for closing in self.closings:
            if closing.first <= day <= closing.last:
                return f"fermeture : {closing.reason}"
        public = holiday_on(day)
        if public:
            return f"férié : {public}"
        return self.holiday_on(day) or "pas de classe ce jour de la semaine"

    def school_days(self, first: date, last: date) -> list[date]:
        """The school days of a window, both ends included."""
        return [day for day in _days(first, last) if self.is_school_day(day)]

    def municipal_days(self, first: date, last: date) -> list[date]:
        """The town's working days of a window, both ends included."""
        return [day for day in _days(first, last) if self.is_municipal_day(day)]

    def census(self, first: date, last: date) -> dict[str, int | list[str]]:
        """Every count of a window, both ends included; `empty_school_*` are the town's working days without pupils."""
        school = self.school_days(first, last)
        municipal = self.municipal_days(first, last)
        empty = [day for day in municipal if not self.is_school_day(day)]
        return {
            "calendar": (last - first).days + 1,
            "weekdays": sum(day.weekday() < 5 for day in _days(first, last)),
            "municipal": len(municipal),
            "school": len(school),
            "full": sum(self.half_days(day) == 2 for day in school),
            "half_days": sum(self.half_days(day) for day in school),
            "empty_school_municipal": len(empty),
            "empty_school_dates": [day.isoformat() for day in empty],
        }

    def next_school_day(self, day: date) -> date:
        """The first school day on or after a day."""
        while not self.is_school_day(day):
            day += DAY
        return day

    def school_days_after(self, day: date, count: int) -> date:
        """The `count`-th school day after a day (the day itself is not counted)."""
        for _ in range(count):
            day = self.next_school_day(day + DAY)
        return day

    def last_school_day(self, first: date, last: date) -> date | None:
        """The last school day of a window, None if it has none."""
        days = self.school_days(first, last)
        return days[-1] if days else None

    def closed_spans(self, first: date, last: date) -> list[tuple[date, date, str]]:
        """The school holidays that touch a window, cut to it."""
        return [
            (max(one.first, first), min(one.last, last), one.name)
            for one in self.holidays.breaks
            if one.first <= last and one.last >= first
        ]

    def public_holidays(self, first: date, last: date) -> list[tuple[date, str]]:
        """The public holidays of a window."""
        named = ((day, holiday_on(day)) for day in _days(first, last))
        return [(day, name) for day, name in named if name]

    def in_session(self, moment: datetime) -> bool:
        """True while there is class."""
        return any(start <= moment < end for start, end in self._openings(local_date(moment)))

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """The hours of class between two moments."""
        return self._open_until(end) - self._open_until(start) if end > start else timedelta()

    def school_days_between(self, start: datetime, end: datetime) -> int:
        """The school days whose hours lie wholly between two moments."""
        begun, over = local_date(start), local_date(end)
        opens = next(self._openings(begun), None)
        first = begun if opens and start <= opens[0] else begun + DAY
        closes = list(self._openings(over))
        last = over if closes and closes[-1][1] <= end else over - DAY
        if last < first:
            return 0
        base = self.holidays.first
        self.holidays.require(first)
        self.holidays.require(last)
        return self._days_before[(last - base).days + 1] - self._days_before[(first - base).days]

    def _open_until(self, moment: datetime) -> timedelta:
        day = local_date(moment)
        self.holidays.require(day)
        whole = timedelta(hours=3) * self._half_days_before[(day - self.holidays.first).days]
        return sum((min(moment, end) - start for start, end in self._openings(day) if moment > start), whole)

    def _openings(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        for start, end in (MORNING, AFTERNOON)[: self.half_days(day)]:
            yield at(day, start), at(day, end)

    @cached_property
    def _half_days(self) -> list[int]:
        """Half-days of class of each day covered: the one table that everything is read from."""
        table = [self._planned(day) for day in _days(self.holidays.first, self.holidays.last)]
        away = [(one.first, one.last) for one in self.holidays.breaks] + [(one.first, one.last) for one in self.closings]
        for first, last in away:
            for day in _days(max(first, self.holidays.first), min(last, self.holidays.last)):
                table[(day - self.holidays.first).days] = 0
        return table

    def _planned(self, day: date) -> int:
        return 0 if holiday_on(day) else self.rhythm.half_days[day.weekday()]

    @cached_property
    def _half_days_before(self) -> list[int]:
        return [0, *accumulate(self._half_days)]

    @cached_property
    def _days_before(self) -> list[int]:
        return [0, *accumulate(int(half_days > 0) for half_days in self._half_days)]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


