"""Files taken in by a program: brought, tried, taken whole, undone."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Annotated

from flask import Blueprint, g
from msgspec import Meta, Struct

from inventory.access import Reach, may
from inventory.actions import drafts, imports
from inventory.api.frame import PREFIX, Listed, hand, listed, operation
from inventory.api.questions import Following, Size
from inventory.errors import NotFound
from inventory.keyset import Cursor, read_cursor
from inventory.models import ImportBatch, ImportDraft
from inventory.queries.listing import Page
from inventory.queries.visible import visible
from inventory.roles import OFFICE

pages = Blueprint("api_imports", __name__, url_prefix=PREFIX)
LARGEST = 2**63 - 1


class Contents(Enum):
    """What a file tells of."""

    SCHOOLS = "schools"
    TABLETS = "tablets"


class FileAsked(Struct, forbid_unknown_fields=True):
    """What is said of a file beside its bytes."""

    kind: Contents
    filename: Annotated[str, Meta(min_length=1, max_length=200, description="Son nom, qui finit en .csv, .xlsx ou .ods.")]


class BatchesAsked(Struct, forbid_unknown_fields=True):
    """Which batches."""

    cursor: Following = ""
    limit: Size = 50


class DraftShown(Struct):
    """L'essai d'un fichier : ce qu'il ferait ; avec une faute, il ne se prend pas."""

    id: int
    kind: str
    filename: str
    rows: int
    created: int
    changed: int
    same: int
    faults: list[str]
    warnings: list[str]


class BatchShown(Struct):
    """Un fichier pris, qui peut être annulé tant que rien n'a été fait par-dessus."""

    id: int
    kind: str
    filename: str
    sha256: str
    rows: int
    created: int
    changed: int
    at: datetime
    undone_at: datetime | None

    @classmethod
    def of(cls, row: ImportBatch) -> BatchShown:
        return cls(row.id, row.kind, row.filename, row.sha256, row.rows, row.created, row.changed, row.at, row.undone_at)


@pages.get("/imports")
@may(OFFICE, scope=Reach.EVERYWHERE)
@operation("Les fichiers pris, le dernier d'abord", gives=Listed[BatchShown], query=BatchesAsked)
def batches(asked: BatchesAsked) -> Listed[BatchShown]:
    cursor = read_cursor(asked.cursor, int)
    query = visible(g.scope, ImportBatch).order_by(ImportBatch.id.desc()).limit(asked.limit + 1)
    rows = list(query.where(ImportBatch.id < cursor.id) if cursor else query)
    after = Cursor(0, rows[asked.limit - 1].id) if len(rows) > asked.limit else None
    return listed(Page(rows[: asked.limit], None, after), BatchShown.of)


@pages.get("/imports/<int:batch_id>")
@may(OFFICE, scope=Reach.EVERYWHERE)
@operation("Un fichier pris", gives=BatchShown)
def batch(batch_id: int) -> BatchShown:
    return BatchShown.of(_batch(batch_id))


@pages.post("/imports")
@may(OFFICE, scope=Reach.EVERYWHERE)
@operation("Apporter un fichier et l'essayer : rien n'est encore pris", gives=DraftShown, status=201, query=FileAsked, body=bytes)
def bring(asked: FileAsked, sent: bytes) -> DraftShown:
    return _draft(drafts.keep(asked.kind.value, asked.filename, sent, hand()))


@pages.get("/imports/drafts/<int:draft_id>")
@may(OFFICE, scope=Reach.EVERYWHERE)
@operation("L'essai d'un fichier, refait maintenant", gives=DraftShown)
def draft(draft_id: int) -> DraftShown:
    return _draft(_own_draft(draft_id))


@pages.post("/imports/drafts/<int:draft_id>/commit")
@may(OFFICE, scope=Reach.EVERYWHERE)
@operation("Prendre le fichier, entier ou pas du tout", gives=BatchShown, status=201, once=True)
def commit(draft_id: int) -> BatchShown:
    return BatchShown.of(drafts.commit(_own_draft(draft_id), hand()))


@pages.post("/imports/<int:batch_id>/undo")
@may(OFFICE, scope=Reach.EVERYWHERE)
@operation("Annuler un fichier pris", gives=BatchShown, once=True)
def undo(batch_id: int) -> BatchShown:
    row = _batch(batch_id)
    imports.undo(row, hand())
    return BatchShown.of(row)


def _batch(batch_id: int) -> ImportBatch:
    row = visible(g.scope, ImportBatch).where(ImportBatch.id == batch_id).first() if batch_id <= LARGEST else None
    if row is None:
        raise NotFound
    return row


def _own_draft(draft_id: int) -> ImportDraft:
    if draft_id > LARGEST:
        raise NotFound
    return drafts.draft(draft_id, g.person)


def _draft(row: ImportDraft) -> DraftShown:
    plan = drafts.plan_of(row)
    return DraftShown(
        row.id, row.kind, row.filename, plan.rows, plan.created, plan.changed, plan.same, [one.sentence for one in plan.complaints],
        [one.sentence for one in plan.warnings],
    )  # fmt: skip
