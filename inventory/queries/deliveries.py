"""What the inventory holds of the tablets of a delivery note, read for its dry run and for its commit."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from inventory.db import read_many
from inventory.delivery_rows import TabletRow
from inventory.models import MobileClass, PurchaseLine, Tablet
from inventory.placements import Standing

SOME = 500
T = TypeVar("T")


def serials() -> list[str]:
    """Every serial number of the inventory."""
    return [serial for (serial,) in read_many("SELECT serial FROM tablet WHERE NOT withdrawn")]


def tablets(rows: Iterable[TabletRow]) -> dict[str, Tablet]:
    """The tablets of these rows that the inventory knows, withdrawn ones too, with their purchase lines; by serial number."""
    found: dict[str, Tablet] = {}
    there = (row[0] for row in _rows("serial", "serial", [row.serial for row in rows if row.serial]))
    for some in _chunks(there):
        query = Tablet.select(Tablet, PurchaseLine).left_outer_join(PurchaseLine).where(Tablet.serial.in_(some))
        found.update({tablet.serial: tablet for tablet in query})
    return found


def carts() -> dict[str, MobileClass]:
    """The mobile classes in use, by code."""
    return {cart.code: cart for cart in MobileClass.select().where(~MobileClass.withdrawn)}


def standing(rows: Sequence[TabletRow], known: Mapping[str, MobileClass]) -> Standing:
    """What these rows must agree with, the mobile classes in use among it."""
    codes = sorted({row.class_code for row in rows} & known.keys())
    held = _rows("serial, mobile_class_id, slot", "mobile_class_id", [known[code].id for code in codes])
    by_id = {cart.id: code for code, cart in known.items()}
    borne = _rows("serial, asset_tag", "asset_tag", sorted({row.asset_tag for row in rows if row.asset_tag}))
    return Standing(
        {code: cart.slots for code, cart in known.items()},
        {(by_id[cart], slot): serial for serial, cart, slot in held if slot is not None},
        {tag: serial for serial, tag in borne},
    )


def _rows(columns: str, among: str, values: Iterable[object]) -> Iterator[tuple[Any, ...]]:
    """Some columns of the tablets that have one of these values in another."""
    for some in _chunks(values):
        yield from read_many(f"SELECT {columns} FROM tablet WHERE {among} IN ({','.join('?' * len(some))})", some)  # noqa: S608 our own names


def _chunks(values: Iterable[T]) -> Iterator[list[T]]:
    rest = iter(values)
    while some := list(islice(rest, SOME)):
        yield some
