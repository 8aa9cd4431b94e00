"""What there is to tell of a simulated device at a moment, before any server writes it down in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from inventory.paris import at, local_date
from mdm.simulator.faults import OF_RECORDS
from mdm.simulator.fleet import Fleet
from mdm.simulator.life import Life, chance

IN_2099 = datetime(2099, 4, 15, 21, 20, tzinfo=UTC)
A_MONTH = timedelta(days=30)
LONG_AGO = datetime(2017, 9, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Told:
    """One device; a serial number is blank until it was switched on, or for good."""

    id: int
    serial: str
    name: str
    group: str
    since: datetime
    enrolled: datetime | None
    contact: datetime | None
    configured: bool
    outdated: bool
    battery: int
    label: str
    """The serial number printed on it, known before it is ever switched on."""
    edited: datetime
    """When its server last wrote something of it other than a contact."""

    @property
    def changed(self) -> datetime:
        """When its server last wrote anything of it."""
        return max(self.edited, self.contact) if self.contact else self.edited

    @property
    def udid(self) -> str:
        return f"00008112-{self.id:016X}"


def told_at(fleet: Fleet, moment: datetime) -> list[Told]:
    """Every device that a server lists, by id."""
    lives = [_life(life, moment) for life in fleet.devices_at(moment)]
    others = [
        Told(one.mdm_id, one.serial, one.name, "", moment - timedelta(days=20), moment - timedelta(days=20), moment - timedelta(days=2), False, False, 50, one.serial, moment - timedelta(days=20))
        for one in fleet.strangers_at(moment)
    ]
    return sorted(lives + others, key=lambda one: one.id)


def _life(life: Life, moment: datetime) -> Told:
    start, configured = life.enrolled_at(moment), life.configured is not None and moment >= life.configured
    battery = 35 + chance(life.serial, local_date(moment).toordinal(), *life.salt) % 65
    return Told(
        life.id_at(moment), life.serial if start else "", life.name_at(moment), life.cart.code, start or LONG_AGO, start,
        life.last_contact(moment), configured, bool(life.outdated_since and moment >= life.outdated_since), battery, life.serial, _edited(life, moment),
    )  # fmt: skip


def _edited(life: Life, moment: datetime) -> datetime:
    """Its record is written when it is made, and at each thing that happens to it."""
    marks = (life.enrolled, life.configured, life.reenrolled, life.renamed[0] if life.renamed else None, life.outdated_since)
    return max([at(life.cart.labelled, time(16)), *(mark for mark in marks if mark and mark <= moment)])


def spoilt(fault: str | None, page: Sequence[Told]) -> list[Told]:
    """The devices of a page as a faulty server knows them."""
    if fault == "half_page":
        return list(page[: len(page) // 2])
    if not page or fault not in OF_RECORDS:
        return list(page)
    first, others = page[0], list(page[1:])
    if fault == "twin_serial":
        return [first, *(replace(one, serial=first.serial, label=first.label) for one in others[:1]), *others[1:]]
    return [_spoilt(fault, first), *others]


def _spoilt(fault: str, one: Told) -> Told:
    if fault in ("lone_surrogate", "nul"):
        return replace(one, name=f"Tablette {chr(0xD83D) if fault == 'lone_surrogate' else chr(0)} cassée")
    if fault == "no_serial":
        return replace(one, serial="", label="")
    if fault == "lower_serial":
        return replace(one, serial=one.serial.lower(), label=one.label.lower())
    if fault == "contact_2099":
        return replace(one, contact=IN_2099)
    return replace(one, contact=one.contact - A_MONTH) if fault == "contact_backwards" and one.contact else one
