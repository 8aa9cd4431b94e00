"""Undoing an import: every subject of the batch goes back to what it was, as long as nothing was built on it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from inventory.actions.records import RECORD, SUBJECTS, WITHDRAWN, Hand, restore_all, withdraw_all
from inventory.actions.tablets import PLACE, STAGE, place_all, refresh_stages, withdraw_tablets
from inventory.db import atomic
from inventory.errors import Conflict
from inventory.journal import Entry, append
from inventory.lifecycle import Stage
from inventory.models import Event, ImportBatch, MobileClass, School, Tablet
from inventory.timeline import timeline
from inventory.words import tell

SOME = 500
MOST_NAMED = 5
Subject = tuple[str, int]
T = TypeVar("T", int, str)


@dataclass(frozen=True, slots=True)
class Touched:
    """The subjects of a batch, where it starts in the journal, and the last line of each axis before it."""

    batch: ImportBatch
    start: int
    rows: dict[Subject, Any]
    before: dict[tuple[str, int, str], Event]


@atomic
def undo(batch: ImportBatch, hand: Hand) -> None:
    """Put everything back as it was before a batch; raises `Refused`, naming it, once something was built on it."""
    if batch.undone_at is not None:
        raise Conflict(tell("Le lot n° {id} est déjà annulé.", id=batch.id))
    touched = _touched(batch)
    built = list(_built_on(touched))
    if built:
        rest = tell(" ; et {count} autres", count=len(built) - MOST_NAMED) if len(built) > MOST_NAMED else ""
        raise Conflict(
            tell("Le lot n° {id} ne peut plus être annulé : {built}{rest}. Corriger les fiches, ou importer un fichier corrigé.", id=batch.id, built=' ; '.join(built[:MOST_NAMED]), rest=rest)
        )
    inside = replace(hand, source=_source(batch))
    _put_back_tablets([row for row in touched.rows.values() if isinstance(row, Tablet)], touched, inside)
    _put_back_records(touched, inside)
    batch.undone_at = hand.now
    batch.save()


def _source(batch: ImportBatch) -> str:
    return f"import:{batch.id}"


def _touched(batch: ImportBatch) -> Touched:
    mine = Event.select(Event.subject, Event.subject_id, Event.position).where(Event.source == _source(batch))
    lines = list(mine.order_by(Event.position).tuples())
    start = lines[0][2] if lines else 0
    rows: dict[Subject, Any] = {}
    for subject, model in SUBJECTS.items():
        ids = list(dict.fromkeys(line[1] for line in lines if line[0] == subject))
        for some in _chunks(ids):
            rows.update({(subject, row.get_id()): row for row in model.select().where(model.id.in_(some))})
    before = {(event.subject, event.subject_id, event.axis): event for event in _events(rows, Event.position < start)}
    return Touched(batch, start, rows, before)


def _events(subjects: dict[Subject, Any], wanted: Any) -> Iterator[Event]:
    """The lines of some subjects, in the order in which the fold reads them."""
    for subject in SUBJECTS:
        for some in _chunks([subject_id for name, subject_id in subjects if name == subject]):
            mine = (Event.subject == subject) & Event.subject_id.in_(some) & wanted
            yield from Event.select().where(mine).order_by(Event.at, Event.position)


def _chunks(ids: Sequence[T]) -> Iterator[Sequence[T]]:
    return (ids[start : start + SOME] for start in range(0, len(ids), SOME))


def _built_on(touched: Touched) -> Iterator[str]:
    """What came after: a later line on a subject, unless its own batch was undone; a class in a school that the batch brought."""
    undone = [_source(other) for other in ImportBatch.select().where(ImportBatch.undone_at.is_null(False))]
    later = Event.source.not_in([*undone, _source(touched.batch)]) & (Event.position > touched.start)
    last = {(event.subject, event.subject_id): event for event in _events(touched.rows, later)}
    for subject, event in last.items():
        yield tell("{name} a changé depuis ({title})", name=_name(touched.rows[subject]), title=timeline([event])[0].title)
    yield from _labels_taken(touched)
    brought = [row.id for row in touched.rows.values() if isinstance(row, School) and _is_new(row, touched)]
    for some in _chunks(brought):
        for home in MobileClass.select().where(MobileClass.school.in_(some) & ~MobileClass.withdrawn):
            yield tell("la classe mobile {code} est dans l'école {school}", code=home.code, school=home.school.name)


def _labels_taken(touched: Touched) -> Iterator[str]:
    """Asset tags that the batch changed and that another tablet has borne since."""
    tablets = {row.id: _line(row, RECORD, touched) for row in touched.rows.values() if isinstance(row, Tablet)}
    tags = sorted({line.detail["asset_tag"] for line in tablets.values() if line and line.detail["asset_tag"]})
    for some in _chunks(tags):
        for other in Tablet.select().where(Tablet.asset_tag.in_(list(some))):
            if other.id not in tablets:
                yield tell("le n° d'inventaire {asset_tag} est maintenant celui de {serial}", asset_tag=other.asset_tag, serial=other.serial)


def _name(row: Any) -> str:
    return str(getattr(row, "asset_tag", None) or getattr(row, "serial", None) or getattr(row, "uai", None) or row)


def _is_new(row: Any, touched: Touched) -> bool:
    """True if the row was not in the inventory before the batch (never there, or withdrawn)."""
    line = _line(row, RECORD, touched)
    return line is None or line.value == WITHDRAWN


def _line(row: Any, axis: str, touched: Touched) -> Event | None:
    return touched.before.get((row._meta.table_name, row.get_id(), axis))


def _put_back_tablets(tablets: Sequence[Tablet], touched: Touched, hand: Hand) -> None:
    """Slots and stages as they were; the asset tags are free until each record is put back, so that any order will do."""
    for some in _chunks([tablet.id for tablet in tablets]):
        Tablet.update(asset_tag=None).where(Tablet.id.in_(list(some))).execute()
    homes = {row.id: row for row in MobileClass.select()}
    moves, stages = [], []
    for tablet in tablets:
        home, stage = _line(tablet, PLACE, touched), _line(tablet, STAGE, touched)
        moves.append((tablet, homes.get(home.detail["mobile_class"]) if home else None, home.detail["slot"] if home else None))
        value, detail = (stage.value, stage.detail) if stage else (Stage.EXPECTED.value, {"after": Stage.EXPECTED.value})
        if tablet.stage != value:
            stages.append(Entry("tablet", tablet.id, STAGE, value, hand.now, detail))
    place_all(moves, hand)
    append(stages, noted=hand.now, actor=hand.by, source=hand.source)
    refresh_stages(tablets)


def _put_back_records(touched: Touched, hand: Hand) -> None:
    """Each record as it was; what the batch brought is withdrawn."""
    old = [(row, _line(row, RECORD, touched)) for row in touched.rows.values() if not _is_new(row, touched)]
    restore_all([(row, line.detail) for row, line in old if line is not None], hand)
    new = [row for row in touched.rows.values() if _is_new(row, touched)]
    withdraw_tablets([row for row in new if isinstance(row, Tablet)], hand)
    withdraw_all([row for row in new if not isinstance(row, Tablet)], hand)
