"""The doors of the round: what a phone takes and sends, the page it keeps, and the tray where the office decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.field.act import ActState
from deploy.field.actions.decide import decide
from deploy.field.actions.receive import Answer, receive
from deploy.field.acts_file import parsed
from deploy.field.preparation import MOST_STOPS
from deploy.field.queries.acts import holes, one_waiting, phones_with_holes, waiting
from deploy.field.queries.work import choice, work
from inventory.access import Reach, may
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.queries import places
from inventory.roles import FIELD, OFFICE
from inventory.words import tell

pages = Blueprint("field", __name__)
MOST_ACTS = 200


def hand() -> Hand:
    """The hand of the person whose request this is."""
    return Hand(g.person, g.now)


@pages.get("/tournee/travail")
@may(FIELD, scope=Reach.SCOPE)
def take_work() -> dict[str, Any]:
    """What a phone takes for the schools asked (`ecole`, by UAI), and who takes it, with the proof of what it will send."""
    asked = request.args.getlist("ecole")
    if len(asked) > MOST_STOPS:
        raise Refused(tell("{count} écoles pour une tournée : {most} au plus.", count=len(asked), most=MOST_STOPS))
    stops = [places.school(g.scope, uai) for uai in dict.fromkeys(asked)]
    return {
        "person": {"id": g.person.id, "name": g.person.name}, "csrf": g.web_session.csrf,
        "choice": choice(g.scope, g.now), "work": work(g.scope, stops, g.now) if stops else None,
    }  # fmt: skip


@pages.post("/tournee/actes")
@may(FIELD, scope=Reach.SCOPE)
def send_acts() -> tuple[dict[str, Any], int]:
    """Receive acts in their order, one transaction each; 422 if one of them bears the number of another."""
    sent = parsed(request.get_json(silent=True), tell("Envoi"))
    if len(sent.acts) > MOST_ACTS:
        raise Refused(tell("{count} actes en un envoi : {most} au plus.", count=len(sent.acts), most=MOST_ACTS))
    answers = [receive(act, hand(), g.scope, sent.oldest) for act in sent.acts]
    altered = any(answer.state is ActState.ALTERED for answer in answers)
    return {"answers": [_told(answer) for answer in answers], "missing": holes(sent.device)}, 422 if altered else 200


def _told(answer: Answer) -> Mapping[str, Any]:
    return {"id": answer.id, "digest": answer.digest, "state": answer.state.value, "sentences": list(answer.sentences)}


@pages.get("/actes-en-conflit")
@may(OFFICE, scope=Reach.SCOPE)
def tray() -> str:
    """The acts of rounds that wait for a decision, with both sides; and the phones that lost some."""
    lost = phones_with_holes() if g.scope.everywhere else []
    return render_template("deploy/acts.html", waiting=waiting(g.scope), lost=lost)


@pages.post("/actes-en-conflit/<act_id>")
@may(OFFICE, scope=Reach.SCOPE)
def decide_act(act_id: str) -> Response:
    """Decide an act: the fields ticked follow the round, the others stay."""
    followed = request.form.getlist("followed")
    decide(one_waiting(g.scope, act_id), followed, hand(), g.scope)
    flash(tell("Décision enregistrée : la saisie du terrain est suivie.") if followed else tell("Décision enregistrée : rien ne change."), "good")
    return redirect(url_for("field.tray"))
