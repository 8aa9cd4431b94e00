"""A file between its dry run and its commit: kept a day, for the person who brought it."""

from __future__ import annotations

from datetime import timedelta

from inventory.actions import imports
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.models import ImportBatch, ImportDraft, Person
from inventory.words import tell

KEPT = timedelta(days=1)
PLANS = {"schools": imports.plan_schools, "tablets": imports.plan_tablets}


@atomic
def keep(kind: str, filename: str, content: bytes, hand: Hand) -> ImportDraft:
    """Keep a file for its dry run; older drafts are thrown away."""
    if kind not in PLANS:
        raise Refused(tell("Dire ce que le fichier contient : des écoles ou des tablettes."))
    ImportDraft.delete().where(ImportDraft.at < hand.now - KEPT).execute()
    return ImportDraft.create(kind=kind, filename=filename[-200:], content=content, at=hand.now, person=hand.by)


def draft(draft_id: int, person: Person) -> ImportDraft:
    """A draft of this person; raises `NotFound`, for another's too."""
    row = ImportDraft.get_or_none((ImportDraft.id == draft_id) & (ImportDraft.person == person))
    if row is None:
        raise NotFound
    return row


def plan_of(row: ImportDraft) -> imports.Plan:
    """What the draft would do now."""
    return PLANS[row.kind](bytes(row.content), row.filename)


@atomic
def commit(row: ImportDraft, hand: Hand) -> ImportBatch:
    """Take the draft in, whole; it is not a draft any more."""
    batch = imports.commit(plan_of(row), hand)
    row.delete_instance()
    return batch
