"""What a program records of tablets: their stages, one by one or a cart at once, on the version it has read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from flask import Blueprint, g
from msgspec import Meta, Struct

from inventory.access import Reach, may
from inventory.actions.tablets import record_stage, record_stages
from inventory.api.frame import PREFIX, Declined, Versioned, etag, hand, operation, refuse_stale
from inventory.api.questions import Note, Number
from inventory.api.reading import class_now, tablet_now
from inventory.api.shapes import ClassShown, TabletShown
from inventory.lifecycle import Stage
from inventory.models import Tablet
from inventory.queries import places
from inventory.queries import tablets as reading
from inventory.queries.versions import versions
from inventory.roles import FIELD

pages = Blueprint("api_stages", __name__, url_prefix=PREFIX)
Moment = Annotated[datetime, Meta(tz=True, description="Quand c'était vrai ; absent : maintenant.")]


class StageSent(Struct, forbid_unknown_fields=True):
    """Une étape constatée sur une tablette ; certaines demandent un motif (« note »)."""

    stage: Stage
    at: Moment | None = None
    note: Note = ""


class Read(Struct, forbid_unknown_fields=True):
    """Une tablette telle qu'elle a été lue, avec son ETag."""

    id: Number
    etag: Annotated[str, Meta(min_length=1, max_length=80)]


class StagesSent(Struct, forbid_unknown_fields=True):
    """Une étape constatée sur plusieurs tablettes d'une classe mobile, toutes ou aucune."""

    stage: Stage
    tablets: Annotated[list[Read], Meta(min_length=1, max_length=100)]
    at: Moment | None = None
    note: Note = ""


@pages.post("/tablets/<int:tablet_id>/stages")
@may(FIELD, scope=Reach.SCOPE)
@operation("Enregistrer l'étape d'une tablette", gives=TabletShown, body=StageSent, once=True, matched=True, versioned=True)
def stage(tablet_id: int, sent: StageSent) -> Versioned[TabletShown]:
    row = reading.tablet(g.scope, tablet_id)
    refuse_stale("tablet", row.id)
    record_stage(row, sent.stage, hand(), at=sent.at, note=sent.note)
    return tablet_now(row.id)


@pages.post("/classes/<code>/stages")
@may(FIELD, scope=Reach.SCOPE)
@operation(
    "Enregistrer la même étape sur plusieurs tablettes d'une classe mobile", gives=ClassShown, body=StagesSent, once=True, versioned=True,
    each_matched=True,
)  # fmt: skip
def stages(code: str, sent: StagesSent) -> Versioned[ClassShown]:
    row = places.mobile_class(g.scope, code)
    chosen = reading.chosen(g.scope, row, [str(one.id) for one in sent.tablets])
    _refuse_stale_ones(chosen, {one.id: one.etag for one in sent.tablets})
    record_stages(chosen, sent.stage, hand(), at=sent.at, note=sent.note)
    return class_now(row)


def _refuse_stale_ones(chosen: Sequence[Tablet], read: dict[int, str]) -> None:
    told = versions("tablet", [tablet.id for tablet in chosen])
    for tablet in chosen:
        if read[tablet.id].strip('"') != etag("tablet", tablet.id, told.get(tablet.id, 0)):
            raise Declined(412, f"{tablet.asset_tag or tablet.serial} a changé depuis cette lecture : relire la classe, et décider de nouveau.")
