"""Taking a file in: a dry run that only reads, a commit that is all or nothing, an undo as long as nothing was built on it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inventory import delivery_rows, school_rows
from inventory.actions.places import register_school
from inventory.actions.records import RECORD, SUBJECTS, WITHDRAWN, Hand, change, register, restore, withdraw
from inventory.actions.tablets import PLACE, STAGE, place, record_stage, refresh_stage, register_tablet
from inventory.complaints import Complaint
from inventory.db import atomic
from inventory.delivery_rows import LABELS, TabletRow
from inventory.errors import Refused
from inventory.journal import Entry, append
from inventory.lifecycle import Stage
from inventory.models import Event, ImportBatch, MobileClass, PurchaseLine, School, Tablet
from inventory.spreadsheets import read


@dataclass(frozen=True, slots=True)
class Plan:
    """What a file would do: its faults (then nothing), its doubts, and how many rows are new, changed or known already."""

    kind: str
    filename: str
    content: bytes
    rows: int
    created: int
    changed: int
    same: int
    complaints: Sequence[Complaint]
    warnings: Sequence[Complaint] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


def plan_schools(content: bytes, filename: str) -> Plan:
    """The dry run of a directory of schools."""
    sheet = read(content, filename, school_rows.ALIASES, school_rows.REQUIRED)
    rows, faults = school_rows.school_rows(sheet)
    known = {school.uai: school for school in School.select()}
    verdicts = [_verdict(known.get(values["uai"]), values) for _, values in rows]
    return _plan("schools", filename, content, len(sheet.rows), verdicts, faults, ())


def plan_tablets(content: bytes, filename: str) -> Plan:
    """The dry run of a delivery note."""
    sheet = read(content, filename, delivery_rows.ALIASES, delivery_rows.REQUIRED)
    known = {tablet.serial: tablet for tablet in Tablet.select()}
    rows, faults, doubts = delivery_rows.tablet_rows(sheet, [serial for serial, tablet in known.items() if not tablet.withdrawn])
    classes = {row.code: row for row in MobileClass.select().where(~MobileClass.withdrawn)}
    faults += _misplaced(rows, classes, known)
    verdicts = [_tablet_verdict(row, known.get(row.serial), classes) for row in rows]
    return _plan("tablets", filename, content, len(sheet.rows), verdicts, sorted(faults, key=lambda one: one.row), doubts)


def _plan(
    kind: str, filename: str, content: bytes, rows: int, verdicts: Sequence[str], faults: Sequence[Complaint],
    doubts: Sequence[Complaint],
) -> Plan:  # fmt: skip
    created, changed, same = (verdicts.count(verdict) for verdict in ("created", "changed", "same"))
    return Plan(kind, filename, content, rows, created, changed, same, faults, doubts)


def _verdict(row: Any, values: Mapping[str, Any]) -> str:
    if row is None or row.withdrawn:
        return "created"
    return "same" if all(getattr(row, name) == value for name, value in values.items()) else "changed"


def _tablet_verdict(row: TabletRow, tablet: Tablet | None, classes: Mapping[str, MobileClass]) -> str:
    verdict = _verdict(tablet, _tablet_values(row))
    home = classes.get(row.class_code)
    moved = tablet is not None and home is not None and (tablet.mobile_class_id, tablet.slot) != (home.id, row.slot)
    return "changed" if verdict == "same" and moved else verdict


def _misplaced(rows: Sequence[TabletRow], classes: Mapping[str, MobileClass], known: Mapping[str, Tablet]) -> list[Complaint]:
    """Carts that do not exist, slots beyond the cart or already taken, asset tags another tablet bears."""
    taken = {(tablet.mobile_class_id, tablet.slot): tablet for tablet in known.values() if tablet.slot and not tablet.withdrawn}
    tags = {tablet.asset_tag: tablet for tablet in known.values() if tablet.asset_tag}
    moving = {row.serial for row in rows}
    faults = []
    for row in rows:
        bearer = tags.get(row.asset_tag) if row.asset_tag else None
        if bearer is not None and bearer.serial != row.serial:
            faults.append(Complaint(row.row, LABELS["asset_tag"], str(row.asset_tag), f"déjà porté par {bearer.serial}", "en donner un autre"))
        if not row.class_code:
            continue
        home = classes.get(row.class_code)
        if home is None:
            near = ", ".join(sorted(classes)) or "aucune n'est enregistrée"
            faults.append(Complaint(row.row, LABELS["class_code"], row.class_code, "classe mobile inconnue", f"choisir : {near}"))
            continue
        holder = taken.get((home.id, row.slot))
        if row.slot is not None and row.slot > home.slots:
            faults.append(Complaint(row.row, LABELS["slot"], str(row.slot), f"{home.code} n'a que {home.slots} alvéoles", "la corriger"))
        elif holder is not None and holder.serial != row.serial and holder.serial not in moving:
            problem = f"déjà occupée par {holder.asset_tag or holder.serial}"
            faults.append(Complaint(row.row, LABELS["slot"], str(row.slot), problem, "la vider d'abord, ou en choisir une autre"))
    return faults


@atomic
def commit(plan: Plan, hand: Hand) -> ImportBatch:
    """Take a file in, whole or not at all; planned again here, so that what was shown is still true."""
    again = plan_schools if plan.kind == "schools" else plan_tablets
    fresh = again(plan.content, plan.filename)
    if fresh.complaints:
        raise Refused(*(complaint.sentence for complaint in fresh.complaints))
    batch = ImportBatch.create(
        kind=plan.kind, filename=plan.filename, sha256=plan.sha256, rows=fresh.rows, created=fresh.created, changed=fresh.changed,
        at=hand.now, actor=hand.by,
    )  # fmt: skip
    inside = replace(hand, source=f"import:{batch.id}")
    if plan.kind == "schools":
        sheet = read(plan.content, plan.filename, school_rows.ALIASES, school_rows.REQUIRED)
        for _, values in school_rows.school_rows(sheet)[0]:
            register_school(values, inside)
    else:
        _take_tablets(plan, inside)
    return batch


def _take_tablets(plan: Plan, hand: Hand) -> None:
    sheet = read(plan.content, plan.filename, delivery_rows.ALIASES, delivery_rows.REQUIRED)
    rows, _, _ = delivery_rows.tablet_rows(sheet)
    known = {tablet.serial: tablet for tablet in Tablet.select()}
    classes = {row.code: row for row in MobileClass.select()}
    tablets = [(row, _registered(row, known.get(row.serial), hand)) for row in rows]
    moving = [(row, tablet) for row, tablet in tablets if row.class_code]
    for row, tablet in moving:
        if tablet.mobile_class_id and (tablet.mobile_class_id, tablet.slot) != (classes[row.class_code].id, row.slot):
            place(tablet, None, None, hand)
    for row, tablet in moving:
        place(tablet, classes[row.class_code], row.slot, hand)
    for _, tablet in tablets:
        if tablet.stage == Stage.EXPECTED.value:
            record_stage(tablet, Stage.RECEIVED, hand)


def _registered(row: TabletRow, tablet: Tablet | None, hand: Hand) -> Tablet:
    values = _tablet_values(row)
    line = _purchase_line(row)
    if line is not None:
        values["purchase_line"] = line
    if tablet is None:
        return register_tablet(Tablet(serial=row.serial, **values), hand)
    if tablet.withdrawn:
        for name, value in (values | {"withdrawn": False}).items():
            setattr(tablet, name, value)
        register(tablet, hand)
        return tablet
    change(tablet, values, hand)
    return tablet


def _tablet_values(row: TabletRow) -> dict[str, Any]:
    """What the row says of its tablet; an empty cell says nothing."""
    told = {"asset_tag": row.asset_tag, "model": row.model, "warranty_end": row.warranty_end}
    return {name: value for name, value in told.items() if value}


def _purchase_line(row: TabletRow) -> PurchaseLine | None:
    if not row.order_reference:
        return None
    line, _ = PurchaseLine.get_or_create(
        order_reference=row.order_reference, supplier=row.supplier, model=row.model, unit_price=row.unit_price
    )
    return line


@atomic
def undo(batch: ImportBatch, hand: Hand) -> None:
    """Put everything back as it was before a batch; raises `Refused` once something was built on it."""
    if batch.undone_at is not None:
        raise Refused(f"Le lot n° {batch.id} est déjà annulé.")
    source = f"import:{batch.id}"
    mine = list(Event.select().where(Event.source == source).order_by(Event.position))
    touched = {(event.subject, event.subject_id): event.position for event in reversed(mine)}
    _refuse_built_upon(batch, source, touched)
    inside = replace(hand, source=f"undo:{batch.id}")
    for (subject, subject_id), first in touched.items():
        row = SUBJECTS[subject].get_by_id(subject_id)
        if isinstance(row, Tablet):
            _put_back(row, first, inside)
        before = _before(subject, subject_id, RECORD, first)
        if before is None or before.value == WITHDRAWN:
            withdraw(row, inside)
        else:
            restore(row, before.detail, inside)
    batch.undone_at = hand.now
    batch.save()


def _refuse_built_upon(batch: ImportBatch, source: str, touched: Mapping[tuple[str, int], int]) -> None:
    for (subject, subject_id), first in touched.items():
        later = Event.get_or_none(
            (Event.subject == subject) & (Event.subject_id == subject_id) & (Event.position > first) & (Event.source != source)
        )
        if later is not None:
            row = SUBJECTS[subject].get_by_id(subject_id)
            name = getattr(row, "asset_tag", None) or getattr(row, "serial", None) or getattr(row, "uai", "")
            raise Refused(
                f"Le lot n° {batch.id} ne peut plus être annulé : {name} a changé depuis ({later.axis} : {later.value}) ; "
                "corriger la fiche, ou importer un fichier corrigé."
            )
    schools = [subject_id for subject, subject_id in touched if subject == "school"]
    home = MobileClass.get_or_none(MobileClass.school.in_(schools) & ~MobileClass.withdrawn)
    created = home is not None and _before("school", home.school_id, RECORD, touched["school", home.school_id]) is None
    if home is not None and created:
        raise Refused(f"Le lot n° {batch.id} ne peut plus être annulé : la classe mobile {home.code} est dans une de ses écoles.")


def _before(subject: str, subject_id: int, axis: str, position: int) -> Event | None:
    """The last line of an axis before a position of the journal."""
    mine = (Event.subject == subject) & (Event.subject_id == subject_id) & (Event.axis == axis) & (Event.position < position)
    return Event.select().where(mine).order_by(Event.position.desc()).first()


def _put_back(tablet: Tablet, first: int, hand: Hand) -> None:
    """A tablet's slot and stage as they were."""
    home = _before("tablet", tablet.id, PLACE, first)
    where = home.detail if home else {"mobile_class": None, "slot": None}
    place(tablet, None, None, hand)
    if where["mobile_class"]:
        place(tablet, MobileClass.get_by_id(where["mobile_class"]), where["slot"], hand)
    stage = _before("tablet", tablet.id, STAGE, first)
    value, detail = (stage.value, stage.detail) if stage else (Stage.EXPECTED.value, {"after": Stage.EXPECTED.value})
    if tablet.stage != value:
        append([Entry("tablet", tablet.id, STAGE, value, hand.now, detail)], noted=hand.now, actor=hand.by, source=hand.source)
        refresh_stage(tablet)
