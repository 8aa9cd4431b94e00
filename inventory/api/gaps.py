"""The comparison of papers, inventory and MDMs, for programs: the discrepancies with their lives, one of them with both its sides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, g
from msgspec import Struct

from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Listed, listed, operation
from inventory.api.questions import GapsAsked, Past
from inventory.api.reading import told_of
from inventory.api.shapes import Told
from inventory.discrepancy import Age, Kind, Standing, Verdict
from inventory.journal import history
from inventory.keyset import read_cursor
from inventory.queries import gaps as lives
from inventory.queries.gaps import GapRow
from inventory.queries.listing import Ask
from inventory.roles import READERS, Role

pages = Blueprint("api_gaps", __name__, url_prefix=PREFIX)


class Gap(Struct, rename={"class_code": "class"}):
    """Un écart entre les papiers, l'inventaire et un MDM, et où il en est ; « facts » est l'empreinte des faits sur lesquels on décide."""

    id: int
    kind: Kind
    serial: str
    text: str
    school: str
    class_code: str
    tablet: int | None
    connector: str
    standing: Standing
    age: Age | None
    owner: Role
    proposed: str
    since: datetime | None
    opened: datetime
    closed: datetime | None
    verdict: Verdict | None
    decided_at: datetime | None
    facts: str

    @classmethod
    def of(cls, row: GapRow) -> Gap:
        connector = row.evidence["mdm"][0]["connector"] if row.evidence["mdm"] else ""
        return cls(
            row.id, row.kind, row.serial, row.text, row.uai, row.class_code, row.tablet, connector, row.standing, row.age, row.owner, row.action,
            row.since, row.opened, row.closed, row.verdict, row.decided_at, row.facts,
        )  # fmt: skip


class GapShown(Struct):
    """Un écart avec ce que disent les deux côtés et son journal."""

    discrepancy: Gap
    evidence: dict[str, Any]
    history: list[Told]


@pages.get("/discrepancies")
@may(READERS, scope=Reach.SCOPE)
@operation("Le rapprochement : les écarts entre papiers, inventaire et MDM, avec leur vie", gives=Listed[Gap], query=GapsAsked)
def gaps(asked: GapsAsked) -> Listed[Gap]:
    filters = {
        "ecart": asked.kind.value if asked.kind else "", "etat": asked.standing.value if asked.standing else lives.ALL_THAT_STAND,
        "age": asked.age.value if asked.age else "", "charge": asked.owner.value if asked.owner else "", "classe": asked.class_, "ecole": asked.school,
    }  # fmt: skip
    told = {key: value for key, value in filters.items() if value}
    ask = Ask(filters=told, sort="ouvert", cursor=read_cursor(asked.cursor, int), size=asked.limit, now=g.now)
    return listed(lives.gaps(ask, g.when, scope=g.scope), Gap.of)


@pages.get("/discrepancies/<int:gap_id>")
@may(READERS, scope=Reach.SCOPE)
@operation("Un écart : ce que disent les deux côtés, et sa vie", gives=GapShown, query=Past)
def gap(gap_id: int, asked: Past) -> GapShown:
    row = lives.gap(g.scope, gap_id, g.when, g.now)
    return GapShown(Gap.of(row), dict(row.evidence), told_of(history("gap", row.id)).items)
