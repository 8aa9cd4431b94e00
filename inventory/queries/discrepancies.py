"""The discrepancies between the inventory and the MDMs, with the school and the mobile class they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import SQL, fn

from inventory.discrepancy import Discrepancy
from inventory.discrepancy_words import sentence
from inventory.journal import When
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass, School, Sighting, Tablet
from inventory.queries.grounds import grounds_of
from inventory.queries.places import classes, schools
from inventory.queries.tablets import all_seen, states
from inventory.queries.visible import visible
from inventory.reconciliation import reconcile
from inventory.scope import Scope
from inventory.serials import confusion_key
from inventory.sight import Seen, TabletState


@dataclass(frozen=True, slots=True)
class Placed:
    """A discrepancy, and where it is: the tablet's own cart, or the one the MDM's group names."""

    discrepancy: Discrepancy
    school: School | None
    mobile_class: str
    class_id: int | None

    @property
    def text(self) -> str:
        """What both sides say, in a sentence."""
        return sentence(self.discrepancy.kind, self.discrepancy.serial, self.discrepancy.evidence)


def discrepancies(scope: Scope, when: When | None = None, *, class_id: int | None = None) -> list[Placed]:
    """Every discrepancy of the scope's tablets, or those of one mobile class; of one class now, only what may concern it is read."""
    if class_id is not None and when is None:
        alike = _of_the_names_of(scope, class_id)
        tablets, seen = _near(scope, class_id, [name for name, _ in alike])
        ids = sorted({class_id, *(other for _, other in alike), *(tablet.class_id for tablet in tablets if tablet.class_id)})
    else:
        tablets, seen, ids = states(scope, when), all_seen(scope, when), None
    found = placed(scope, reconcile(tablets, seen, grounds_of(tablets, seen)), when, ids)
    return [one for one in found if class_id in (None, one.class_id)]


def placed(scope: Scope, found: Sequence[Discrepancy], when: When | None = None, ids: Sequence[int] | None = None) -> list[Placed]:
    """Discrepancies with their places, among all classes or some."""
    places = {record.id: record for record in classes(scope, when, ids=ids)}
    named = {name: record.id for record in places.values() for name in (record.code, record.name) if name}
    homes = {row.id: row for row in schools(scope, None if ids is None else sorted({one.school_id for one in places.values()}))}
    told = []
    for one in found:
        place = places.get(_class_of(one, named) or 0)
        home = homes.get(place.school_id) if place else None
        told.append(Placed(one, home, place.code if place else "", place.id if place else None))
    return told


def _of_the_names_of(scope: Scope, class_id: int) -> list[tuple[str, int]]:
    """The code and the name of a class, with every class that bears one of them."""
    own = visible(scope, MobileClass).select(MobileClass.code, MobileClass.name).where(MobileClass.id == class_id).tuples().first() or ()
    names = sorted({name for name in own if name})
    bearers = visible(scope, MobileClass).where(MobileClass.code.in_(names) | MobileClass.name.in_(names))
    return [(name, row.id) for row in bearers for name in names if name in (row.code, row.name)]


def _near(scope: Scope, class_id: int, names: Sequence[str]) -> tuple[list[TabletState], list[Seen]]:
    """The tablets of a class and the devices that may be theirs, with the tablets that those may be, and so on until none is added."""
    tablets = states(scope, class_ids=[class_id])
    while True:
        seen = _devices(scope, tablets, names)
        ids = {tablet.id for tablet in tablets}
        others = _tablets(scope, [device for device in seen if device.status is not MdmStatus.GONE]) - ids
        if not others:
            return tablets, seen
        tablets = states(scope, ids=sorted(ids | others))


def _tablets(scope: Scope, devices: Sequence[Seen]) -> set[int]:
    """The tablets that bear the serial number of a device, or one like it, or its name as their asset tag."""
    alike = _alike(Tablet.serial).in_(sorted({confusion_key(device.serial) for device in devices if device.serial}))
    tagged = Tablet.asset_tag.in_(sorted({device.number for device in devices if device.number}))
    return {row[0] for row in visible(scope, Tablet).select(Tablet.id).where((alike | tagged) & ~Tablet.withdrawn).tuples()}


def _devices(scope: Scope, tablets: Sequence[TabletState], names: Sequence[str]) -> list[Seen]:
    """The devices that bear the serial number of a tablet or one like it, its asset tag, or are in a group of these names."""
    alike = _alike(Sighting.serial).in_(sorted({confusion_key(tablet.serial) for tablet in tablets}))
    tagged = Sighting.number.in_(sorted({tablet.asset_tag for tablet in tablets if tablet.asset_tag}))
    found = visible(scope, Sighting).select(Sighting.id).where(alike | tagged | Sighting.group.in_(list(names)))
    return all_seen(scope, ids=[row[0] for row in found.tuples()])


def _alike(serial: Any) -> Any:
    """`serials.confusion_key` of a normalised serial number, as the indexes write it."""
    for letter, digit in (("O", "0"), ("Q", "0"), ("I", "1"), ("L", "1")):
        serial = fn.REPLACE(serial, SQL(f"'{letter}'"), SQL(f"'{digit}'"))
    return serial


def _class_of(one: Discrepancy, named: Mapping[str, int]) -> int | None:
    if one.tablet:
        return one.tablet.class_id
    return named.get(one.seen.group) if one.seen else None
