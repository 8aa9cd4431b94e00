"""A day as the schools live it: class or not, why not, and when there is class again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from deploy.queries.board import known
from inventory.models import School
from inventory.queries.school_times import of_school
from inventory.school_time import DAY


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """A day in one school: its half-days of class (None beyond the calendars), why there is none, the next day of class after it."""

    school: School
    half_days: int | None
    why: str | None
    following: date | None


def school_days(schools: Iterable[School], day: date) -> list[SchoolDay]:
    """The day in each of these schools, each once, by name."""
    once = {school.id: school for school in schools}
    return [_in(school, day) for school in sorted(once.values(), key=lambda one: (one.name, one.uai))]


def _in(school: School, day: date) -> SchoolDay:
    time = of_school(school)
    why = known(lambda: time.why_closed(day))
    return SchoolDay(school, known(lambda: time.half_days(day)), why, known(lambda: time.next_school_day(day + DAY)))
