"""What a person records about a deployment: a step of a class, a tick on a tablet, a school's readiness."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from deploy import gates
from deploy.form import of_this_century
from deploy.progress import STEP
from deploy.queries.board import on_board, school_words
from deploy.queries.conventions import baselines
from deploy.setup.checklist import DONE, SETUP, UNDONE, WAIVED
from deploy.steps import BY_KEY, NEVER_WAIVED, PARTS_OF_NETWORK, TICKS, Level
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Conflict, Refused
from inventory.lifecycle import Stage
from inventory.models import MobileClass, School, Tablet
from inventory.paris import at as paris_at
from inventory.paris import local_date
from inventory.roles import OFFICE, Role
from inventory.scope import EVERYWHERE
from inventory.spoken import decimal, short_day
from inventory.words import later, tell

NOON = time(12)
CONNECTIVITY = {"sufficient": later("suffisant"), "insufficient": later("insuffisant"), "waived": later("dérogation signée")}


def moment_of(day: date | None, hand: Hand) -> datetime:
    """The moment a person means by a date: now for today, noon in Paris for a day of the past."""
    if day is None or day == local_date(hand.now):
        return hand.now
    return paris_at(of_this_century(day, "day", day.isoformat()), NOON)


@atomic
def record_step(
    mobile_class: MobileClass, key: str, hand: Hand, *, value: str = DONE, day: date | None = None, note: str = "",
    detail: Mapping[str, Any] | None = None,
) -> bool:  # fmt: skip
    """Record a step of a class (or a part of it) as done, waived or undone; False if that was told already."""
    _refuse_step(mobile_class, key, hand, value, note)
    return note_fact(mobile_class, STEP + key, value, hand, at=moment_of(day, hand), detail=detail, note=note)


def _refuse_step(mobile_class: MobileClass, key: str, hand: Hand, value: str, note: str) -> None:
    if key not in TICKS or (key in BY_KEY and BY_KEY[key].level is not Level.CLASS and value == DONE):
        raise Refused(tell("L'étape « {key} » ne se coche pas sur une classe mobile ; elle se compte sur ses tablettes.", key=key))
    allowed = BY_KEY[key].roles if key in BY_KEY else BY_KEY["network"].roles
    if value == WAIVED and key in NEVER_WAIVED:
        raise Refused(tell("« {step} » ne se dispense pas : c'est la parole de qui la donne (articles 4.2.2 et 7.1).", step=tell(TICKS[key])))
    if value == WAIVED:
        allowed = OFFICE
        if not note.strip():
            raise Refused(tell("Indiquer le motif de la dispense de « {step} », et qui l'a signée.", step=tell(TICKS[key])))
    if hand.by is not None and Role(hand.by.role) not in allowed:
        who = ", ".join(sorted(role.label for role in allowed))
        raise Refused(tell("« {step} » s'enregistre par : {who}.", step=tell(TICKS[key]), who=who))
    if key == "acceptance":
        raise Refused(tell("L'intégration se vise sur sa page, devant ses preuves (article 4.2)."))
    if value == DONE:
        shown = on_board(EVERYWHERE, mobile_class.id, None, hand.now)
        reason = gates.class_step(key, shown.progress, shown.said, shown.school_said)
        if reason:
            raise Conflict(tell("{code}, {step} : {reason}", code=mobile_class.code, step=tell(TICKS[key]), reason=reason))


@atomic
def record_connectivity(
    school: School, value: str, hand: Hand, *, day: date | None = None, mbps: Decimal | None = None, place: str = "",
    note: str = "",
) -> bool:  # fmt: skip
    """Record the internet rate checked in a school's classrooms (article 3.1), or a waiver with its reason."""
    if value not in CONNECTIVITY:
        raise Refused(tell("Débit « {value} » : choisir {choices}.", value=value, choices=", ".join(CONNECTIVITY)))
    if value == "waived":
        if hand.by is not None and Role(hand.by.role) not in OFFICE:
            raise Refused(tell("Une dérogation au contrôle du débit s'enregistre par le gestionnaire."))
        if not note.strip():
            raise Refused(tell("Indiquer le motif de la dérogation et qui l'a signée."))
    elif mbps is None:
        raise Refused(tell("Indiquer le débit mesuré, en Mbit/s."))
    if mbps is not None and not Decimal(0) <= mbps <= Decimal(100000):
        raise Refused(tell("Débit mesuré {mbps} Mbit/s : indiquer un nombre entre 0 et 100 000.", mbps=decimal(mbps)))
    detail = {"mbps": str(mbps) if mbps is not None else None, "place": place.strip()}
    return note_fact(school, "connectivity", value, hand, at=moment_of(day, hand), detail=detail, note=note)


@atomic
def record_council(school: School, day: date, hand: Hand, *, note: str = "") -> bool:
    """Record the day a *conseil d'école* was informed of the Wi-Fi (loi 2015-136, article 7)."""
    if day > local_date(hand.now):
        raise Refused(tell("Le conseil d'école du {day} n'a pas encore eu lieu : l'enregistrer ensuite.", day=short_day(day)))
    return note_fact(school, "council_informed", DONE, hand, at=moment_of(day, hand), detail={}, note=note)


@atomic
def tick(
    tablets: Sequence[Tablet], items: Sequence[str], hand: Hand, *, value: str = DONE, day: date | None = None, note: str = ""
) -> int:
    """Tick items of the baseline on tablets, in the words it had that day, all or none; returns how many ticks were new."""
    if value not in (DONE, WAIVED, UNDONE):
        raise Refused(tell("Coche « {value} » inconnue.", value=value))
    if value == WAIVED and not note.strip():
        raise Refused(tell("Indiquer le motif de la dispense."))
    known = baselines()
    new = 0
    for tablet in tablets:
        baseline = known.get(tablet.mobile_class.baseline) if tablet.mobile_class else None
        wanted = {item.key: item.label for item in baseline.items} if baseline else {}
        for item in items:
            if item not in wanted:
                raise Refused(tell("{name} : « {item} » n'est pas dans sa configuration initiale.", name=tablet.asset_tag or tablet.serial, item=item))
            told = {"label": wanted[item]}
            new += note_fact(tablet, SETUP + item, value, hand, at=moment_of(day, hand), detail=told, note=note)
    return new


def delivery_guard(tablet: Tablet, stage: Stage, at: datetime) -> str | None:
    """The gate of article 3.1, hung on every tablet's stages."""
    if stage not in gates.NEED_CONNECTIVITY or tablet.mobile_class is None:
        return None
    school = tablet.mobile_class.school
    return gates.delivery(stage, school.name, school_words(EVERYWHERE, school.id))


PARTS = {part: TICKS[part] for part in PARTS_OF_NETWORK}
