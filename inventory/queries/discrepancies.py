"""The discrepancies between the inventory and the MDMs, with the school and the mobile class they belong to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from inventory.journal import When
from inventory.models import School, Tablet
from inventory.queries.places import classes, schools
from inventory.queries.tablets import all_seen, states
from inventory.queries.visible import visible
from inventory.reconciliation import Discrepancy, reconcile
from inventory.scope import Scope

FEW_TABLETS = 2_000


@dataclass(frozen=True, slots=True)
class Placed:
    """A discrepancy, and where it is: the tablet's own cart, or the one the MDM's group names."""

    discrepancy: Discrepancy
    school: School | None
    mobile_class: str
    class_id: int | None


def discrepancies(scope: Scope, when: When | None = None, *, class_id: int | None = None) -> list[Placed]:
    """Every discrepancy of the scope's tablets, or those of one mobile class."""
    places = {record.id: record for record in classes(scope, when)}
    named = {name: record.id for record in places.values() for name in (record.code, record.name) if name}
    homes = {row.id: row for row in schools(scope)}
    found = []
    for one in reconcile(states(scope, when), all_seen(scope, when)):
        place = places.get(_class_of(one, named) or 0)
        home = homes.get(place.school_id) if place else None
        found.append(Placed(one, home, place.code if place else "", place.id if place else None))
    return [one for one in found if class_id in (None, one.class_id)]


def few_tablets(scope: Scope) -> bool:
    """Whether the scope's tablets are few enough to be compared with the MDMs' devices while a page is made."""
    some = visible(scope, Tablet).select(Tablet.id).where(~Tablet.withdrawn).limit(FEW_TABLETS + 1)
    return int(some.count()) <= FEW_TABLETS


def _class_of(one: Discrepancy, named: Mapping[str, int]) -> int | None:
    if one.tablet:
        return one.tablet.class_id
    return named.get(one.seen.group) if one.seen else None
