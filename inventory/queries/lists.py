"""The three lists of the ground floor: tablets, mobile classes, schools; now by the database, in the past by the fold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import JOIN, fn

from inventory.db import MomentField
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass, School, Sighting, Tablet
from inventory.queries import listing
from inventory.queries.listing import Ask, Order, Page
from inventory.queries.places import classes
from inventory.queries.tablets import states
from inventory.scope import Scope
from inventory.serials import normalise

_stored = MomentField().db_value


@dataclass(frozen=True, slots=True)
class TabletRow:
    """A line of the list of tablets."""

    id: int
    name: str
    serial: str
    model: str
    class_code: str
    slot: int | None
    school: str
    uai: str
    stage: Stage
    stage_at: datetime | None
    mdm: MdmStatus
    last_contact: datetime | None


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


LABEL = fn.COALESCE(Tablet.asset_tag, Tablet.serial)
TABLET_ORDERS: Mapping[str, Order[TabletRow]] = {
    "nom": Order("Nom", LABEL, lambda row: row.name),
    "serie": Order("N° de série", Tablet.serial, lambda row: row.serial),
    "depuis": Order("Étape depuis", fn.COALESCE(Tablet.stage_at, 0), lambda row: _stored(row.stage_at) or 0, int),
}
CLASS_ORDERS: Mapping[str, Order[ClassRow]] = {"code": Order("Code", MobileClass.code, lambda row: row.code)}
SCHOOL_ORDERS: Mapping[str, Order[SchoolRow]] = {
    "nom": Order("École", School.name, lambda row: row.name),
    "uai": Order("UAI", School.uai, lambda row: row.uai),
}


def tablets(ask: Ask, when: When | None, *, scope: Scope) -> Page[TabletRow]:
    """One page of the tablets, filtered by `etape`, `mdm`, `ecole` (UAI) and `classe` (code)."""
    order = TABLET_ORDERS[ask.sort]
    if when is not None:
        return listing.cut_folded(_tablets_then(ask, when, scope), order, ask, lambda row: row.id)
    return listing.cut(_tablets(ask, scope), Tablet.id, order, ask, _read_tablets, lambda row: row.id)


def count_tablets(ask: Ask, when: When | None, *, scope: Scope) -> int:
    return len(_tablets_then(ask, when, scope)) if when else listing.counted_to(_tablets(ask, scope))


def _tablets(ask: Ask, scope: Scope) -> Any:
    query = Tablet.select(Tablet.id).where(~Tablet.withdrawn)
    if ask.words:
        query = query.where(listing.holding(Tablet, (Tablet.serial, Tablet.asset_tag, Tablet.model), ask.words))
    if ask.filter("etape"):
        query = query.where(Tablet.stage == ask.filter("etape"))
    if ask.filter("mdm"):
        query = query.where(_told_by_mdm(ask.filter("mdm")))
    carts = _carts(ask, scope)
    return query if carts is None else query.where(Tablet.mobile_class.in_(carts))


def _carts(ask: Ask, scope: Scope) -> Any:
    """The mobile classes that the filters and the scope leave; None when they leave all, tablets in stock included."""
    query = MobileClass.select(MobileClass.id)
    if ask.filter("ecole"):
        query = query.join(School).where(School.uai == ask.filter("ecole").upper())
    if ask.filter("classe"):
        query = query.where(MobileClass.code == ask.filter("classe").upper())
    if not scope.everywhere:
        return query.where(MobileClass.school.in_(list(scope.schools)))
    return query if ask.filter("ecole") or ask.filter("classe") else None


def _told_by_mdm(status: str) -> Any:
    """Tablets of which the MDM record that speaks (see `tablets.seen_by_serial`) says `status`."""
    other = Sighting.alias()
    listed = Sighting.select(Sighting.serial).where(Sighting.serial == Tablet.serial)
    if status == MdmStatus.UNKNOWN:
        return ~fn.EXISTS(listed)
    speaks = (
        other.select(other.status).where(other.serial == Tablet.serial)
        .order_by((other.status == MdmStatus.GONE.value), fn.COALESCE(other.enrolled_at, -(2**62)).desc(), other.id.desc()).limit(1)
    )  # fmt: skip
    some = Sighting.select(Sighting.serial).where(Sighting.status == status)
    return Tablet.serial.in_(some) & (speaks == status)


def _read_tablets(ids: Sequence[int]) -> list[TabletRow]:
    rows = list(
        Tablet.select(Tablet.id, LABEL, Tablet.serial, Tablet.model, MobileClass.code, Tablet.slot, School.name, School.uai, Tablet.stage, Tablet.stage_at)
        .join(MobileClass, JOIN.LEFT_OUTER).join(School, JOIN.LEFT_OUTER).where(Tablet.id.in_(list(ids))).tuples()
    )  # fmt: skip
    heard = _heard([row[2] for row in rows])
    return [
        TabletRow(one, name, serial, model, code or "", slot, school or "", uai or "", Stage(stage), at, *heard.get(serial, (MdmStatus.UNKNOWN, None)))
        for one, name, serial, model, code, slot, school, uai, stage, at in rows
    ]


def _heard(serials: Sequence[str]) -> dict[str, tuple[MdmStatus, datetime | None]]:
    """What the MDM record that speaks says of each serial: gone ones first, the newest enrolment last, so that it stays."""
    rows = Sighting.select(Sighting.serial, Sighting.status, Sighting.last_contact, Sighting.enrolled_at, Sighting.id).where(Sighting.serial.in_(list(serials)))
    ranked = sorted(rows.tuples(), key=lambda row: (row[1] != MdmStatus.GONE.value, _stored(row[3]) or -(2**62), row[4]))
    return {serial: (MdmStatus(status), contact) for serial, status, contact, _, _ in ranked}


def _tablets_then(ask: Ask, when: When, scope: Scope) -> list[TabletRow]:
    records = {record.id: record for record in classes(when)}
    homes = {row.id: row for row in School.select()}
    found = []
    for state in states(when):
        record = records.get(state.class_id or 0)
        school = homes.get(record.school_id) if record else None
        if not scope.holds(school.id if school else None):
            continue
        row = TabletRow(
            state.id, state.name, state.serial, state.model, record.code if record else "", state.slot, school.name if school else "",
            school.uai if school else "", state.stage, state.stage_at, state.mdm, state.seen.last_contact if state.seen else None,
        )  # fmt: skip
        found.append(row)
    return [row for row in found if _fits(row, ask)]


def _fits(row: TabletRow, ask: Ask) -> bool:
    wanted = ask.words.casefold()
    return (
        (not wanted or wanted in row.serial.casefold() or wanted in row.name.casefold() or wanted in row.model.casefold())
        and ask.filter("etape") in ("", row.stage.value)
        and ask.filter("mdm") in ("", row.mdm.value)
        and ask.filter("ecole").upper() in ("", row.uai)
        and ask.filter("classe").upper() in ("", row.class_code)
    )


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
    carts = _carts(ask, scope)
    return query if carts is None else query.where(MobileClass.id.in_(carts))


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
    for state in states(when):
        inside[state.class_id] = inside.get(state.class_id, 0) + 1
    return [
        ClassRow(one.id, one.code, one.name, homes[one.school_id].name, homes[one.school_id].uai, one.slots, one.expected, inside.get(one.id, 0))
        for one in classes(when)
        if scope.holds(one.school_id) and (wanted in one.code.casefold() or wanted in one.name.casefold())
        and ask.filter("ecole").upper() in ("", homes[one.school_id].uai)
    ]  # fmt: skip


def schools(ask: Ask, when: When | None, *, scope: Scope) -> Page[SchoolRow]:
    """One page of the schools, with the mobile classes they had at the moment looked at."""
    codes = _codes_then(when) if when else _codes
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


def _codes_then(when: When) -> Callable[[Sequence[int]], Iterable[tuple[int, str]]]:
    told = [(record.school_id, record.code) for record in classes(when)]
    return lambda ids: told


def exact(words: str, *, scope: Scope) -> int | None:
    """The tablet whose serial number or asset tag is exactly this, however typed."""
    named = (Tablet.serial == normalise(words)) | (Tablet.asset_tag == words)
    row = _tablets(Ask(), scope).where(named).tuples().first()
    return row[0] if row else None
