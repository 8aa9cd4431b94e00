"""A line of the list of tablets, and the sorts of that list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from peewee import SQL, fn

from inventory.columns import MomentField
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import Tablet
from inventory.queries.listing import Order

_stored = MomentField().db_value


class TabletRow(NamedTuple):
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


made: Callable[[Iterable[Any]], TabletRow] = partial(tuple.__new__, TabletRow)
"""A line of its values in the order of the fields: the call of the class itself costs three times as much."""


def made_of(*columns: Iterable[Any]) -> list[TabletRow]:
    """Lines made of whole columns."""
    return list(map(made, zip(*columns, strict=False)))


LABEL = fn.COALESCE(Tablet.asset_tag, Tablet.serial)
TABLET_ORDERS: Mapping[str, Order[TabletRow]] = {
    "nom": Order("Nom", LABEL, lambda row: row.name),
    "serie": Order("N° de série", Tablet.serial, lambda row: row.serial),
    "depuis": Order("Étape depuis", fn.COALESCE(Tablet.stage_at, SQL("0")), lambda row: _stored(row.stage_at) or 0, int, whole=True),
}
