"""The home of each: what changed and what waits, the day, the health of the whole, or one's own cart, by role."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.convention import Convention
from deploy.home.dated import dated
from deploy.queries.board import ClassOnBoard, classes_on_board
from deploy.queries.changes import changes
from deploy.queries.conventions import any_convention
from deploy.queries.findings import findings_of
from deploy.queries.today import school_days
from deploy.queries.waiting import due, quarter_state
from inventory.access import Reach, may
from inventory.actions.looks import mark_seen
from inventory.actions.records import Hand
from inventory.contact import ContactState
from inventory.discrepancy import Age
from inventory.errors import Refused
from inventory.lifecycle import PREPARATION
from inventory.panels import panels_of
from inventory.paris import local_date, read_local
from inventory.queries.counters import totals
from inventory.queries.gap_counts import by_age
from inventory.queries.listing import Ask
from inventory.roles import OFFICE, READERS, Role
from inventory.words import tell

pages = Blueprint("home", __name__)
LOOKED_AT, CARDS = 48, 12
COMMITTEES = frozenset({Role.TECHNICAL_COMMITTEE, Role.STEERING_COMMITTEE, Role.ACADEMY, Role.AUDITOR})


@pages.get("/")
@may(READERS, scope=Reach.SCOPE)
def page() -> str:
    """Where everything stands for this person, and the way to each thing."""
    told, role, moment = any_convention(), Role(g.person.role), g.when.moment if g.when else g.now
    parts: dict[str, Any] = {"told": told, "role": role, "today": local_date(moment), "findings": findings_of() if told else []}
    if told:
        shown, around = classes_on_board(g.scope, Ask(sort="code", size=LOOKED_AT), g.when, g.now)
        parts |= {
            "shown": shown, "cards": shown[:CARDS], "more": len(shown) > CARDS or around.after is not None, "totals": totals(g.when, scope=g.scope),
            "panels": panels_of("home", g.person, g.scope, g.when, g.now), "due": due(shown, g.person), "dated": dated(g.person, g.scope, told, g.when, g.now),
            **_of_role(role, told, shown, moment, parts["findings"]),
        }  # fmt: skip
    return render_template("deploy/home.html", **parts)


def _of_role(role: Role, told: Convention, shown: Sequence[ClassOnBoard], moment: datetime, findings: list[Any]) -> dict[str, Any]:
    """What only some roles are shown."""
    if role in COMMITTEES:
        return {"changes": changes(g.person, g.scope, g.now) if g.when is None else None}
    if role in OFFICE:
        return {"quarter": quarter_state(told, g.scope, moment, findings), "ages": _ages()}
    carts = shown if role is Role.SCHOOL else ()
    return {"days": school_days((one.school for one in shown), local_date(moment)), "carts": [(one, _to_tell(one)) for one in carts]}


def _ages() -> list[tuple[Age, int]]:
    """The discrepancies that stand, by age."""
    counted = by_age(g.scope, g.when, g.now)
    return [(age, counted.get(age, 0)) for age in Age]


def _to_tell(one: ClassOnBoard) -> list[Any]:
    """The tablets of a cart that somebody should hear of: out of use, or silent for long in school time."""
    away = [device.tablet for device in one.devices if device.tablet.stage not in PREPARATION]
    silent = [device.tablet for device in one.devices if one.contacts[device.tablet.id].state is ContactState.SILENT]
    return list({tablet.id: tablet for tablet in (*away, *silent)}.values())


@pages.post("/vu")
@may(READERS, scope=Reach.NOTHING)
def seen() -> Response:
    """Say that all that the page showed has been seen: the next look begins there."""
    text = request.form.get("jusqu_a", "")
    try:
        upto = read_local(text)
    except (ValueError, OverflowError) as fault:
        raise Refused(tell("jusqu_a = « {value} » n'est pas un moment : revenir à l'accueil et recommencer.", value=text)) from fault
    mark_seen(upto, Hand(g.person, g.now))
    flash(tell("C'est noté : l'accueil montrera ce qui change à partir de maintenant."), "good")
    return redirect(url_for("home.page"))
