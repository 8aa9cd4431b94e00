"""Where the rows of a delivery note would put their tablets, against what the inventory holds already."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from inventory.complaints import Complaint
from inventory.delivery_rows import TabletRow
from inventory.words import tell

Slot = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Standing:
    """What a delivery note meets: the slots of each cart, and which serial number holds a slot or bears an asset tag."""

    carts: Mapping[str, int]
    holders: Mapping[Slot, str]
    bearers: Mapping[str, str]


def conflicts(rows: Sequence[TabletRow], standing: Standing) -> list[Complaint]:
    """Carts that do not exist, slots beyond the cart or held, asset tags borne, by a tablet that the file leaves where it is."""
    placed = {row.serial for row in rows if row.serial and row.class_code}
    tags = {row.serial: row.asset_tag for row in rows if row.serial and row.asset_tag}
    found: list[Complaint] = []
    for row in _suspects(rows, standing):
        found += _label(row, standing, tags)
        found += _cart(row, standing) or _slot(row, standing, placed)
    return found


def _suspects(rows: Sequence[TabletRow], standing: Standing) -> list[TabletRow]:
    """The rows that meet something: a tag that is borne, a cart unknown, a slot beyond it or held."""
    slots = {"": 0, **standing.carts}
    return [
        row
        for row in rows
        if row.asset_tag in standing.bearers or (row.slot or 0) > slots.get(row.class_code, -1) or (row.class_code, row.slot) in standing.holders
    ]


def _label(row: TabletRow, standing: Standing, tags: Mapping[str, str | None]) -> Iterator[Complaint]:
    bearer = standing.bearers.get(row.asset_tag) if row.asset_tag else None
    if bearer and bearer != row.serial and tags.get(bearer, row.asset_tag) == row.asset_tag:
        yield row.told("asset_tag", str(row.asset_tag), tell("déjà porté par {bearer}", bearer=bearer), tell("en donner un autre"))


def _cart(row: TabletRow, standing: Standing) -> list[Complaint]:
    if not row.class_code or row.class_code in standing.carts:
        return []
    near = difflib.get_close_matches(row.class_code, standing.carts, n=3, cutoff=0.5)
    remedy = tell("choisir {near}, ou enregistrer la classe d'abord", near=tell(" ou ").join(near)) if near else tell("enregistrer la classe d'abord")
    return [row.told("class_code", row.class_code, tell("classe mobile inconnue"), remedy)]


def _slot(row: TabletRow, standing: Standing, placed: Set[str]) -> Iterator[Complaint]:
    if not row.class_code or row.slot is None:
        return
    wanted, slots = (row.class_code, row.slot), standing.carts[row.class_code]
    holder = standing.holders.get(wanted)
    if row.slot > slots:
        problem, remedy = tell("{class_code} n'a que {slots} alvéoles", class_code=row.class_code, slots=slots), tell("choisir un numéro de 1 à {slots}", slots=slots)
    elif holder and holder != row.serial and holder not in placed:
        problem, remedy = tell("alvéole déjà occupée par {holder}", holder=holder), tell("la vider d'abord, ou en choisir une autre")
    else:
        return
    yield row.told("slot", str(row.slot), problem, remedy)
