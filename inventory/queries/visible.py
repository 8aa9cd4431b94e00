"""The one choke point of reading: the rows of a table that a scope holds. A query that shows rows to somebody starts here."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from peewee import SQL, ModelSelect

from inventory.db import Table, on_postgres
from inventory.models import (
    Accessory,
    Closing,
    Event,
    Gap,
    ImportBatch,
    ImportDraft,
    Label,
    MobileClass,
    Person,
    PersonSchool,
    School,
    Sighting,
    Tablet,
)
from inventory.scope import EVERYWHERE, Scope

SCOPES = 256


def scope_of(person: Person | None) -> Scope:
    """The scope that the database gives to a person now; nobody, or somebody inactive, sees nothing."""
    if person is None or not person.active:
        return Scope()
    if person.everywhere:
        return EVERYWHERE
    named = PersonSchool.select(PersonSchool.school).where(PersonSchool.person == person)
    return Scope.of(school for (school,) in named.tuples())


def visible(scope: Scope, model: type[Table]) -> ModelSelect:
    """The rows of `model` inside `scope`, by subqueries of the database; raises `KeyError` for a table without a rule."""
    rule = RULES[model]
    return model.select() if scope.everywhere else model.select().where(rule(scope))


def ids_of(scope: Scope, model: type[Table]) -> ModelSelect | None:
    """The ids of those rows as a subquery; None from everywhere, where nothing needs to be left out."""
    return None if scope.everywhere else visible(scope, model).select(model.id)


def _alone(build: Callable[[Scope], ModelSelect]) -> Callable[[Scope], SQL]:
    """A subquery that names nothing outside itself, as its text: written once for a scope, wherever a statement puts it."""

    @lru_cache(SCOPES)
    def written(scope: Scope, postgres: bool) -> SQL:
        text, values = build(scope).sql()
        return SQL(f"({text})", values)

    return lambda scope: written(scope, on_postgres())


def _schools(scope: Scope) -> Any:
    return School.id.in_(sorted(scope.schools))


def _classes(scope: Scope) -> Any:
    return MobileClass.school.in_(sorted(scope.schools))


@_alone
def _of_classes(scope: Scope) -> ModelSelect:
    return MobileClass.select(MobileClass.id).where(_classes(scope))


def _tablets(scope: Scope) -> Any:
    return Tablet.mobile_class.in_(_of_classes(scope))


@_alone
def _of_tablets(scope: Scope) -> ModelSelect:
    return Tablet.select(Tablet.id).where(_tablets(scope))


@_alone
def _serials(scope: Scope) -> ModelSelect:
    return Tablet.select(Tablet.serial).where(_tablets(scope))


@_alone
def _of_sightings(scope: Scope) -> ModelSelect:
    return Sighting.select(Sighting.id).where(_sightings(scope))


def _events(scope: Scope) -> Any:
    return (
        ((Event.subject == "tablet") & Event.subject_id.in_(_of_tablets(scope)))
        | ((Event.subject == "mobile_class") & Event.subject_id.in_(_of_classes(scope)))
        | ((Event.subject == "school") & Event.subject_id.in_(sorted(scope.schools)))
        | ((Event.subject == "sighting") & Event.subject_id.in_(_of_sightings(scope)))
    )


def _gaps(scope: Scope) -> Any:
    """By the tablet it is about: what no tablet of a school explains is seen only from everywhere."""
    return Gap.tablet.in_(Tablet.select(Tablet.id).where(_tablets(scope)))


def _labels(scope: Scope) -> Any:
    """By the thing it names: a blank label names nothing, and is seen only from everywhere."""
    return Label.mobile_class.in_(_of_classes(scope)) | Label.tablet.in_(_of_tablets(scope))


def _sightings(scope: Scope) -> Any:
    """By the tablet that bears the serial number: a device that no tablet explains is seen only from everywhere."""
    return Sighting.serial.in_(_serials(scope))


def _closings(scope: Scope) -> Any:
    """A closing of every school concerns each of them; a scope without schools is concerned by none."""
    shared = Closing.school.is_null() if scope.schools else Closing.id.in_([])
    return Closing.school.in_(sorted(scope.schools)) | shared


RULES: dict[type[Table], Callable[[Scope], Any]] = {
    School: _schools,
    MobileClass: _classes,
    Accessory: lambda scope: Accessory.mobile_class.in_(_of_classes(scope)),
    Tablet: _tablets,
    Sighting: _sightings,
    Event: _events,
    Closing: _closings,
    Label: _labels,
    Gap: _gaps,
    ImportBatch: lambda scope: ImportBatch.id.in_([]),
    ImportDraft: lambda scope: ImportDraft.id.in_([]),
}
