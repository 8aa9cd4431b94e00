"""The list of the devices that MDMs list, those that the inventory does not know among them: now by the database, then by the journal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from peewee import fn

from inventory.journal import When, facts
from inventory.mdm_status import MdmStatus
from inventory.models import Sighting, Tablet
from inventory.queries import listing
from inventory.queries.listing import Ask, Order, Page
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.status import Status


class Known(Status):
    """Whether a tablet of the inventory bears a device's serial number."""

    YES = "oui", "à l'inventaire", "circle-check", "good"
    NO = "non", "inconnu de l'inventaire", "circle-help", "bad"


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as one MDM lists it; `tablet` is the tablet that bears its serial number, None when the inventory has none."""

    id: int
    serial: str
    number: str
    connector: str
    status: MdmStatus
    model: str
    os_version: str
    group: str
    first_seen: datetime
    tablet: int | None

    @property
    def name(self) -> str:
        return self.serial or self.number or f"n° {self.id}"

    @property
    def known(self) -> Known:
        return Known.YES if self.tablet else Known.NO


DEVICE_ORDERS: Mapping[str, Order[DeviceRow]] = {
    "numero": Order("N°", Sighting.id, lambda row: row.id, int), "serie": Order("N° de série", Sighting.serial, lambda row: row.serial),
}  # fmt: skip


def devices(ask: Ask, when: When | None, *, scope: Scope) -> Page[DeviceRow]:
    """One page of the devices, filtered by `connecteur`, `mdm` and `connu` (whether a tablet bears the serial number)."""
    order = DEVICE_ORDERS[ask.sort]
    if when is None:
        return listing.cut(_devices(ask, scope), Sighting.id, order, ask, lambda ids: _rows(ids, None), lambda row: row.id)
    return listing.cut_walked(_devices_then(ask, when, scope), order, ask, lambda row: row.id)


def count_devices(ask: Ask, when: When | None, *, scope: Scope) -> int:
    if when is None:
        return listing.counted_to(_devices(ask, scope))
    return sum(1 for _ in islice(_devices_then(Ask(ask.words, ask.filters, "numero"), when, scope), listing.MOST_COUNTED + 1))


def _devices(ask: Ask, scope: Scope) -> Any:
    query = visible(scope, Sighting).select(Sighting.id)
    if ask.words:
        query = query.where(Sighting.serial.contains(ask.words) | Sighting.number.contains(ask.words) | Sighting.model.contains(ask.words))
    if ask.filter("connecteur"):
        query = query.where(Sighting.connector == ask.filter("connecteur"))
    if ask.filter("mdm"):
        query = query.where(Sighting.status == ask.filter("mdm"))
    if ask.filter("connu"):
        borne = fn.EXISTS(Tablet.select(Tablet.id).where((Tablet.serial == Sighting.serial) & ~Tablet.withdrawn))
        query = query.where(borne if ask.filter("connu") == Known.YES else ~borne)
    return query


def _devices_then(ask: Ask, when: When, scope: Scope) -> Iterator[DeviceRow]:
    """The devices first listed by then, read a part at a time."""
    seen = visible(scope, Sighting).where(Sighting.first_seen <= when.moment)
    for ids in listing.walked(seen, Sighting.id, DEVICE_ORDERS[ask.sort], ask):
        found = {row.id: row for row in _rows(ids, when)}
        yield from (found[one] for one in ids if one in found and _fits(found[one], ask))


def _fits(row: DeviceRow, ask: Ask) -> bool:
    wanted = ask.words.casefold()
    return (
        (not wanted or any(wanted in text.casefold() for text in (row.serial, row.number, row.model)))
        and ask.filter("connecteur") in ("", row.connector)
        and ask.filter("mdm") in ("", row.status.value)
        and ask.filter("connu") in ("", row.known.value)
    )


def _rows(ids: Sequence[int], when: When | None) -> list[DeviceRow]:
    rows = list(Sighting.select().where(listing.among(Sighting.id, ids)))
    told = facts("sighting", axes=["mdm", "report"], ids=ids, when=when) if when else {}
    rows = [row for row in rows if when is None or (row.id, "mdm") in told]
    said = {row.id: told[row.id, "report"].detail for row in rows if (row.id, "report") in told}
    bearers = _bearers([row.serial for row in rows], when)
    return [
        DeviceRow(
            row.id, row.serial, said.get(row.id, {}).get("number", row.number), row.connector,
            MdmStatus(told[row.id, "mdm"].value if when else row.status), said.get(row.id, {}).get("model", row.model),
            said.get(row.id, {}).get("os_version", row.os_version), said.get(row.id, {}).get("group", row.group), row.first_seen, bearers.get(row.serial),
        )
        for row in rows
    ]  # fmt: skip


def _bearers(serials: Sequence[str], when: When | None) -> dict[str, int]:
    """The tablets that bear these serial numbers, registered by then."""
    rows = {row.serial: row.id for row in Tablet.select(Tablet.id, Tablet.serial).where(Tablet.serial.in_(list(serials)) & ~Tablet.withdrawn)}
    if when is None:
        return rows
    recorded = {key[0] for key in facts("tablet", axes=["record"], ids=list(rows.values()), when=when)}
    return {serial: one for serial, one in rows.items() if one in recorded}
