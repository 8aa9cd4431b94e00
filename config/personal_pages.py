"""« Données personnelles »: what is stored about oneself; for administrators, about anybody, and the way to anonymise them."""

from __future__ import annotations

import json

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config import door, personal, security_log
from config.accounts import somebody
from config.security_log import Happened
from inventory.access import Reach, may
from inventory.errors import Refused
from inventory.models import Person
from inventory.roles import KEEPERS, READERS, Role
from inventory.words import tell

pages = Blueprint("personal", __name__)


@pages.get("/donnees-personnelles")
@may(READERS, scope=Reach.NOTHING)
def own() -> str:
    """What is stored about oneself."""
    return _page(g.person)


@pages.get("/donnees-personnelles/export.json")
@may(READERS, scope=Reach.NOTHING)
def own_export() -> Response:
    """Oneself as JSON."""
    return _file(g.person)


@pages.get("/donnees-personnelles/<int:number>")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def of(number: int) -> str:
    """What is stored about somebody."""
    return _page(somebody(number))


@pages.get("/donnees-personnelles/<int:number>/export.json")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def export_of(number: int) -> Response:
    """Somebody as JSON; the log says who took it."""
    person = somebody(number)
    security_log.write(Happened.EXPORTED, person, g.now, network=door.network(), actor=g.person)
    return _file(person)


@pages.post("/donnees-personnelles/<int:number>/anonymiser")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def anonymise(number: int) -> Response:
    """Anonymise somebody, once their login is typed."""
    person = somebody(number)
    typed = request.form.get("login", "").strip()
    if typed != person.login:
        raise Refused(tell("Identifiant « {typed} » : écrire « {login} » pour confirmer.", typed=typed[:40], login=person.login))
    personal.anonymise(person, g.now, actor=g.person, network=door.network())
    flash(tell("Le compte est anonymisé."), "good")
    return redirect(url_for("personal.of", number=number), 303)


def _page(person: Person) -> str:
    people = Person.select().order_by(Person.name) if Role(g.person.role) in KEEPERS else ()
    kept = [(one, one.count(person)) for one in personal.register()]
    return render_template(
        "personal.html", person=person, role=Role(person.role), kept=kept, people=people, anonymous=personal.is_anonymous(person)
    )


def _file(person: Person) -> Response:
    text = json.dumps(personal.export(person, g.now), ensure_ascii=False, indent=2)
    answer = Response(text, mimetype="application/json")
    answer.headers.set("Content-Disposition", "attachment", filename=f"cartable-personne-{person.id}.json")
    return answer
