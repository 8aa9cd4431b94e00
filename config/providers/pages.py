"""The way to a provider and back, and the links of accounts: awaited by an administrator, retired by them or by their person."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, current_app, flash, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from config import account, door, networks, people, security_log
from config.providers import links
from config.providers.protocol import Counter, NotVouched
from config.same_site import local_path
from config.security_log import Happened
from config.sign_in import sign_in_page
from inventory.access import ANYONE, Reach, may
from inventory.errors import NotFound, Refused
from inventory.roles import KEEPERS, READERS
from inventory.words import later, tell

pages = Blueprint("providers", __name__)
TRIP, TRIP_FOR = "provider_trip", timedelta(minutes=10)
SECRET_BYTES = 32
LONGEST_CODE = 4096
ASTRAY = later(
    "Ce retour de « {name} » ne répond à aucune demande de ce navigateur, ou il a tardé plus de dix minutes : recommencer depuis cette page."
)
DENIED = later("« {name} » n'a pas donné suite : recommencer, ou entrer avec l'identifiant et le mot de passe de Cartable.")
UNKNOWN = later(
    "« {name} » vous connaît, mais aucun compte ouvert de Cartable ne vous attend : demander à l'administrateur de lier le vôtre "
    "(Comptes, votre nom, Fournisseur d'identité)."
)


@pages.errorhandler(NotVouched)
def not_vouched(fault: NotVouched) -> tuple[str, int]:
    """The sign-in page again, which says why, and where the password still opens."""
    return sign_in_page("/", fault.sentences[0]), fault.code


@pages.get("/connexion/fournisseur/<provider>")
@may(ANYONE, scope=Reach.NOTHING)
def leave(provider: str) -> Response:
    """Send a browser to a provider, with what only this browser and this provider will know."""
    counter = _counter(provider)
    _take_a_try(door.network())
    trip = {name: secrets.token_urlsafe(SECRET_BYTES) for name in ("state", "nonce", "verifier")}
    way = counter.way(trip["state"], trip["nonce"], trip["verifier"], g.now)
    session[TRIP] = {**trip, "to": provider, "at": g.now.isoformat(), "next": local_path(request.args.get("next", ""))}
    return redirect(way)


@pages.get("/connexion/fournisseur/<provider>/retour")
@may(ANYONE, scope=Reach.NOTHING)
def back(provider: str) -> Response:
    """Let in whom the provider vouches for, if an account is theirs. An answer is heard once, from whom it was asked of."""
    counter, here = _counter(provider), door.network()
    trip = _answered(counter, session.pop(TRIP, None))
    _take_a_try(here)
    told = counter.vouched(_code(counter), trip["nonce"], trip["verifier"], g.now)
    person = links.recognised(told, g.now, here)
    if person is None:
        raise _refused(counter, UNKNOWN)
    for _ in range(2 if door.known_device(person) else 1):  # the way out and the way back; the door gives one back to an unknown device
        networks.give_back(here)
    security_log.write(Happened.VOUCHED, person, g.now, network=here)
    return door.vouched_for(person, trip["next"], by=provider, factor_shown=bool(told.factors & counter.provider.factors))


@pages.get("/connexion/fournisseur/<provider>/sortie")
@may(ANYONE, scope=Reach.NOTHING)
def farewell(provider: str) -> Response:
    """End the session at the provider too."""
    counter = _counter(provider)
    home = counter.provider.back.partition("/connexion/")[0] + url_for("door.sign_in")
    return redirect(counter.farewell(home, g.now))


@pages.post("/comptes/<login>/fournisseur")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def await_email(login: str) -> Response:
    """Have an account wait for the first sign-in of a verified address."""
    row = people.person(login)
    counter = current_app.config["PROVIDERS"].get(request.form.get("provider", ""))
    if counter is None:
        raise Refused(tell("Fournisseur : le choisir dans la liste."))
    awaited = links.await_email(row, counter.provider, request.form.get("email", ""), g.now, actor=g.person, network=door.network())
    flash(tell("« {login} » est attendu sous l'adresse {email}.", login=row.login, email=awaited.email), "good")
    return redirect(url_for("people.one", login=row.login), 303)


@pages.post("/comptes/<login>/fournisseur/retirer")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def unlink(login: str) -> Response:
    """Take a link of somebody away."""
    row = people.person(login)
    links.unlink(row, _link(), g.now, actor=g.person, network=door.network())
    flash(tell("Le lien de « {login} » est retiré et ses sessions sont finies : seul son mot de passe le fait entrer.", login=row.login), "good")
    return redirect(url_for("people.one", login=row.login), 303)


@pages.post("/compte/fournisseur/retirer")
@may(READERS, scope=Reach.NOTHING)
def unlink_own() -> Response:
    """Take one's own link away, once the password that will be needed is known to be known; every session ends."""
    account.ask_password()
    links.unlink(g.person, _link(), g.now, network=door.network())
    return redirect(url_for("door.sign_in"), 303)


def _counter(provider: str) -> Counter:
    counter: Counter | None = current_app.config["PROVIDERS"].get(provider)
    if counter is None:
        raise NotFound
    return counter


def _take_a_try(network: str) -> None:
    if not networks.take_a_try(network, g.now):
        raise NotVouched(tell(door.CROWDED), 429)


def _answered(counter: Counter, trip: dict[str, Any] | None) -> dict[str, Any]:
    """The trip that this request ends; raises `NotVouched` when it is another's, another provider's, or too old (RFC 9207, RFC 9700 §4.4)."""
    args, issuer = request.args, counter.provider.issuer
    if trip is None or trip["to"] != counter.provider.key or not timedelta() <= g.now - datetime.fromisoformat(trip["at"]) <= TRIP_FOR:
        raise _refused(counter, ASTRAY)
    if not hmac.compare_digest(args.get("state", "").encode(errors="replace"), trip["state"].encode()):
        raise _refused(counter, ASTRAY)
    said_by = args.get("iss", None if counter.description(g.now).get("authorization_response_iss_parameter_supported") is True else issuer)
    if said_by != issuer:
        raise _refused(counter, ASTRAY)
    return trip


def _code(counter: Counter) -> str:
    code = request.args.get("code", "")
    if "error" in request.args or not 0 < len(code) <= LONGEST_CODE:
        raise _refused(counter, DENIED)
    return code


def _refused(counter: Counter, sentence: str) -> NotVouched:
    """Written in the security log: nobody's account is known yet."""
    security_log.write(Happened.NOT_VOUCHED, None, g.now, network=door.network())
    return NotVouched(tell(sentence, name=counter.provider.name))


def _link() -> int:
    """The number of a link in a form; what is no number is no link."""
    text = request.form.get("link", "")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise NotFound
    return int(text)
