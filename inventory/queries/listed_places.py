"""The lists of mobile classes and of schools: now by the database, in the past by the fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from inventory.journal import When
from inventory.models import MobileClass, School, Tablet
from inventory.queries import listing
from inventory.queries.listing import Ask, Order, Page
from inventory.queries.places import classes
from inventory.queries.tablets import states
from inventory.scope import Scope


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A line of the list of mobile classes."""

    id: int
    code: str
    name: str
    school: str
    uai: str
    slots: int
    expected: int
    tablets: int


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """A line of the list of schools."""

    id: int
    name: str
    uai: str
    commune: str
    address: str
    codes: tuple[str, ...]


CLASS_ORDERS: Mapping[str, Order[ClassRow]] = {"code": Order("Code", MobileClass.code, lambda row: row.code, whole=True)}
SCHOOL_ORDERS: Mapping[str, Order[SchoolRow]] = {
    "nom": Order("École", School.name, lambda row: row.name),
    "uai": Order("UAI", School.uai, lambda row: row.uai),
}


def carts(ask: Ask, *, scope: Scope) -> Any:
    """The mobile classes that the filters and the scope leave; None when they leave all, tablets in stock included."""
    query = MobileClass.select(MobileClass.id)
    if ask.filter("ecole"):
        query = query.join(School).where(School.uai == ask.filter("ecole").upper())
    if ask.filter("classe"):
        query = query.where(MobileClass.code == ask.filter("classe").upper())
    if not scope.everywhere:
        return query.where(MobileClass.school.in_(list(scope.schools)))
    return query if ask.filter("ecole") or ask.filter("classe") else None


def mobile_classes(ask: Ask, when: When | None, *, scope: Scope) -> Page[ClassRow]:
    """One page of the mobile classes, filtered by `ecole` (UAI)."""
    order = CLASS_ORDERS[ask.sort]
    if when is not None:
        return listing.cut_folded(_classes_then(ask, when, scope), order, ask, lambda row: row.id)
    return listing.cut(_classes(ask, scope), MobileClass.id, order, ask, _read_classes, lambda row: row.id)


def count_classes(ask: Ask, when: When | None, *, scope: Scope) -> int:
    return len(_classes_then(ask, when, scope)) if when else listing.counted_to(_classes(ask, scope))


def _classes(ask: Ask, scope: Scope) -> Any:
    query = MobileClass.select(MobileClass.id).where(~MobileClass.withdrawn)
    if ask.words:
        query = query.where(listing.holding(MobileClass, (MobileClass.code, MobileClass.name), ask.words))
    inside = carts(ask, scope=scope)
    return query if inside is None else query.where(MobileClass.id.in_(inside))


def _read_classes(ids: Sequence[int]) -> list[ClassRow]:
    inside = dict(
        Tablet.select(Tablet.mobile_class, fn.COUNT(Tablet.id)).where(Tablet.mobile_class.in_(list(ids)) & ~Tablet.withdrawn)
        .group_by(Tablet.mobile_class).tuples()
    )  # fmt: skip
    rows: Any = (
        MobileClass.select(MobileClass.id, MobileClass.code, MobileClass.name, School.name, School.uai, MobileClass.slots, MobileClass.expected)
        .join(School).where(MobileClass.id.in_(list(ids))).tuples()
    )  # fmt: skip
    return [ClassRow(*(*row, inside.get(row[0], 0))) for row in rows]


def _classes_then(ask: Ask, when: When, scope: Scope) -> list[ClassRow]:
    wanted, homes = ask.words.casefold(), {row.id: row for row in School.select()}
    inside: dict[int | None, int] = {}
    for state in states(scope, when):
        inside[state.class_id] = inside.get(state.class_id, 0) + 1
    return [
        ClassRow(one.id, one.code, one.name, homes[one.school_id].name, homes[one.school_id].uai, one.slots, one.expected, inside.get(one.id, 0))
        for one in classes(scope, when)
        if scope.holds(one.school_id) and (wanted in one.code.casefold() or wanted in one.name.casefold())
        and ask.filter("ecole").upper() in ("", homes[one.school_id].uai)
    ]  # fmt: skip


def schools(ask: Ask, when: When | None, *, scope: Scope) -> Page[SchoolRow]:
    """One page of the schools, with the mobile classes they had at the moment looked at."""
    codes = _codes_then(scope, when) if when else _codes
    return listing.cut(_schools(ask, scope), School.id, SCHOOL_ORDERS[ask.sort], ask, lambda ids: _read_schools(ids, codes), lambda row: row.id)


def count_schools(ask: Ask, when: When | None, *, scope: Scope) -> int:
    return listing.counted_to(_schools(ask, scope))


def _schools(ask: Ask, scope: Scope) -> Any:
    query = School.select(School.id).where(~School.withdrawn)
    if ask.words:
        query = query.where(listing.holding(School, (School.name, School.uai, School.commune), ask.words))
    return query if scope.everywhere else query.where(School.id.in_(list(scope.schools)))


def _read_schools(ids: Sequence[int], codes: Callable[[Sequence[int]], Iterable[tuple[int, str]]]) -> list[SchoolRow]:
    mine: dict[int, list[str]] = {one: [] for one in ids}
    for school_id, code in codes(ids):
        mine.setdefault(school_id, []).append(code)
    rows: Any = School.select(School.id, School.name, School.uai, School.commune, School.address).where(School.id.in_(list(ids))).tuples()
    return [SchoolRow(*(*row, tuple(sorted(mine[row[0]])))) for row in rows]


def _codes(ids: Sequence[int]) -> Iterable[tuple[int, str]]:
    return MobileClass.select(MobileClass.school, MobileClass.code).where(MobileClass.school.in_(list(ids)) & ~MobileClass.withdrawn).tuples()


def _codes_then(scope: Scope, when: When) -> Callable[[Sequence[int]], Iterable[tuple[int, str]]]:
    told = [(record.school_id, record.code) for record in classes(scope, when)]
    return lambda ids: told
