"""« Mon compte » and « Sécurité »: one's sessions, password and second factor; and what an administrator sees and ends."""

from __future__ import annotations

import segno
from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from markupsafe import Markup
from werkzeug.wrappers import Response

from config import accounts, door, factors, security_log, sessions
from config.accounts import somebody
from config.models import RecoveryCode
from config.providers.links import links_of
from config.security_log import Happened
from config.settings import Settings
from inventory.access import Reach, may
from inventory.errors import Refused
from inventory.models import Person
from inventory.queries.people import A_PERSON
from inventory.roles import KEEPERS, READERS, Role
from inventory.words import tell

pages = Blueprint("account", __name__)
LINES_SHOWN = 200


@pages.get("/compte")
@may(READERS, scope=Reach.NOTHING)
def own() -> str:
    """What one may see and change of one's own account."""
    unused = RecoveryCode.select().where((RecoveryCode.person == g.person) & RecoveryCode.used.is_null()).count()
    mine = sessions.still_open(g.person, g.now, _settings().session_ends)
    return render_template(
        "account.html", role=Role(g.person.role), mine=mine, factor=factors.in_force(g.person), unused=unused,
        links=links_of(g.person), providers=[counter.provider for counter in current_app.config["PROVIDERS"].values()],
    )  # fmt: skip


@pages.post("/compte/sessions")
@may(READERS, scope=Reach.NOTHING)
def end_sessions() -> Response:
    """Sign out everywhere, here too."""
    sessions.end_all(g.person, g.now)
    security_log.write(Happened.SESSIONS_ENDED, g.person, g.now, network=door.network())
    return redirect(url_for("door.sign_in"), 303)


@pages.post("/compte/mot-de-passe")
@may(READERS, scope=Reach.NOTHING)
def set_password() -> Response:
    """Change one's password; every session ends."""
    ask_password()
    if request.form.get("fresh", "") != request.form.get("again", ""):
        raise Refused(tell("Nouveau mot de passe : les deux saisies diffèrent, les refaire."))
    accounts.set_password(g.person, request.form.get("fresh", ""), g.now, door.network())
    return redirect(url_for("door.sign_in"), 303)


@pages.get("/compte/second-facteur")
@may(READERS, scope=Reach.NOTHING)
def factor() -> str:
    """Ask the password before a secret is shown."""
    needed = Role(g.person.role) in _settings().second_factor_roles
    return render_template("factor.html", secret=None, drawing=None, in_force=factors.in_force(g.person), needed=needed)


@pages.post("/compte/second-facteur")
@may(READERS, scope=Reach.NOTHING)
def factor_begin() -> str:
    """Show a fresh secret, as a drawing and as letters."""
    ask_password()
    if _settings().as_of:
        raise Refused(tell("L'horloge de la démonstration est arrêtée : un code de téléphone n'y vaut rien, aucun facteur n'est posé."))
    secret = factors.begin(g.person, g.vault)
    code = segno.make(factors.address(g.person, secret), error="m")
    drawing = Markup(code.svg_inline(scale=5, light="white"))  # noqa: S704 drawn by the library from a login of letters and digits
    return render_template("factor.html", secret=secret, drawing=drawing, in_force=False, needed=False)


@pages.post("/compte/second-facteur/confirmer")
@may(READERS, scope=Reach.NOTHING)
def factor_confirm() -> Response:
    """Put the factor in force and show its recovery codes, once; the session gets another token."""
    codes = factors.confirm(g.person, request.form.get("code", ""), g.vault, g.now, door.network())
    return door.renew(Response(render_template("recovery_codes.html", codes=codes), mimetype="text/html"))


@pages.post("/compte/second-facteur/retirer")
@may(READERS, scope=Reach.NOTHING)
def factor_remove() -> Response:
    """Take one's own factor away."""
    ask_password()
    factors.reset(g.person, g.now, network=door.network())
    flash(tell("Le second facteur est retiré."), "good")
    return door.renew(redirect(url_for("account.own"), 303))


@pages.get("/securite")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def security() -> str:
    """Who is signed in, who has a second factor, and the security log."""
    ends = _settings().session_ends
    people = [
        (one, Role(one.role), sessions.still_open(one, g.now, ends), factors.in_force(one))
        for one in Person.select().where(Person.active & A_PERSON).order_by(Person.name)
    ]
    lines = [(line, Happened(line.what)) for line in security_log.latest(LINES_SHOWN)]
    return render_template("security.html", people=people, lines=lines)


@pages.post("/securite/<int:number>/sessions")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def end_sessions_of(number: int) -> Response:
    """End every session of somebody."""
    person = somebody(number)
    sessions.end_all(person, g.now)
    security_log.write(Happened.SESSIONS_ENDED, person, g.now, network=door.network(), actor=g.person)
    flash(tell("{name} est déconnecté partout.", name=person.name), "good")
    return redirect(url_for("account.security"), 303)


@pages.post("/securite/<int:number>/second-facteur")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def reset_factor_of(number: int) -> Response:
    """Take the factor of somebody who lost it away."""
    person = somebody(number)
    factors.reset(person, g.now, actor=g.person, network=door.network())
    flash(tell("Le second facteur de {name} est retiré.", name=person.name), "good")
    return redirect(url_for("account.security"), 303)


def ask_password() -> None:
    """Raise `Refused` unless the form bears the password of who sends it."""
    if not accounts.has_password(g.person, request.form.get("password", ""), g.now):
        raise Refused(tell("Mot de passe actuel refusé : le saisir de nouveau."))


def _settings() -> Settings:
    return current_app.config["CARTABLE"]
