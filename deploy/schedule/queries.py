"""The plan of a convention's visits: what is left of each class, over the school time of each school, promises kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from threading import Lock

from deploy.convention import Convention
from deploy.models import Visit as VisitPaper
from deploy.queries.board import ClassOnBoard, board
from deploy.schedule.planner import Plan, plan
from deploy.schedule.remaining import DEPOT, Durations, job
from deploy.schedule.work import AFTERNOON, Job, Presence, Slot, Visit
from inventory.calendars import UnknownCalendar
from inventory.errors import NotFound
from inventory.journal import When, facts, head
from inventory.models import Person, School
from inventory.paris import local_date
from inventory.queries.school_times import of_school
from inventory.roles import Role
from inventory.school_time import SchoolTime
from inventory.scope import Scope
from inventory.words import language, tell

VISIT, SAID, PROMISED, CANCELLED = "visit", "said", "promised", "cancelled"
BEYOND = timedelta(days=60)
MOST_KEPT = 8
_kept: dict[tuple[object, ...], Planned] = {}
_keeping = Lock()


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan as its page shows it: the classes and their jobs, the visits, and who promised ones belong to."""

    classes: Mapping[str, ClassOnBoard]
    jobs: Mapping[str, Job]
    plan: Plan
    technicians: Mapping[str, str]
    promised: Mapping[int, Visit]
    window: tuple[date, date]


def planned(scope: Scope, told: Convention, when: When | None, now: datetime, durations: Durations | None = None) -> Planned:
    """The plan of what is left, from today to the end of the window and two months after, so that what ends late has a date.

    It is made once for each state of the journal and each day, and kept while neither changes.
    """
    known = (scope, told.key, when, local_date(now), durations, head(), language())
    with _keeping:
        made = _kept.get(known)
    if made is None:
        made = _planned(scope, told, when, now, durations)
        with _keeping:
            while len(_kept) >= MOST_KEPT:
                del _kept[next(iter(_kept))]
            _kept[known] = made
    return made


def _planned(scope: Scope, told: Convention, when: When | None, now: datetime, durations: Durations | None) -> Planned:
    today = local_date(when.moment if when else now)
    classes = {one.record.code: one for one in board(scope, when, now, key=told.key)}
    jobs = {code: _job(one, today, durations or Durations()) for code, one in classes.items()}
    jobs = {code: one for code, one in jobs.items() if one.works}
    people = technicians(scope)
    kept = {number: visit for number, visit in promises(scope, told.key, when).items() if visit.slot.day >= today and visit.code in jobs}
    first, last = today, max(told.window.last, today) + BEYOND
    times = {one.school.uai: of_school(one.school) for one in classes.values()}
    made = plan(list(jobs.values()), sorted(people), (first, last), lambda place, presence, slot: _open(times, place, presence, slot), promised=list(kept.values()))
    return Planned(classes, jobs, made, people, kept, (first, last))


def _job(one: ClassOnBoard, today: date, durations: Durations) -> Job:
    return job(one.record.code, one.school.uai, one.progress, one.first, one.last, today, durations)


def _open(times: Mapping[str, SchoolTime], place: str, presence: Presence, slot: Slot) -> bool:
    """Teachers are there on a school day's half-days of class; others come on any day the town works, when nobody is disturbed."""
    try:
        if place == DEPOT or presence is Presence.ANYBODY:
            return next(iter(times.values())).is_municipal_day(slot.day)
        return times[place].half_days(slot.day) > slot.half
    except UnknownCalendar:
        return False


def technicians(scope: Scope) -> dict[str, str]:
    """The active technicians: their name by their number, as text."""
    rows = Person.select().where((Person.role == Role.TECHNICIAN.value) & Person.active).order_by(Person.name)
    return {str(row.id): row.name for row in rows}


def promises(scope: Scope, key: str, when: When | None) -> dict[int, Visit]:
    """The visits promised to the schools of the scope, by number."""
    ids = VisitPaper.select(VisitPaper.id).where(VisitPaper.convention == key)
    if not scope.everywhere:
        ids = ids.where(VisitPaper.school.in_(sorted(scope.schools)))
    found = facts(VISIT, axes=[SAID], ids=ids, when=when)
    return {number: _visit(line.detail) for (number, _), line in sorted(found.items()) if line.value == PROMISED}


def _visit(told: Mapping[str, object]) -> Visit:
    slot = Slot(date.fromisoformat(str(told["day"])), int(str(told["half"])))
    return Visit(str(told["code"]), str(told["work"]), slot, str(told["technician"]), str(told["place"]), int(str(told["minutes"])), True)


def paper(scope: Scope, number: int) -> VisitPaper:
    """A promised visit; raises `NotFound`, outside the scope too."""
    row = VisitPaper.get_or_none(VisitPaper.id == number)
    if row is None or not scope.holds(row.school_id):
        raise NotFound
    return row


def next_visit(scope: Scope, school: School, now: datetime) -> Visit | None:
    """The next visit promised to a school."""
    from_today = [v for v in _of(scope, school).values() if v.slot.day >= local_date(now)]
    return min(from_today, key=lambda visit: visit.slot, default=None)


def _of(scope: Scope, school: School) -> Mapping[int, Visit]:
    ids = VisitPaper.select(VisitPaper.id).where(VisitPaper.school == school) if scope.holds(school.id) else []
    found = facts(VISIT, axes=[SAID], ids=ids)
    return {number: _visit(line.detail) for (number, _), line in found.items() if line.value == PROMISED}


def hours(slot: Slot) -> str:
    """Half a day in words."""
    return tell("après-midi") if slot.half == AFTERNOON else tell("matin")


def by_week(visits: Sequence[Visit]) -> dict[date, list[Visit]]:
    """The visits by the Monday of their week."""
    found: dict[date, list[Visit]] = {}
    for visit in sorted(visits, key=lambda one: (one.slot, one.technician, one.code)):
        found.setdefault(visit.slot.day - timedelta(days=visit.slot.day.weekday()), []).append(visit)
    return found
