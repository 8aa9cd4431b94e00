"""What the inventory holds of the tablets of a delivery note, read for its dry run and for its commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from peewee import ModelSelect

from inventory.delivery_rows import TabletRow
from inventory.models import MobileClass, PurchaseLine, Tablet
from inventory.placements import Standing

SOME = 500
T = TypeVar("T")


def serials() -> list[str]:
    """Every serial number of the inventory."""
    return [serial for (serial,) in Tablet.select(Tablet.serial).where(~Tablet.withdrawn).tuples()]


def tablets(rows: Iterable[TabletRow]) -> dict[str, Tablet]:
    """The tablets of these rows that the inventory knows, withdrawn ones too, with their purchase lines; by serial number."""
    found: dict[str, Tablet] = {}
    for some in _chunks(row.serial for row in rows if row.serial):
        query = Tablet.select(Tablet, PurchaseLine).left_outer_join(PurchaseLine).where(Tablet.serial.in_(some))
        found.update({tablet.serial: tablet for tablet in query})
    return found


def carts() -> dict[str, MobileClass]:
    """The mobile classes in use, by code."""
    return {cart.code: cart for cart in MobileClass.select().where(~MobileClass.withdrawn)}


def standing(rows: Sequence[TabletRow]) -> Standing:
    """What these rows must agree with."""
    known = carts()
    codes = sorted({row.class_code for row in rows} & known.keys())
    held = _rows(Tablet.mobile_class, [known[code].id for code in codes])
    by_id = {cart.id: code for code, cart in known.items()}
    borne = _rows(Tablet.asset_tag, sorted({row.asset_tag for row in rows if row.asset_tag}))
    return Standing(
        {code: cart.slots for code, cart in known.items()},
        {(by_id[cart], slot): serial for serial, _, cart, slot in held if slot is not None},
        {tag: serial for serial, tag, _, _ in borne},
    )


def _rows(field: object, values: Iterable[object]) -> Iterator[tuple[str, str, int, int]]:
    for some in _chunks(values):
        query: ModelSelect = Tablet.select(Tablet.serial, Tablet.asset_tag, Tablet.mobile_class, Tablet.slot)
        yield from query.where(field.in_(some)).tuples()  # type: ignore[attr-defined]


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, SOME)):
        yield some
