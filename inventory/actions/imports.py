"""Taking a file in: a dry run that only reads, then a commit that is all or nothing (its undo is in `undoing`)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from inventory import collector, delivery_rows, journal, placements, school_rows
from inventory.actions.arrivals import Arrival, take_arrivals
from inventory.actions.places import register_schools
from inventory.actions.records import Hand, assign
from inventory.actions.tablets import place_all, record_stages, register_tablets
from inventory.actions.undoing import undo
from inventory.complaints import Complaint
from inventory.db import atomic, snapshot
from inventory.delivery_rows import TabletRow
from inventory.errors import Refused
from inventory.lifecycle import Stage
from inventory.models import ImportBatch, MobileClass, PurchaseLine, School, Tablet
from inventory.queries import deliveries
from inventory.queries.workbooks import read
from inventory.school_rows import SchoolRow
from inventory.spreadsheets import Sheet
from inventory.words import tell

__all__ = ["Plan", "commit", "plan_schools", "plan_tablets", "undo"]
LINE = ("order_reference", "supplier", "model", "unit_price")


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do: its faults (then nothing), its doubts, and how many rows are new, changed or known already.

    `sheet` is what was read of it, so that a commit right after the dry run opens the workbook no second time; `read` are its rows,
    and `head` the end of the journal they were compared at: while it is the same, nothing in the inventory has changed.
    """

    kind: str
    filename: str
    content: bytes = field(repr=False)
    rows: int
    created: int
    changed: int
    same: int
    complaints: Sequence[Complaint]
    warnings: Sequence[Complaint] = ()
    sheet: Sheet | None = field(default=None, repr=False, compare=False)
    read: Sequence[Any] = field(default=(), repr=False, compare=False)
    head: tuple[int, str] | None = field(default=None, repr=False, compare=False)

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def plan_schools(content: bytes, filename: str) -> Plan:
    """The dry run of a directory of schools; raises `Refused` on a file that cannot be read."""
    return _read_schools(content, filename)


def plan_tablets(content: bytes, filename: str) -> Plan:
    """The dry run of a delivery note; raises `Refused` on a file that cannot be read."""
    return _read_tablets(content, filename)


@collector.paused()
def _read_schools(content: bytes, filename: str, sheet: Sheet | None = None) -> Plan:
    sheet = sheet or read(content, filename, school_rows.COLUMNS, school_rows.REQUIRED)
    rows, faults, doubts = school_rows.school_rows(sheet)
    with snapshot():
        head, known = journal.head(), {school.uai: school for school in School.select()}
    verdicts = [_verdict(known.get(row.uai), row.values) for row in rows]
    return _plan("schools", filename, content, sheet, verdicts, faults, doubts, rows, head)


@collector.paused()
def _read_tablets(content: bytes, filename: str, sheet: Sheet | None = None) -> Plan:
    sheet = sheet or read(content, filename, delivery_rows.ALIASES, delivery_rows.REQUIRED)
    with snapshot():
        rows, faults, doubts = delivery_rows.tablet_rows(sheet, deliveries.serials())
        head, known, carts = journal.head(), deliveries.tablets(rows), deliveries.carts()
        faults = faults + placements.conflicts(rows, deliveries.standing(rows, carts))
    wrong = {fault.row for fault in faults}
    verdicts = [_tablet_verdict(row, known.get(row.serial), carts) for row in rows if row.row not in wrong]
    return _plan("tablets", filename, content, sheet, verdicts, faults, doubts, rows, head)


def _plan(
    kind: str, filename: str, content: bytes, sheet: Sheet, verdicts: Sequence[str], faults: Sequence[Complaint],
    doubts: Sequence[Complaint], rows: Sequence[Any], head: tuple[int, str],
) -> Plan:  # fmt: skip
    created, changed, same = (verdicts.count(verdict) for verdict in ("created", "changed", "same"))
    in_order = sorted(faults, key=lambda fault: fault.row)
    return Plan(kind, filename, content, len(sheet.numbers), created, changed, same, in_order, doubts, sheet, rows, head)


def _verdict(row: Any, values: Mapping[str, Any]) -> str:
    if row is None or row.withdrawn:
        return "created"
    return "same" if all(getattr(row, name) == value for name, value in values.items()) else "changed"


def _tablet_verdict(row: TabletRow, tablet: Tablet | None, carts: Mapping[str, MobileClass]) -> str:
    if tablet is None:
        return "created"
    verdict = _verdict(tablet, _tablet_values(row))
    if verdict != "same":
        return verdict
    home = carts.get(row.class_code)
    moved = home is not None and (tablet.mobile_class_id, tablet.slot) != (home.id, row.slot)
    bought = _line_values(row, tablet) != _known_line(tablet)
    return "changed" if moved or bought or tablet.stage == Stage.EXPECTED.value else "same"


