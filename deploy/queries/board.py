"""The board: every mobile class of a convention at a moment, counted from its tablets up."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from deploy.progress import ClassProgress, Device, Said, progress
from deploy.queries.conventions import baselines, convention
from deploy.schedule.pace import Forecast, Phase, forecast, phase, school_days_left
from deploy.setup.baseline import Baseline
from deploy.setup.checklist import SETUP, checklist
from deploy.setup.evidence import Conformity, conformity
from inventory.calendars import UnknownCalendar
from inventory.contact import Contact, ContactState, contact
from inventory.errors import NotFound
from inventory.journal import Line, When, facts, lines
from inventory.lifecycle import Stage, milestones
from inventory.models import School
from inventory.paris import local_date
from inventory.queries.listed_places import ClassRow, mobile_classes
from inventory.queries.listing import Ask, Page
from inventory.queries.places import ClassRecord, classes, schools
from inventory.queries.school_times import of_school, thresholds
from inventory.queries.tablets import states
from inventory.school_time import SchoolTime
from inventory.scope import Scope
from inventory.sight import TabletState

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ClassOnBoard:
    """A mobile class with all that the board, its own page and the quarter say of it."""

    record: ClassRecord
    school: School
    first: date
    last: date
    devices: tuple[Device, ...]
    contacts: Mapping[int, Contact]
    progress: ClassProgress
    phase: Phase
    days_left: int | None
    forecast: Forecast
    last_school_day: date | None
    said: Mapping[str, Said] = field(default_factory=dict)
    school_said: Mapping[str, Said] = field(default_factory=dict)

    @property
    def contact_counts(self) -> Counter[ContactState]:
        return Counter(one.state for one in self.contacts.values())

    @property
    def in_service(self) -> int:
        return self.progress.stages[Stage.IN_SERVICE]

    @property
    def late_forecast(self) -> bool:
        """True when the present pace ends after the last school day of the class's dates."""
        return self.forecast.day is not None and self.forecast.day > (self.last_school_day or self.last)


def board(
    scope: Scope, when: When | None, now: datetime, *, key: str | None = None, class_ids: Sequence[int] | None = None
) -> list[ClassOnBoard]:
    """Every class of the scope and of a convention (of all of them without `key`), or the classes of some ids, as they stood."""
    records = classes(scope, when, convention=key, ids=class_ids)
    ids = [record.id for record in records]
    tablets = _by_class(states(scope, when, class_ids=ids))
    inside = [state.id for several in tablets.values() for state in several]
    ticks, reached_at = _said("tablet", when, inside, SETUP), _milestones(inside, when)
    words, school_ids = _said("mobile_class", when, ids), sorted({record.school_id for record in records})
    homes = {row.id: row for row in schools(scope, None if class_ids is None else school_ids)}
    school_words = _said("school", when, school_ids)
    known, moment = baselines(), when.moment if when else now
    return [
        _on_board(
            record, homes[record.school_id], known.get(record.baseline), tablets[record.id], ticks, reached_at,
            words[record.id], school_words[record.school_id], moment,
        )
        for record in records
        if record.school_id in homes
    ]  # fmt: skip


def classes_on_board(scope: Scope, ask: Ask, when: When | None, now: datetime) -> tuple[list[ClassOnBoard], Page[ClassRow]]:
    """The classes of one page of the board by code, and where the pages around it begin."""
    page = mobile_classes(ask, when, scope=scope)
    return board(scope, when, now, class_ids=[row.id for row in page.rows]), page


def on_board(scope: Scope, class_id: int, when: When | None, now: datetime) -> ClassOnBoard:
    """One class; raises `NotFound` if it was not there, or is outside the scope."""
    found = board(scope, when, now, class_ids=[class_id])
    if not found:
        raise NotFound
    return found[0]


def _by_class(found: Sequence[TabletState]) -> Mapping[int, list[TabletState]]:
    sorted_out: Mapping[int, list[TabletState]] = defaultdict(list)
    for state in found:
        if state.class_id is not None:
            sorted_out[state.class_id].append(state)
    return sorted_out


def _said(subject: str, when: When | None, ids: Sequence[int], prefix: str = "") -> dict[int, dict[str, Said]]:
    """A person's last words by axis, for each subject."""
    words: dict[int, dict[str, Said]] = defaultdict(dict)
    for (subject_id, axis), line in facts(subject, ids=ids, when=when).items():
        if axis.startswith(prefix) and line.value != "undone":
            words[subject_id][axis] = _word(line)
    return words


def _word(line: Line) -> Said:
    return Said(line.value, line.at, line.detail)


def school_words(scope: Scope, school_id: int, when: When | None = None) -> dict[str, Said]:
    """What was said of a school: its connectivity, its council's information; nothing outside the scope."""
    return _said("school", when, [school_id] if scope.holds(school_id) else [])[school_id]


def _on_board(
    record: ClassRecord, school: School, baseline: Baseline | None, tablets: Sequence[TabletState],
    ticks: Mapping[int, Mapping[str, Said]], reached_at: Mapping[int, Mapping[Stage, datetime]], said: Mapping[str, Said], school_said: Mapping[str, Said], moment: datetime,
) -> ClassOnBoard:  # fmt: skip
    time, today = of_school(school), local_date(moment)
    first, last = window_of(record)
    devices = tuple(_device(tablet, baseline, ticks.get(tablet.id, {}), reached_at.get(tablet.id, {})) for tablet in tablets)
    counted = progress(record.expected, devices, said, school_said)
    return ClassOnBoard(
        record, school, first, last, devices, _contacts(tablets, moment, time), counted,
        phase(first, last, today, done=counted.complete), known(lambda: school_days_left(time, first, last, today)),
        forecast(counted.share, first, today, time, UnknownCalendar), known(lambda: time.last_school_day(first, last)), said,
        school_said,
    )  # fmt: skip


def known(find: Callable[[], T]) -> T | None:
    """What school time answers; None for days that no calendar covers."""
    try:
        return find()
    except UnknownCalendar:
        return None


def window_of(record: ClassRecord) -> tuple[date, date]:
    """The class's own dates, else those of its convention (article 6.1)."""
    if record.window_first and record.window_last:
        return record.window_first, record.window_last
    window = convention(record.convention).window
    return record.window_first or window.first, record.window_last or window.last


def _device(
    tablet: TabletState, baseline: Baseline | None, ticks: Mapping[str, Said], reached_at: Mapping[Stage, datetime]
) -> Device:
    if baseline is None:
        return Device(tablet, (), Conformity.NOT_ASSESSED, reached_at)
    checks = checklist(tablet, baseline, ticks, reached_at)
    was_configured = Stage.CONFIGURED in reached_at
    return Device(tablet, checks, conformity(tablet.seen, baseline, was_configured=was_configured), reached_at)


def _milestones(ids: Sequence[int], when: When | None) -> dict[int, dict[Stage, datetime]]:
    """When each tablet reached each stage of its preparation."""
    told: dict[int, list[tuple[Stage, datetime]]] = defaultdict(list)
    for line in lines("tablet", axes=["stage"], ids=ids, when=when):
        told[line.subject_id].append((Stage(line.value), line.at))
    return {tablet_id: milestones(stages) for tablet_id, stages in told.items()}


def _contacts(tablets: Sequence[TabletState], moment: datetime, time: SchoolTime) -> dict[int, Contact]:
    """The contact of each tablet that an MDM knows."""
    limits = thresholds()
    return {
        tablet.id: contact(tablet.seen.last_contact if tablet.seen else None, moment, time, limits) for tablet in tablets
    }
