"""Every reading of schools and mobile classes, now or as the journal told them at a date of the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from inventory.errors import NotFound
from inventory.journal import When, facts
from inventory.memory import once
from inventory.models import Accessory, Closing, MobileClass, School, Tablet
from inventory.queries.visible import ids_of, visible
from inventory.scope import Scope
from inventory.uai import normalise


@dataclass(frozen=True, slots=True)
class ClassRecord:
    """A mobile class and its settings as they stood: its cart, its school, the days it is planned for."""

    id: int
    code: str
    school_id: int
    name: str
    slots: int
    expected: int
    convention: str
    baseline: str
    window_first: date | None
    window_last: date | None


def schools(scope: Scope, ids: Sequence[int] | None = None) -> list[School]:
    """Every school of the scope, or those of some ids, by name."""
    rows = visible(scope, School).where(~School.withdrawn).order_by(School.name, School.uai)
    if ids is None:
        return list(rows)
    return list(once(("schools", scope, tuple(ids)), lambda: list(rows.where(School.id.in_(list(ids))))))


def school(scope: Scope, text: str) -> School:
    """The school of this UAI, however typed; raises `NotFound`, outside the scope too."""
    try:
        code = normalise(text)
    except ValueError as fault:
        raise NotFound from fault
    row = visible(scope, School).where((School.uai == code) & ~School.withdrawn).first()
    if row is None:
        raise NotFound
    return row


def mobile_class(scope: Scope, code: str) -> MobileClass:
    """The mobile class of this code; raises `NotFound`, outside the scope too."""
    row = visible(scope, MobileClass).where((MobileClass.code == code.strip().upper()) & ~MobileClass.withdrawn).first()
    if row is None:
        raise NotFound
    return row


def classes(
    scope: Scope, when: When | None = None, *, school_id: int | None = None, convention: str | None = None,
    ids: Sequence[int] | None = None,
) -> list[ClassRecord]:  # fmt: skip
    """The scope's mobile classes by code, those of one school, one convention or some ids if asked; at a past date, those registered by then."""
    records = _records(scope, when, None) if ids is None else once(("classes", scope, when, some := tuple(ids)), lambda: _records(scope, when, some))
    return [
        record
        for record in records
        if school_id in (None, record.school_id) and convention in (None, record.convention)
    ]


def _records(scope: Scope, when: When | None, ids: Sequence[int] | None) -> list[ClassRecord]:
    rows = visible(scope, MobileClass).where(~MobileClass.withdrawn).order_by(MobileClass.code)
    rows = rows if ids is None else rows.where(MobileClass.id.in_(list(ids)))
    told = facts("mobile_class", axes=["record"], ids=ids_of(scope, MobileClass) if ids is None else ids, when=when)
    return [_record(row.id, told[row.id, "record"].detail) for row in rows if (row.id, "record") in told]


def class_record(row: MobileClass, when: When | None = None) -> ClassRecord:
    """One mobile class as it stood; raises `NotFound` before it was registered."""
    line = facts("mobile_class", axes=["record"], ids=[row.id], when=when).get((row.id, "record"))
    if line is None:
        raise NotFound
    return _record(row.id, line.detail)


def _record(class_id: int, told: Mapping[str, Any]) -> ClassRecord:
    return ClassRecord(
        class_id, told["code"], told["school"], told["name"], told["slots"], told["expected"], told["convention"],
        told["baseline"], _day(told["window_first"]), _day(told["window_last"]),
    )  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def accessories(scope: Scope, class_id: int) -> list[Accessory]:
    """What the cart holds beside its tablets."""
    return list(visible(scope, Accessory).where(Accessory.mobile_class == class_id).order_by(Accessory.kind))


def closings(scope: Scope, school_id: int) -> list[Closing]:
    """The exceptional closings of a school, those of all schools included."""
    mine = (Closing.school == school_id) | Closing.school.is_null()
    return list(once(("closings", scope, school_id), lambda: list(visible(scope, Closing).where(mine).order_by(Closing.first))))


def classes_of_serials(scope: Scope) -> dict[str, tuple[int, int]]:
    """For each serial in a cart: its mobile class and its school."""
    rows = (
        visible(scope, Tablet)
        .select(Tablet.serial, MobileClass.id, MobileClass.school)
        .join(MobileClass)
        .where(~Tablet.withdrawn)
        .tuples()
    )
    return {serial: (class_id, school_id) for serial, class_id, school_id in rows}
