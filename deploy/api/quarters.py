"""The quarters, for programs: which may be issued, which were, their files to the byte."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from flask import Blueprint, g
from msgspec import Meta, Struct

from deploy.actions import quarter as quarters
from deploy.models import QuarterFile, QuarterIssue
from deploy.queries.conventions import convention, whole
from deploy.reports.quarter import Quarter
from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Listed, hand, operation
from inventory.errors import NotFound, Refused
from inventory.roles import OFFICE, READERS

pages = Blueprint("api_quarters", __name__, url_prefix=PREFIX)


class FileShown(Struct):
    """Un fichier d'un trimestre émis."""

    name: str
    sha256: str


class QuarterShown(Struct):
    """Un trimestre émis : ses octets ne changeront plus ; « number » dépasse 1 pour une correction, dite par « reason »."""

    period: str
    number: int
    reason: str
    seal: str
    first: date
    last: date
    issued: datetime
    manifest_sha256: str
    files: list[FileShown]


class QuarterSent(Struct, forbid_unknown_fields=True):
    """Le trimestre à émettre, comme 2017-Q4."""

    period: Annotated[str, Meta(min_length=1, max_length=20)]


@pages.get("/quarters")
@may(READERS, scope=Reach.SCOPE)
@operation("Les trimestres émis, le dernier d'abord ; vus de toutes les écoles de la convention seulement", gives=Listed[QuarterShown], absent=True)
def issued() -> Listed[QuarterShown]:
    told = convention()
    rows = QuarterIssue.select().where(QuarterIssue.convention == told.key).order_by(QuarterIssue.period.desc(), QuarterIssue.number.desc())
    return Listed([_shown(row) for row in rows] if whole(g.scope, told.key) else [])


@pages.post("/quarters")
@may(OFFICE, scope=Reach.SCOPE)
@operation("Émettre un trimestre fini ; déjà émis, il est rendu tel quel", gives=QuarterShown, status=201, body=QuarterSent)
def issue(sent: QuarterSent) -> QuarterShown:
    if not whole(g.scope, convention().key):
        raise NotFound
    period = Quarter.parse(sent.period)
    if quarters.issue(period, hand(), strict=True).provisional:
        raise Refused(f"{period.label} n'est pas fini : il s'émet à partir du lendemain de son dernier jour.")
    return _shown(_issue(period.key))


@pages.get("/quarters/<period>")
@may(READERS, scope=Reach.SCOPE)
@operation("Un trimestre émis et les empreintes de ses fichiers", gives=QuarterShown)
def quarter(period: str) -> QuarterShown:
    return _shown(_issue(period))


@pages.get("/quarters/<period>/files/<path:name>")
@may(READERS, scope=Reach.SCOPE)
@operation("Un fichier d'un trimestre émis, à l'octet", gives=bytes)
def file(period: str, name: str) -> bytes:
    found = QuarterFile.get_or_none((QuarterFile.issue == _issue(period)) & (QuarterFile.name == name))
    if found is None:
        raise NotFound
    return bytes(found.content)


@pages.get("/quarters/<period>/archive")
@may(READERS, scope=Reach.SCOPE)
@operation("L'archive scellée d'un trimestre, avec de quoi la vérifier", gives=bytes)
def sealed(period: str) -> bytes:
    return quarters.archive_of(_issue(period))


def _issue(text: str) -> QuarterIssue:
    told = convention()
    try:
        period = Quarter.parse(text)
    except Refused as fault:
        raise NotFound from fault
    row = quarters.find(told.key, period) if whole(g.scope, told.key) else None
    if row is None:
        raise NotFound
    return row


def _shown(row: QuarterIssue) -> QuarterShown:
    period = Quarter.parse(row.period)
    names = QuarterFile.select(QuarterFile.name, QuarterFile.sha256).where(QuarterFile.issue == row).order_by(QuarterFile.name)
    files = [FileShown(name, digest) for name, digest in names.tuples()]
    return QuarterShown(row.period, row.number, row.reason, row.seal, period.first, period.last, row.issued, row.manifest_sha256, files)
