"""What was told since a moment: the tablets whose stage or MDM word changed, and the lines about classes and schools."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import ModelSelect, fn

from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.models import Event, Look, MobileClass, Person, Remark, School, Sighting, Tablet
from inventory.queries.visible import visible
from inventory.scope import Scope


@dataclass(frozen=True, slots=True)
class StageChange:
    """How many tablets of a mobile class (empty: of none) changed stage, by the stage they now have."""

    class_code: str
    stage: Stage
    count: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the journal with the mobile class or the school it is about."""

    event: Event
    about: MobileClass | School


def last_look(person: Person) -> datetime | None:
    """Up to when this person said to have seen what changes; None before they ever did."""
    row = Look.get_or_none(Look.person == person)
    return row.seen if row else None


def stage_changed(since: datetime, when: When | None = None) -> Any:
    """The tablets of which a stage was noted after a moment; a condition."""
    return Tablet.id.in_(_noted("tablet", "stage", since, when))


def word_changed(since: datetime, when: When | None = None) -> Any:
    """The tablets of which an MDM's word was noted after a moment; a condition."""
    return Tablet.serial.in_(Sighting.select(Sighting.serial).where(Sighting.id.in_(_noted("sighting", "mdm", since, when))))


CHANGED: Mapping[str, Callable[..., Any]] = {"etape_depuis": stage_changed, "mdm_depuis": word_changed}


def _noted(subject: str, axis: str, since: datetime, when: When | None) -> ModelSelect:
    told = Event.select(Event.subject_id).where((Event.noted > since) & (Event.subject == subject) & (Event.axis == axis))
    return told.where(Event.at <= when.moment) if when else told


def stages_since(scope: Scope, since: datetime) -> list[StageChange]:
    """The changes of stage of the scope's tablets, by class and stage of life."""
    rows: Any = (
        visible(scope, Tablet).select(fn.COALESCE(MobileClass.code, ""), Tablet.stage, fn.COUNT(Tablet.id))
        .left_outer_join(MobileClass).where(stage_changed(since) & ~Tablet.withdrawn)
        .group_by(MobileClass.code, Tablet.stage).tuples()
    )  # fmt: skip
    found = [StageChange(code, Stage(stage), count) for code, stage, count in rows]
    return sorted(found, key=lambda one: (one.class_code, list(Stage).index(one.stage)))


def lines_since(scope: Scope, since: datetime, axes: tuple[str, ...], most: int) -> tuple[list[Line], int]:
    """The newest lines about mobile classes and schools on axes that begin so, at most `most`, and how many there are."""
    wanted = Event.axis.startswith(axes[0])
    for axis in axes[1:]:
        wanted = wanted | Event.axis.startswith(axis)
    query = visible(scope, Event).where((Event.noted > since) & Event.subject.in_(["mobile_class", "school"]) & wanted)
    told = query.select(Event, Person, Remark).left_outer_join(Person).switch(Event).left_outer_join(Remark)
    events = list(told.order_by(Event.position.desc()).limit(most))
    carts = _by_id(scope, MobileClass, [one.subject_id for one in events if one.subject == "mobile_class"])
    schools = _by_id(scope, School, [one.subject_id for one in events if one.subject == "school"])
    homes = {"mobile_class": carts, "school": schools}
    lines = [Line(one, homes[one.subject][one.subject_id]) for one in events if one.subject_id in homes[one.subject]]
    return lines, int(query.count())


def _by_id(scope: Scope, model: Any, ids: list[int]) -> dict[int, Any]:
    return {row.id: row for row in visible(scope, model).where(model.id.in_(ids))}
