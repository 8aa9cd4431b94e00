"""« Comptes »: who has an account, what they may do and whose schools they see; changed here, in force at their next request."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from config import people
from config.providers.links import links_of
from inventory.access import Reach, may
from inventory.errors import Refused
from inventory.journal import history
from inventory.queries import places
from inventory.roles import KEEPERS, Role
from inventory.scope import EVERYWHERE, Scope
from inventory.timeline import timeline
from inventory.words import tell

pages = Blueprint("people", __name__)
MOST_BOXES = 60


@pages.get("/comptes")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def accounts() -> str:
    """Every account: role, schools, open or closed."""
    return render_template("accounts.html", accounts=people.everybody(), Role=Role)


@pages.get("/comptes/<login>")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def one(login: str) -> str:
    """One account, its form and its journal."""
    row = people.person(login)
    schools = places.schools(g.scope)
    return render_template(
        "account_scope.html", shown=row, role=Role(row.role), roles=[(role.value, role.label) for role in Role], schools=schools,
        named=people.schools_of(row), boxes=len(schools) <= MOST_BOXES,
        links=links_of(row), providers=[counter.provider for counter in current_app.config["PROVIDERS"].values()],
        timeline=timeline(history("person", row.id, axes=people.AXES), g.when),
    )  # fmt: skip


@pages.post("/comptes/<login>")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def change(login: str) -> Response:
    """Set the role, the schools and the state of an account."""
    row = people.person(login)
    changed = people.change(
        row, role=_role(), scope=_scope(), active=request.form.get("state") != "closed", now=g.now, by=g.person
    )
    said = tell("Compte « {login} » changé, dès sa prochaine page.", login=row.login) if changed else tell("Rien n'a changé.")
    flash(said, "good" if changed else "plain")
    return redirect(url_for("people.one", login=row.login), 303)


def _role() -> Role:
    try:
        return Role(request.form.get("role", ""))
    except ValueError as fault:
        raise Refused(tell("Rôle : le choisir dans la liste.")) from fault


def _scope() -> Scope:
    """What the form says of schools: all of them, or those ticked or written, none of them included."""
    seen = request.form.get("seen", "")
    if seen == "everywhere":
        return EVERYWHERE
    if seen != "named":
        raise Refused(tell("Écoles : dire si le compte les voit toutes, ou seulement celles qui sont nommées."))
    return people.scope_named(code for text in request.form.getlist("school") for code in text.replace(",", " ").split())
