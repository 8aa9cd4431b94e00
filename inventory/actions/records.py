"""How a thing of the ground floor is registered, changed and withdrawn: the row is a copy, the journal is the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from inventory.actions.bulk import save_all
from inventory.actions.counting import recount
from inventory.columns import canonical_words
from inventory.db import Table, atomic
from inventory.errors import Refused
from inventory.journal import Entry, append, facts
from inventory.models import MobileClass, Person, School, Tablet
from inventory.spoken import moment
from inventory.words import tell

RECORD = "record"
WITHDRAWN = "withdrawn"
SUBJECTS: Mapping[str, type[Table]] = {"school": School, "mobile_class": MobileClass, "tablet": Tablet}
NOT_RECORDED = frozenset({"id", "withdrawn", "stage", "stage_at", "slot", "mobile_class"})


@dataclass(frozen=True, slots=True)
class Hand:
    """Whose hand writes, when, and where it comes from (`person`, `import:7`, `mdm:principal`)."""

    by: Person | None
    now: datetime
    source: str = "person"


def subject_of(row: Table) -> str:
    return str(row._meta.table_name)


def recorded(row: Table) -> dict[str, Any]:
    """The attributes of a row that its journal records, as JSON values."""
    fields = [name for name in row._meta.sorted_field_names if name not in _not_recorded(row)]
    return {name: _plain(row.__data__.get(name)) for name in fields}


def register(row: Table, hand: Hand, at: datetime | None = None) -> None:
    """Save a new or changed row and journal it."""
    register_all([row], hand, at)


@atomic
def register_all(rows: Sequence[Table], hand: Hand, at: datetime | None = None) -> None:
    """Save new or changed rows and journal them in their order."""
    save_all(rows)
    entries = [_entry(row, "registered", at or hand.now) for row in rows]
    refuse_earlier(entries, hand)
    append(entries, noted=hand.now, actor=hand.by, source=hand.source)
    recount(row.id for row in rows if isinstance(row, MobileClass))


def refuse_earlier(entries: Sequence[Entry], hand: Hand) -> None:
    """Raise `Refused` if a copy would be older than what the journal already tells: a clock went backwards."""
    by_axis: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        by_axis.setdefault((entry.subject, entry.axis), []).append(entry)
    for (subject, axis), some in by_axis.items():
        told = facts(subject, axes=[axis], ids=[entry.subject_id for entry in some])
        for entry in some:
            last = told.get((entry.subject_id, axis))
            if last is not None and last.at > entry.at:
                raise Refused(
                    tell("Cette fiche a été changée le {at}, après le moment présent ({now}) : vérifier l'horloge (CARTABLE_AS_OF).", at=moment(last.at), now=moment(hand.now))
                )


def change(row: Table, values: Mapping[str, Any], hand: Hand) -> bool:
    """Set `values` on a row and journal it; False if nothing differs."""
    if not assign(row, values):
        return False
    register(row, hand)
    return True


def assign(row: Table, values: Mapping[str, Any]) -> bool:
    """Set `values` on a row, not saved yet; False if nothing differs."""
    differs = any(getattr(row, name) != value for name, value in values.items())
    for name, value in values.items():
        setattr(row, name, value)
    return differs


@atomic
def withdraw_all(rows: Sequence[Any], hand: Hand) -> None:
    """Take back rows that should never have been: they leave the lists, their journal stays."""
    for row in rows:
        row.withdrawn = True
    save_all(rows)
    append([_entry(row, WITHDRAWN, hand.now) for row in rows], noted=hand.now, actor=hand.by, source=hand.source)


@atomic
def restore_all(rows: Sequence[tuple[Any, Mapping[str, Any]]], hand: Hand) -> None:
    """Put rows back to an earlier record each."""
    for row, detail in rows:
        for name, value in detail.items():
            field = row._meta.fields[name]
            setattr(row, field.object_id_name if hasattr(field, "rel_model") else name, _typed(field, value))
    register_all([row for row, _ in rows], hand)
    recount(row.mobile_class_id for row, _ in rows if isinstance(row, Tablet))


def _entry(row: Table, value: str, at: datetime) -> Entry:
    return Entry(subject_of(row), row.get_id(), RECORD, value, at, canonical_words(recorded(row)))


def _not_recorded(row: Table) -> frozenset[str]:
    return NOT_RECORDED if isinstance(row, Tablet) else frozenset({"id", "withdrawn"})


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(field: Any, value: Any) -> Any:
    return date.fromisoformat(value) if value and field.field_type == "DATE" else value