@atomic
@collector.paused()
def commit(plan: Plan, hand: Hand) -> ImportBatch:
    """Take a file in, whole or not at all; `Refused` on any fault, or when the inventory changed since the dry run."""
    intake: Any = (_read_schools, _take_schools) if plan.kind == "schools" else (_read_tablets, _take_tablets)
    read_again, take = intake
    fresh = plan if plan.head == journal.head() else read_again(plan.content, plan.filename, plan.sheet)
    if fresh.complaints:
        raise Refused(*(complaint.sentence for complaint in fresh.complaints))
    if fresh != plan:
        raise Refused(tell("L'inventaire a changé depuis l'essai de {filename} : refaire l'essai, puis importer.", filename=plan.filename))
    batch = ImportBatch.create(
        kind=plan.kind, filename=plan.filename, sha256=plan.sha256, rows=plan.rows, created=plan.created, changed=plan.changed,
        at=hand.now, actor=hand.by,
    )  # fmt: skip
    take(fresh.read, replace(hand, source=f"import:{batch.id}"))
    return batch


def _take_schools(rows: Sequence[SchoolRow], hand: Hand) -> None:
    register_schools([row.values for row in rows], hand)


def _take_tablets(rows: Sequence[TabletRow], hand: Hand) -> None:
    """Register, place, then say received: what a delivery note proves. The known tablets first, whose slots and tags the new ones may take."""
    known, carts = deliveries.tablets(rows), deliveries.carts()
    _free_labels([known[row.serial] for row in rows if row.serial in known and _relabelled(row, known[row.serial])])
    told = [(row, known[row.serial]) for row in rows if row.serial in known]
    lines = _Lines()
    register_tablets([tablet for row, tablet in told if _differs(row, tablet, lines)], hand)
    place_all([(tablet, carts[row.class_code], row.slot) for row, tablet in told if row.class_code], hand)
    record_stages([tablet for _, tablet in told if tablet.stage == Stage.EXPECTED.value], Stage.RECEIVED, hand)
    homes = {code: cart.id for code, cart in carts.items()}
    take_arrivals([_arrival(row, lines, homes) for row in rows if row.serial not in known], hand)


def _arrival(row: TabletRow, lines: _Lines, homes: Mapping[str, int]) -> Arrival:
    line = lines.bought(row.order_reference, row.supplier, row.model, row.unit_price)
    return Arrival(row.serial, row.asset_tag, row.model, line.id if line else None, row.warranty_end, homes.get(row.class_code), row.slot)


def _differs(row: TabletRow, tablet: Tablet, lines: _Lines) -> bool:
    """Write on a tablet what its row says; False if it was known already."""
    return assign(tablet, _tablet_values(row) | {"purchase_line": lines.of(row, tablet), "withdrawn": False})


def _relabelled(row: TabletRow, tablet: Tablet) -> bool:
    return bool(row.asset_tag) and row.asset_tag != tablet.asset_tag


def _free_labels(tablets: Sequence[Tablet]) -> None:
    """Let two tablets swap their asset tags: each is registered anew with its own in the same transaction."""
    for tablet in tablets:
        Tablet.update(asset_tag=None).where(Tablet.id == tablet.id).execute()


def _tablet_values(row: TabletRow) -> dict[str, Any]:
    """What the row says of its tablet; an empty cell says nothing."""
    told = {"asset_tag": row.asset_tag, "model": row.model, "warranty_end": row.warranty_end}
    return {name: value for name, value in told.items() if value}


def _known_line(tablet: Tablet | None) -> dict[str, Any]:
    line = tablet.purchase_line if tablet else None
    return {name: getattr(line, name) for name in LINE} if line else {}


def _line_values(row: TabletRow, tablet: Tablet | None) -> dict[str, Any]:
    """The purchase line of a row: what its cells say, else what is known; nothing if neither says anything of a purchase."""
    told = {name: getattr(row, name) for name in LINE if getattr(row, name) not in ("", None)}
    known = _known_line(tablet)
    if not known and not told.keys() - {"model"}:
        return {}
    return {"order_reference": "", "supplier": "", "model": "", "unit_price": None} | known | told


class _Lines(dict[tuple[Any, ...], PurchaseLine]):
    """The purchase lines of one file, each looked for once."""

    def __missing__(self, values: tuple[Any, ...]) -> PurchaseLine:
        self[values] = PurchaseLine.get_or_create(**dict(zip(LINE, values, strict=True)))[0]
        return self[values]

    def of(self, row: TabletRow, tablet: Tablet) -> PurchaseLine | None:
        if tablet.purchase_line_id is None:
            return self.bought(row.order_reference, row.supplier, row.model, row.unit_price)
        values = _line_values(row, tablet)
        return self[tuple(values[name] for name in LINE)] if values else None

    def bought(self, order_reference: str, supplier: str, model: str, unit_price: Decimal | None) -> PurchaseLine | None:
        """The line of a row whose tablet has none: the same four cells for a whole delivery."""
        told = bool(order_reference or supplier or unit_price is not None)
        return self[order_reference, supplier, model, unit_price] if told else None
