"""Every reading of schools and mobile classes, now or as the journal told them at a date of the past."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from inventory.errors import NotFound
from inventory.journal import When, facts
from inventory.models import Accessory, Closing, MobileClass, School, Tablet
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


def schools(ids: Sequence[int] | None = None) -> list[School]:
    """Every school of the inventory, or those of some ids, by name."""
    rows = School.select().where(~School.withdrawn).order_by(School.name, School.uai)
    return list(rows if ids is None else rows.where(School.id.in_(list(ids))))


def school(text: str) -> School:
    """The school of this UAI, however typed; raises `NotFound`."""
    try:
        code = normalise(text)
    except ValueError as fault:
        raise NotFound from fault
    row = School.get_or_none((School.uai == code) & ~School.withdrawn)
    if row is None:
        raise NotFound
    return row


def mobile_class(code: str) -> MobileClass:
    """The mobile class of this code; raises `NotFound`."""
    row = MobileClass.get_or_none((MobileClass.code == code.strip().upper()) & ~MobileClass.withdrawn)
    if row is None:
        raise NotFound
    return row


def classes(
    when: When | None = None, *, school_id: int | None = None, convention: str | None = None, ids: Sequence[int] | None = None
) -> list[ClassRecord]:
    """The mobile classes by code, those of one school, one convention or some ids if asked; at a past date, those registered by then."""
    rows = MobileClass.select().where(~MobileClass.withdrawn).order_by(MobileClass.code)
    rows = rows if ids is None else rows.where(MobileClass.id.in_(list(ids)))
    told = facts("mobile_class", axes=["record"], ids=ids, when=when)
    records = [_record(row.id, told[row.id, "record"].detail) for row in rows if (row.id, "record") in told]
    return [
        record
        for record in records
        if school_id in (None, record.school_id) and convention in (None, record.convention)
    ]


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


def accessories(class_id: int) -> list[Accessory]:
    """What the cart holds beside its tablets."""
    return list(Accessory.select().where(Accessory.mobile_class == class_id).order_by(Accessory.kind))


def closings(school_id: int) -> list[Closing]:
    """The exceptional closings of a school, those of all schools included."""
    mine = (Closing.school == school_id) | Closing.school.is_null()
    return list(Closing.select().where(mine).order_by(Closing.first))


def classes_of_serials() -> dict[str, tuple[int, int]]:
    """For each serial in a cart: its mobile class and its school."""
    rows = (
        Tablet.select(Tablet.serial, MobileClass.id, MobileClass.school)
        .join(MobileClass)
        .where(~Tablet.withdrawn)
        .tuples()
    )
    return {serial: (class_id, school_id) for serial, class_id, school_id in rows}
