"""What programs read of the deployment: the board, the steps behind it, the findings of the convention."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, g
from msgspec import Struct

from deploy.api.shapes import (
    BoardLine,
    BoardShown,
    CheckLine,
    ChecksShown,
    FindingShown,
    ProgressShown,
    ReadinessShown,
    StepDevice,
    Sums,
    Word,
)
from deploy.progress import NOT_DONE, Said, device_step_end
from deploy.queries.board import classes_on_board, on_board, school_words
from deploy.queries.findings import findings_of
from deploy.steps import BY_KEY, Level
from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Listed, Versioned, etag, listed, operation
from inventory.api.questions import AsOf, Following, Past, Size
from inventory.errors import NotFound
from inventory.keyset import read_cursor
from inventory.models import MobileClass, School, Tablet
from inventory.queries import places
from inventory.queries.counters import totals
from inventory.queries.listing import Ask
from inventory.queries.tablets import tablet as tablet_of
from inventory.roles import READERS

pages = Blueprint("api_deploy", __name__, url_prefix=PREFIX)


class BoardAsked(Struct, forbid_unknown_fields=True):
    """Which page of the board, and of which moment."""

    cursor: Following = ""
    limit: Size = 24
    as_of: AsOf = ""


@pages.get("/board")
@may(READERS, scope=Reach.SCOPE)
@operation("Le tableau de bord", gives=BoardShown, query=BoardAsked, absent=True)
def board(asked: BoardAsked) -> BoardShown:
    ask = Ask(sort="code", size=asked.limit, cursor=read_cursor(asked.cursor, str))
    shown, page = classes_on_board(g.scope, ask, g.when, g.now)
    around = listed(page, lambda row: row)
    return BoardShown(Sums.of(totals(g.when, scope=g.scope)), [BoardLine.of(one) for one in shown], around.next, around.previous)


@pages.get("/classes/<code>/progress")
@may(READERS, scope=Reach.SCOPE)
@operation("L'avancement d'une classe mobile", gives=ProgressShown, query=Past, versioned=True)
def progress(code: str, asked: Past) -> Versioned[ProgressShown]:
    return progress_now(places.mobile_class(g.scope, code))


def progress_now(row: MobileClass) -> Versioned[ProgressShown]:
    """How far a mobile class is, or was at the moment looked at, with its version."""
    return Versioned(ProgressShown.of(on_board(g.scope, row.id, g.when, g.now)), etag("mobile_class", row.id))


@pages.get("/classes/<code>/steps/<key>")
@may(READERS, scope=Reach.SCOPE)
@operation("Les tablettes d'une classe mobile devant une étape", gives=Listed[StepDevice], query=Past)
def step(code: str, key: str, asked: Past) -> Listed[StepDevice]:
    told = BY_KEY.get(key)
    if told is None or told.level is not Level.DEVICE:
        raise NotFound
    one = on_board(g.scope, places.mobile_class(g.scope, code).id, g.when, g.now)
    ends = [(device.tablet, device_step_end(told, device)) for device in one.devices]
    return Listed([StepDevice(row.id, row.name, end is not NOT_DONE, end if isinstance(end, datetime) else None) for row, end in ends])


@pages.get("/tablets/<int:tablet_id>/checks")
@may(READERS, scope=Reach.SCOPE)
@operation("Une tablette devant sa configuration initiale", gives=ChecksShown, query=Past, versioned=True)
def checks(tablet_id: int, asked: Past) -> Versioned[ChecksShown]:
    return checks_now(tablet_of(g.scope, tablet_id))


def checks_now(row: Tablet) -> Versioned[ChecksShown]:
    """The checklist of a tablet, with its version; raises `NotFound` for one that is in no cart."""
    one = on_board(g.scope, row.mobile_class_id or 0, g.when, g.now)
    device = next((device for device in one.devices if device.tablet.id == row.id), None)
    if device is None:
        raise NotFound
    silence = one.contacts[row.id]
    lines = [CheckLine.of(check) for check in device.checks]
    return Versioned(ChecksShown(row.id, device.conformity, silence.state, silence.school_days, lines), etag("tablet", row.id))


@pages.get("/schools/<uai>/readiness")
@may(READERS, scope=Reach.SCOPE)
@operation("Ce qui est vérifié d'une école avant la livraison", gives=ReadinessShown, query=Past, versioned=True)
def readiness(uai: str, asked: Past) -> Versioned[ReadinessShown]:
    return readiness_now(places.school(g.scope, uai))


def readiness_now(row: School) -> Versioned[ReadinessShown]:
    """The readiness of a school, with its version."""
    words = school_words(g.scope, row.id, g.when)
    told = ReadinessShown(_word(words.get("connectivity")), _word(words.get("council_informed")))
    return Versioned(told, etag("school", row.id))


def _word(said: Said | None) -> Word | None:
    return Word(said.value, said.at, {key: None if one is None else str(one) for key, one in said.detail.items()}) if said else None


@pages.get("/findings")
@may(READERS, scope=Reach.NOTHING)
@operation("Les constats sur la convention", gives=Listed[FindingShown], absent=True)
def findings() -> Listed[FindingShown]:
    return Listed([FindingShown.of(one) for one in findings_of()])
