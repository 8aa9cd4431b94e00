"""« Jetons »: the programs that may speak to the API, for what and until when; made and revoked here, shown once."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config import door, people, tokens
from inventory.access import Reach, may
from inventory.errors import Refused
from inventory.paris import local_date
from inventory.roles import KEEPERS, Role
from inventory.scope import EVERYWHERE, Scope
from inventory.words import tell

pages = Blueprint("tokens", __name__)


@pages.get("/jetons")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def list_all() -> str:
    """Every token, and the form for a new one."""
    return _page(None)


@pages.post("/jetons")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def add() -> Response:
    """Make a token and show it, this once."""
    form = request.form
    _, text = tokens.add(form.get("name", ""), _role(), _scope(), _until(), g.now, by=g.person, network=door.network())
    return Response(_page(text), mimetype="text/html")


@pages.post("/jetons/<int:number>/revoquer")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def revoke(number: int) -> Response:
    """Void a token for good."""
    row = tokens.numbered(number)
    done = tokens.revoke(row, g.now, by=g.person, network=door.network())
    said = tell("Le jeton « {name} » ne vaut plus rien.", name=row.name) if done else tell("Ce jeton était déjà révoqué.")
    flash(said, "good" if done else "plain")
    return redirect(url_for("tokens.list_all"), 303)


def _page(made: str | None) -> str:
    rows = [(row, Role(row.person.role), people.schools_of(row.person)) for row in tokens.everyone()]
    roles = [(role.value, role.label) for role in Role]
    longest = local_date(g.now + tokens.LONGEST_LIFE)
    return render_template("tokens.html", made=made, rows=rows, roles=roles, today=local_date(g.now), longest=longest)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as fault:
        raise Refused(tell("Rôle : le choisir dans la liste.")) from fault


def _scope() -> Scope:
    codes = request.form.get("schools", "").replace(",", " ").split()
    everywhere = "everywhere" in request.form
    if everywhere == bool(codes):
        raise Refused(tell("Écoles : en écrire les UAI, ou cocher « toutes les écoles », l'un ou l'autre."))
    return EVERYWHERE if everywhere else people.scope_named(codes)


def _until() -> date:
    text = request.form.get("until", "").strip()
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise Refused(tell("Fin = « {day} » : écrire une date qui existe, par exemple 2018-06-30.", day=text[:40])) from fault
