"""What the pages of the ground floor read, for programs: schools, mobile classes, tablets, their histories, what disagrees."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import Blueprint, g

from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Listed, Versioned, etag, listed, operation
from inventory.api.questions import ClassesAsked, DaysAsked, DevicesAsked, Past, SchoolsAsked, TabletsAsked
from inventory.api.shapes import (
    ClassLine,
    ClassSettings,
    ClassShown,
    Closed,
    Days,
    DeviceLine,
    Kept,
    SchoolLine,
    SchoolShown,
    TabletLine,
    TabletShown,
    Told,
)
from inventory.calendars import UnknownCalendar
from inventory.errors import NotFound, Refused
from inventory.journal import history
from inventory.keyset import read_cursor
from inventory.lifecycle import moves_from
from inventory.models import Event, MobileClass
from inventory.queries import listed_devices, listed_places, listed_tablets, places
from inventory.queries import tablets as reading
from inventory.queries.listed_devices import Known
from inventory.queries.listing import Ask
from inventory.queries.school_times import of_school
from inventory.queries.versions import version, versions
from inventory.queries.visible import visible
from inventory.roles import READERS
from inventory.sight import TabletState

pages = Blueprint("api_inventory", __name__, url_prefix=PREFIX)
SORTS = {"name": "nom", "uai": "uai", "code": "code", "serial": "serie", "since": "depuis", "number": "numero"}
LONGEST_SPAN = 400


def _ask(asked: Any, kind: type[str] | type[int] = str, **filters: str) -> Ask:
    sort = SORTS[asked.sort.removeprefix("-")]
    told = {key: value for key, value in filters.items() if value}
    return Ask(asked.q.strip(), told, sort, asked.sort.startswith("-"), read_cursor(asked.cursor, kind), asked.limit)


@pages.get("/schools")
@may(READERS, scope=Reach.SCOPE)
@operation("Les écoles", gives=Listed[SchoolLine], query=SchoolsAsked)
def schools(asked: SchoolsAsked) -> Listed[SchoolLine]:
    return listed(listed_places.schools(_ask(asked), g.when, scope=g.scope), SchoolLine.of)


@pages.get("/schools/<uai>")
@may(READERS, scope=Reach.SCOPE)
@operation("Une école", gives=SchoolShown, query=Past, versioned=True)
def school(uai: str, asked: Past) -> Versioned[SchoolShown]:
    row = places.school(g.scope, uai)
    shut = [Closed(one.first, one.last, one.reason) for one in places.closings(g.scope, row.id)]
    carts = [ClassSettings.of(record, row.uai) for record in places.classes(g.scope, g.when, school_id=row.id)]
    shown = SchoolShown(row.uai, row.name, row.address, row.postcode, row.commune, row.zone, row.rhythm, carts, shut)
    return Versioned(shown, etag("school", row.id))


@pages.get("/schools/<uai>/history")
@may(READERS, scope=Reach.SCOPE)
@operation("Le journal d'une école", gives=Listed[Told], query=Past)
def school_history(uai: str, asked: Past) -> Listed[Told]:
    return told_of(history("school", places.school(g.scope, uai).id))


@pages.get("/schools/<uai>/days")
@may(READERS, scope=Reach.SCOPE)
@operation("Les jours de classe d'une école", gives=Days, query=DaysAsked)
def school_days(uai: str, asked: DaysAsked) -> Days:
    time = of_school(places.school(g.scope, uai))
    if not 0 <= (asked.last - asked.first).days <= LONGEST_SPAN:
        raise Refused(f"last = « {asked.last} » : choisir un jour au plus {LONGEST_SPAN} jours après first.")
    try:
        days = time.school_days(asked.first, asked.last)
    except UnknownCalendar as fault:
        raise Refused(str(fault)) from fault
    half_days = sum(time.half_days(day) for day in days)
    return Days(asked.first, asked.last, days, half_days, len(time.municipal_days(asked.first, asked.last)))


@pages.get("/classes")
@may(READERS, scope=Reach.SCOPE)
@operation("Les classes mobiles", gives=Listed[ClassLine], query=ClassesAsked)
def classes(asked: ClassesAsked) -> Listed[ClassLine]:
    return listed(listed_places.mobile_classes(_ask(asked, ecole=asked.school), g.when, scope=g.scope), ClassLine.of)


@pages.get("/classes/<code>")
@may(READERS, scope=Reach.SCOPE)
@operation("Une classe mobile et ses tablettes", gives=ClassShown, query=Past, versioned=True)
def mobile_class(code: str, asked: Past) -> Versioned[ClassShown]:
    return class_now(places.mobile_class(g.scope, code))


def class_now(row: MobileClass) -> Versioned[ClassShown]:
    """A mobile class as it is, or was at the moment looked at, with its version; raises `NotFound` before it was registered."""
    states = reading.states(g.scope, g.when, class_ids=[row.id])
    told = versions("tablet", [state.id for state in states])
    inside = [shown(state, row.code, told.get(state.id, 0)) for state in states]
    kept = [Kept(one.kind, one.label, one.expected) for one in places.accessories(g.scope, row.id)]
    given = ClassShown(ClassSettings.of(places.class_record(row, g.when), row.school.uai), inside, kept)
    return Versioned(given, etag("mobile_class", row.id))


@pages.get("/classes/<code>/history")
@may(READERS, scope=Reach.SCOPE)
@operation("Le journal d'une classe mobile", gives=Listed[Told], query=Past)
def class_history(code: str, asked: Past) -> Listed[Told]:
    return told_of(history("mobile_class", places.mobile_class(g.scope, code).id))


@pages.get("/tablets")
@may(READERS, scope=Reach.SCOPE)
@operation("Les tablettes", gives=Listed[TabletLine], query=TabletsAsked)
def tablets(asked: TabletsAsked) -> Listed[TabletLine]:
    kind: type[str] | type[int] = int if asked.sort.endswith("since") else str
    stage, mdm = (one.value if one else "" for one in (asked.stage, asked.mdm))
    ask = _ask(asked, kind, etape=stage, mdm=mdm, classe=asked.class_, ecole=asked.school)
    return listed(listed_tablets.tablets(ask, g.when, scope=g.scope), TabletLine.of)


@pages.get("/tablets/<int:tablet_id>")
@may(READERS, scope=Reach.SCOPE)
@operation("Une tablette", gives=TabletShown, query=Past, versioned=True)
def tablet(tablet_id: int, asked: Past) -> Versioned[TabletShown]:
    return tablet_now(reading.tablet(g.scope, tablet_id).id)


def tablet_now(tablet_id: int) -> Versioned[TabletShown]:
    """A tablet as it is, or was at the moment looked at, with its version; raises `NotFound` before it was registered."""
    found = reading.states(g.scope, g.when, ids=[tablet_id])
    if not found:
        raise NotFound
    place = visible(g.scope, MobileClass).where(MobileClass.id == found[0].class_id).first()
    told = version("tablet", tablet_id)
    return Versioned(shown(found[0], place.code if place else "", told), etag("tablet", tablet_id, told))


def shown(state: TabletState, code: str, told: int) -> TabletShown:
    """A tablet of a mobile class, at the version told."""
    return TabletShown.of(state, code, moves_from(state.stage), etag("tablet", state.id, told))


@pages.get("/tablets/<int:tablet_id>/history")
@may(READERS, scope=Reach.SCOPE)
@operation("Le journal d'une tablette et de ce que les MDM en ont dit", gives=Listed[Told], query=Past)
def tablet_history(tablet_id: int, asked: Past) -> Listed[Told]:
    return told_of(reading.story(g.scope, reading.tablet(g.scope, tablet_id)))


def told_of(events: Iterable[Event]) -> Listed[Told]:
    """The newest line first, those of after the moment looked at left out."""
    lines = sorted((one for one in events if g.when is None or one.at <= g.when.moment), key=lambda one: (one.at, one.position), reverse=True)
    return Listed([_line(event) for event in lines])


def _line(event: Event) -> Told:
    remark = getattr(event, "remark", None)
    value = event.value.rpartition("/")[2] if event.axis == "place" else event.value
    return Told(
        event.position, event.subject, event.axis, value, event.at, event.noted, event.source, event.actor.name if event.actor_id else "", (remark.text or "") if remark is not None else "",
    )  # fmt: skip


@pages.get("/devices")
@may(READERS, scope=Reach.SCOPE)
@operation("Les appareils que les MDM listent", gives=Listed[DeviceLine], query=DevicesAsked)
def devices(asked: DevicesAsked) -> Listed[DeviceLine]:
    kind: type[str] | type[int] = int if asked.sort.endswith("number") else str
    known = "" if asked.known is None else (Known.YES if asked.known else Known.NO).value
    ask = _ask(asked, kind, connecteur=asked.connector, mdm=asked.mdm.value if asked.mdm else "", connu=known)
    return listed(listed_devices.devices(ask, g.when, scope=g.scope), DeviceLine.of)
