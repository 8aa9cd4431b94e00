"""The doors of the round: what a phone takes and sends, the page it keeps, and the tray where the office decides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.field.act import ActState
from deploy.field.actions.decide import decide
from deploy.field.actions.receive import Answer, receive
from deploy.field.acts_file import parsed
from deploy.field.preparation import MOST_STOPS
from deploy.field.queries import acts
from deploy.field.queries.work import choice, work
from deploy.field.release import WORKER, kept, release
from deploy.field.sentences import sentences
from inventory.access import ANYONE, Reach, may
from inventory.errors import Refused
from inventory.queries import places
from inventory.roles import FIELD, OFFICE, READERS
from inventory.views import hand
from inventory.words import tell

pages = Blueprint("field", __name__, static_folder="static", static_url_path="/tournee/static")
MOST_ACTS = 200
SHARED = ("tokens.css", "icons.svg", "mark.svg")
FONTS = ("fonts/atkinson-400.woff2", "fonts/atkinson-700.woff2")


@pages.get("/tournee/")
@may(FIELD, scope=Reach.NOTHING)
def page() -> str:
    """The app, the same for everybody: a phone keeps it, and nothing in it is somebody's."""
    here = url_for("field.static", filename="")
    phrases = {"release": _release(), "here": here, "sentences": sentences()}
    return render_template("deploy/round.html", phrases=phrases)


@pages.get("/tournee/sw.js")
@may(ANYONE, scope=Reach.NOTHING)
def worker() -> Response:
    """The worker that keeps the app, with the list of its files and the name of their release."""
    head = f"const RELEASE = {json.dumps(_release())};\nconst FILES = {json.dumps(_kept())};\n"
    return Response(head + (_folder() / WORKER).read_text(encoding="utf-8"), mimetype="text/javascript")


def _folder() -> Path:
    return Path(str(pages.static_folder))


def _kept() -> list[str]:
    """Every address that the app needs without network, its page first."""
    shared = [url_for("static", filename=name) for name in SHARED]
    fonts = [url_for("static", filename=name, v=None) for name in FONTS]
    return [url_for("field.page"), *shared, *fonts, *(url_for("field.static", filename=name) for name in kept(_folder()))]


def _release() -> str:
    source = current_app.jinja_env.get_or_select_template("deploy/round.html")
    template = Path(str(source.filename)).read_text(encoding="utf-8")
    return release(_folder(), [*_kept(), template], sentences())


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
    """Receive acts in their order; 422 if one of them bears the number of another."""
    sent = parsed(request.get_json(silent=True), tell("Envoi"))
    if len(sent.acts) > MOST_ACTS:
        raise Refused(tell("{count} actes en un envoi : {most} au plus.", count=len(sent.acts), most=MOST_ACTS))
    answers = receive(sent.acts, hand(), g.scope, sent.oldest)
    altered = any(answer.state is ActState.ALTERED for answer in answers)
    return {"answers": [_told(answer) for answer in answers], "missing": acts.holes(sent.device)}, 422 if altered else 200


def _told(answer: Answer) -> Mapping[str, Any]:
    return {"id": answer.id, "digest": answer.digest, "state": answer.state.value, "sentences": list(answer.sentences)}


@pages.get("/photos/<photo>")
@may(READERS, scope=Reach.SCOPE)
def photo_file(photo: str) -> Response:
    """A photo taken on a round, byte for byte."""
    return Response(bytes(acts.photo(g.scope, photo).content), mimetype="image/jpeg")


@pages.get("/actes-en-conflit")
@may(OFFICE, scope=Reach.SCOPE)
def tray() -> str:
    """The acts of rounds that wait for a decision, with both sides; and the phones that lost some."""
    lost = acts.phones_with_holes() if g.scope.everywhere and g.when is None else []
    return render_template("deploy/acts.html", waiting=acts.waiting(g.scope, g.when), lost=lost)


@pages.post("/actes-en-conflit/<act_id>")
@may(OFFICE, scope=Reach.SCOPE)
def decide_act(act_id: str) -> Response:
    """Decide an act: the fields ticked follow the round, the others stay."""
    followed = request.form.getlist("followed")
    decide(acts.one_waiting(g.scope, act_id), followed, hand(), g.scope)
    flash(tell("Décision enregistrée : la saisie du terrain est suivie.") if followed else tell("Décision enregistrée : rien ne change."), "good")
    return redirect(url_for("field.tray"))
