"""What a program records of the deployment: steps, ticks, a school's readiness, a class's settings. What is signed, only a person signs."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Annotated

from flask import Blueprint, g
from msgspec import Meta, Struct

from deploy.actions import conventions, steps
from deploy.api.reading import checks_now, progress_now, readiness_now
from deploy.api.shapes import ChecksShown, ProgressShown, ReadinessShown
from deploy.steps import STEP_WRITERS
from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Declined, Versioned, hand, operation, refuse_stale
from inventory.api.questions import Note
from inventory.queries import places
from inventory.queries.tablets import tablet as tablet_of
from inventory.roles import FIELD, OFFICE

pages = Blueprint("api_steps", __name__, url_prefix=PREFIX)
ONLY_A_PERSON = frozenset({"acceptance", "service_done"})
Day = Annotated[date, Meta(description="Le jour où c'était vrai ; absent : aujourd'hui.")]
Key = Annotated[str, Meta(min_length=1, max_length=60)]


class Value(Enum):
    """What is said of a step or a tick."""

    DONE = "done"
    WAIVED = "waived"
    UNDONE = "undone"


class Rate(Enum):
    """What a check of an internet rate concluded."""

    SUFFICIENT = "sufficient"
    INSUFFICIENT = "insufficient"
    WAIVED = "waived"


class StepSent(Struct, forbid_unknown_fields=True):
    """Une étape d'une classe mobile, faite, dispensée ou reprise."""

    step: Key
    value: Value = Value.DONE
    day: Day | None = None
    note: Note = ""
    present: Annotated[int, Meta(ge=0, le=999, description="Enseignants présents à la prise en main.")] | None = None


class TicksSent(Struct, forbid_unknown_fields=True):
    """Des points de la configuration initiale cochés sur une tablette."""

    items: Annotated[list[Key], Meta(min_length=1, max_length=60)]
    value: Value = Value.DONE
    day: Day | None = None
    note: Note = ""


class RateSent(Struct, forbid_unknown_fields=True):
    """Le débit internet vérifié dans une école, en Mbit/s."""

    value: Rate
    mbps: Annotated[float, Meta(ge=0, le=100_000)] | None = None
    place: Annotated[str, Meta(max_length=200)] = ""
    day: Day | None = None
    note: Note = ""


class CouncilSent(Struct, forbid_unknown_fields=True):
    """Le jour où le conseil d'école a été informé du Wi-Fi."""

    day: date
    note: Note = ""


class SettingsSent(Struct, forbid_unknown_fields=True):
    """Les réglages d'une classe mobile ; sans dates, ce sont celles de la convention."""

    expected: Annotated[int, Meta(ge=1, le=999)]
    slots: Annotated[int, Meta(ge=1, le=999)]
    window_first: date | None = None
    window_last: date | None = None
    name: Annotated[str, Meta(max_length=200)] = ""


@pages.post("/classes/<code>/steps")
@may(STEP_WRITERS, scope=Reach.SCOPE)
@operation("Enregistrer une étape d'une classe mobile", gives=ProgressShown, body=StepSent, once=True, matched=True, versioned=True)
def step(code: str, sent: StepSent) -> Versioned[ProgressShown]:
    row = places.mobile_class(g.scope, code)
    if sent.step in ONLY_A_PERSON:
        raise Declined(403, "La validation et le service fait se signent : seule une personne les enregistre, dans la page de la classe.")
    refuse_stale("mobile_class", row.id)
    detail = {"present": str(sent.present)} if sent.present is not None else {}
    steps.record_step(row, sent.step, hand(), value=sent.value.value, day=sent.day, note=sent.note, detail=detail)
    return progress_now(row)


@pages.post("/classes/<code>/settings")
@may(OFFICE, scope=Reach.SCOPE)
@operation("Régler une classe mobile", gives=ProgressShown, body=SettingsSent, once=True, matched=True, versioned=True)
def settings(code: str, sent: SettingsSent) -> Versioned[ProgressShown]:
    row = places.mobile_class(g.scope, code)
    refuse_stale("mobile_class", row.id)
    conventions.plan_class(
        row, expected=sent.expected, slots=sent.slots, first=sent.window_first, last=sent.window_last, name=sent.name, hand=hand()
    )
    return progress_now(row)


@pages.post("/tablets/<int:tablet_id>/checks")
@may(FIELD, scope=Reach.SCOPE)
@operation("Cocher des points sur une tablette", gives=ChecksShown, body=TicksSent, once=True, matched=True, versioned=True)
def tick(tablet_id: int, sent: TicksSent) -> Versioned[ChecksShown]:
    row = tablet_of(g.scope, tablet_id)
    refuse_stale("tablet", row.id)
    steps.tick([row], sent.items, hand(), value=sent.value.value, day=sent.day, note=sent.note)
    return checks_now(row)


@pages.post("/schools/<uai>/connectivity")
@may(FIELD, scope=Reach.SCOPE)
@operation("Enregistrer le débit d'une école", gives=ReadinessShown, body=RateSent, once=True, matched=True, versioned=True)
def connectivity(uai: str, sent: RateSent) -> Versioned[ReadinessShown]:
    row = places.school(g.scope, uai)
    if sent.value is Rate.WAIVED:
        raise Declined(403, "Une dérogation se signe : seule une personne l'enregistre, dans la page de l'école.")
    refuse_stale("school", row.id)
    mbps = None if sent.mbps is None else Decimal(str(sent.mbps))
    steps.record_connectivity(row, sent.value.value, hand(), day=sent.day, mbps=mbps, place=sent.place, note=sent.note)
    return readiness_now(row)


@pages.post("/schools/<uai>/council")
@may(OFFICE, scope=Reach.SCOPE)
@operation("Enregistrer l'information du conseil d'école", gives=ReadinessShown, body=CouncilSent, once=True, matched=True, versioned=True)
def council(uai: str, sent: CouncilSent) -> Versioned[ReadinessShown]:
    row = places.school(g.scope, uai)
    refuse_stale("school", row.id)
    steps.record_council(row, sent.day, hand(), note=sent.note)
    return readiness_now(row)
