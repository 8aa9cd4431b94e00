"""School days and open hours: a zone's holidays, public holidays, a weekly rhythm and a school's own closings.

Half-days are those of the code de l'éducation, article D521-10: nine a week over Monday to Friday with Wednesday or Saturday morning,
or eight over four days by derogation (décret 2017-1108).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from typing import Any

from inventory.calendars import Holidays
from inventory.paris import at, local_date, start_of
from inventory.public_holidays import holiday_on
from inventory.spoken import weekday
from inventory.status import Status
from inventory.words import tell

DAY = timedelta(days=1)
# By default a school is open to its pupils three hours each half-day: 27 h over nine half-days, which holds the 24 h of class of
# article D521-10 with the activities beside them. No convention says the hours; silence is counted in these.
MORNING, AFTERNOON = (time(8, 30), time(11, 30)), (time(13, 30), time(16, 30))


class Rhythm(Status):
    """How a school spreads its half-days over the week."""

    WEDNESDAY = "4.5-wednesday", "4 jours et demi, mercredi matin", "calendar", "plain"
    SATURDAY = "4.5-saturday", "4 jours et demi, samedi matin", "calendar", "plain"
    FOUR_DAYS = "4-days", "4 jours", "calendar", "plain"

    @property
    def half_days(self) -> tuple[int, ...]:
        """Half-days of class from Monday to Sunday."""
        return _WEEKS[self]


_WEEKS = {
    Rhythm.WEDNESDAY: (2, 2, 1, 2, 2, 0, 0),
    Rhythm.SATURDAY: (2, 2, 0, 2, 2, 1, 0),
    Rhythm.FOUR_DAYS: (2, 2, 0, 2, 2, 0, 0),
}


@dataclass(frozen=True, slots=True)
class Closing:
    """An exceptional closing of a school; both dates included."""

    first: date
    last: date
    reason: str


@dataclass(frozen=True, eq=False)
class SchoolTime:
    """The time of one school. Every question about a day that no calendar covers raises `UnknownCalendar`.

    Its tables are made once, at the first question; after that a silence costs a few bisections, whatever its length.
    """

    holidays: Holidays
    rhythm: Rhythm
    closings: Sequence[Closing] = ()

    def is_school_day(self, day: date) -> bool:
        return self.half_days(day) > 0

    def half_days(self, day: date) -> int:
        """Half-days of class on a day: 0, 1 or 2."""
        self.holidays.require(day)
        return self._half_days.get(day, 0)

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
        public, holiday = holiday_on(day), self.holiday_on(day)
        if public:
            return tell("férié : {public}", public=public)
        if holiday:
            return tell(holiday[:1].lower() + holiday[1:])
        if not self.rhythm.half_days[day.weekday()]:
            return tell("pas de classe le {weekday}", weekday=weekday(day))
        return next(tell("fermeture : {reason}", reason=one.reason) for one in self.closings if one.first <= day <= one.last)

    def school_days(self, first: date, last: date) -> list[date]:
        """The school days of a window, both ends included."""
        if last < first:
            return []
        self.holidays.require(first, last)
        return self._school_days[bisect_left(self._school_days, first) : bisect_right(self._school_days, last)]

    def municipal_days(self, first: date, last: date) -> list[date]:
        """The town's working days of a window, both ends included."""
        return [day for day in _days(first, last) if self.is_municipal_day(day)]

    def census(self, first: date, last: date) -> dict[str, Any]:
        """Every count of a window, both ends included, ready for JSON.

        `empty_school_municipal` counts the town's working days without pupils, `empty_school_dates` lists them in ISO 8601.
        """
        days, school = list(_days(first, last)), self.school_days(first, last)
        municipal, with_pupils = self.municipal_days(first, last), set(school)
        empty = [day for day in municipal if day not in with_pupils]
        return {
            "calendar": len(days),
            "weekdays": sum(day.weekday() < 5 for day in days),
            "municipal": len(municipal),
            "school": len(school),
            "full": sum(self._half_days[day] == 2 for day in school),
            "half_days": sum(self._half_days[day] for day in school),
            "empty_school_municipal": len(empty),
            "empty_school_dates": [day.isoformat() for day in empty],
        }

    def next_school_day(self, day: date) -> date:
        """The first school day on or after a day."""
        return day if self.is_school_day(day) else self.school_days_after(day, 1)

    def school_days_after(self, day: date, count: int) -> date:
        """The `count`-th school day after a day (the day itself is not counted); the day itself for 0."""
        if count < 0:
            raise ValueError(f"school days are counted onwards, not {count}")
        position = bisect_right(self._school_days, day) + count - 1
        known = position < len(self._school_days)
        found = day if count == 0 else self._school_days[position] if known else self.holidays.last + DAY
        self.holidays.require(day, found)
        return found

    def last_school_day(self, first: date, last: date) -> date | None:
        """The last school day of a window, None if it has none."""
        days = self.school_days(first, last)
        return days[-1] if days else None

    def closed_spans(self, first: date, last: date) -> list[tuple[date, date, str]]:
        """The school holidays that touch a window, cut to it."""
        return [
            (max(one.first, first), min(one.last, last), tell(one.name))
            for one in self.holidays.breaks
            if one.first <= last and one.last >= first
        ]

    def public_holidays(self, first: date, last: date) -> list[tuple[date, str]]:
        """The public holidays of a window."""
        named = ((day, holiday_on(day)) for day in _days(first, last))
        return [(day, name) for day, name in named if name]

    def in_session(self, moment: datetime) -> bool:
        """True while the school is open to its pupils (shut at 11:30 and at 16:30 sharp)."""
        self.holidays.require(local_date(moment))
        begun = bisect_right(self._opens, moment)
        return begun > 0 and moment < self._closes[begun - 1]

    def open_between(self, start: datetime, end: datetime) -> timedelta:
        """The open hours between two moments; none if they are the other way round."""
        self._require(start, end)
        return self._open_until(end) - self._open_until(start) if end > start else timedelta()

    def school_days_between(self, start: datetime, end: datetime) -> int:
        """The school days whose open hours lie wholly between two moments: a day under way at either end is not yet a silent day."""
        self._require(start, end)
        return max(0, bisect_right(self._last_closings, end) - bisect_left(self._first_openings, start))

    def known_since(self, moment: datetime) -> datetime | None:
        """From when on the calendars are known without a gap up to a moment; None if they do not know it."""
        return next((since for since, until in self._covered if since <= moment <= until), None)

    def heard_before(self, now: datetime, days: int) -> datetime | None:
        """The latest contact that makes a silence of this many whole school days (1 at least) at `now`; None before the calendars."""
        number = bisect_right(self._last_closings, now) - days
        return self._first_openings[number] if number >= 0 else None

    def _require(self, start: datetime, end: datetime) -> None:
        """Raise unless the whole silence is covered; the midnight that ends the last day still is."""
        first, last = (start, end) if start <= end else (end, start)
        if not any(since <= first and last <= until for since, until in self._covered):
            self.holidays.require(local_date(first), local_date(last))

    def _open_until(self, moment: datetime) -> timedelta:
        """The open hours from the first calendar's start to a moment."""
        begun = bisect_right(self._opens, moment)
        if not begun:
            return timedelta()
        return self._hours_before[begun - 1] + min(moment, self._closes[begun - 1]) - self._opens[begun - 1]

    @cached_property
    def _half_days(self) -> dict[date, int]:
        """Half-days of each school day, in the days' order: the one table that the others are made from."""
        away = [(one.first, one.last) for one in self.holidays.breaks] + [(one.first, one.last) for one in self.closings]
        shut = {day for span in away for day in _days(max(span[0], self.holidays.first), min(span[1], self.holidays.last))}
        known = (day for span in self.holidays.covered for day in _days(*span) if day not in shut and not holiday_on(day))
        week = self.rhythm.half_days
        return {day: week[day.weekday()] for day in known if week[day.weekday()]}

    @cached_property
    def _school_days(self) -> list[date]:
        return list(self._half_days)

    @cached_property
    def _opens(self) -> list[datetime]:
        """When each half-day of class begins; `_closes` says when it ends."""
        return [at(day, hours[0]) for day, count in self._half_days.items() for hours in (MORNING, AFTERNOON)[:count]]

    @cached_property
    def _closes(self) -> list[datetime]:
        return [at(day, hours[1]) for day, count in self._half_days.items() for hours in (MORNING, AFTERNOON)[:count]]

    @cached_property
    def _first_openings(self) -> list[datetime]:
        """When each school day begins; `_last_closings` says when it ends."""
        return [at(day, MORNING[0]) for day in self._school_days]

    @cached_property
    def _last_closings(self) -> list[datetime]:
        return [at(day, (MORNING, AFTERNOON)[count - 1][1]) for day, count in self._half_days.items()]

    @cached_property
    def _hours_before(self) -> list[timedelta]:
        """The open hours before each half-day."""
        lengths = (close - open_ for open_, close in zip(self._opens, self._closes, strict=True))
        return list(accumulate(lengths, initial=timedelta()))

    @cached_property
    def _covered(self) -> list[tuple[datetime, datetime]]:
        return [(start_of(first), start_of(last + DAY)) for first, last in self.holidays.covered]


def _days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)
