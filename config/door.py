"""The door: who comes in, by which page, and the proof that a form was sent from here. Shut by default.

A view says who may enter (`inventory.access.may`); this enforces it before the view runs, and refuses to start a house where a
view says nothing. Forms of a session carry its token; the sign-in form, which has none yet, must come from this very site.
"""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

from flask import Blueprint, Flask, abort, current_app, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from config import accounts, bearer, devices, factors, languages, networks, passwords, problems, security_log, sessions
from config.models import Credential
from config.same_site import from_here, local_path
from config.security_log import Happened
from config.settings import Settings
from config.sign_in import sign_in_page
from inventory.access import ANYONE, Policy, Reach, may, policy
from inventory.models import Person
from inventory.queries.visible import scope_of
from inventory.roles import READERS, Role
from inventory.words import later, tell

pages = Blueprint("door", __name__)
ENROLMENT = frozenset({"account.own", "account.factor", "account.factor_begin", "account.factor_confirm", "door.sign_out"})
VOUCHED_BY = "vouched_by"
PENDING, PENDING_FOR = "second_factor_of", timedelta(minutes=10)
DEVICE = "cartable_device"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSED = later("Identifiant ou mot de passe refusé. Après cinq essais, un compte attend cinq minutes, puis davantage à chaque nouvel essai.")
CROWDED = later("Trop d'essais refusés depuis ce réseau : attendre un quart d'heure, puis recommencer.")
CODE_REFUSED = later("Code refusé : écrire les six chiffres que l'application montre maintenant, ou un code de secours jamais employé.")


def hang(app: Flask, settings: Settings) -> None:
    """Put the door before every view of `app`."""
    app.config["CARTABLE"], app.config["PACE"] = settings, bearer.Pace(settings.api_per_minute)
    app.register_blueprint(pages)
    app.before_request(lambda: bearer.recognise(network()) if problems.here() else recognise())
    app.before_request(lambda: None if problems.here() else languages.listen())
    app.before_request(lambda: bearer.admit(opens) if problems.here() else admit())
    passwords.decoy()


def refuse_unmarked(app: Flask) -> None:
    """Raise `RuntimeError` if a view does not say who may enter it, or how far they see in it."""
    told = {name: policy(view) for name, view in app.view_functions.items() if not _static(name)}
    unmarked = sorted(name for name, one in told.items() if one is None or one.reach is None)
    if unmarked:
        raise RuntimeError(f"views without a policy, roles and scope (inventory.access.may): {', '.join(unmarked)}")


def recognise() -> None:
    """Set `g.web_session`, `g.person` and `g.scope` from the cookie, as the database has them now."""
    token = request.cookies.get(_cookie(), "")
    told = _settings()
    g.web_session = sessions.find(token, g.now, told.session_ends) if token else None
    g.person = g.web_session.person if g.web_session else None
    g.scope = scope_of(g.person)


def admit() -> Response | None:
    """Let a request through to its view, send it to the sign-in page, or refuse it."""
    if request.endpoint is None or _static(request.endpoint):
        return None
    told = policy(current_app.view_functions[request.endpoint])
    if told is None:
        abort(403)
    if request.method not in SAFE and not from_here():
        abort(403)
    if told.roles == ANYONE:
        return None
    if g.person is None:
        if request.method not in SAFE:
            abort(401)
        return redirect(url_for("door.sign_in", next=request.full_path.rstrip("?")))
    if not opens(told) or not (request.method in SAFE or _token_is_right()):
        abort(403)
    return _lead_to_enrolment()


def _lead_to_enrolment() -> Response | None:
    """Send somebody whose role needs a second factor, and who has none, to the page that sets it."""
    if Role(g.person.role) not in _settings().second_factor_roles or request.endpoint in ENROLMENT or factors.in_force(g.person):
        return None
    return redirect(url_for("account.factor"), 303)


def network() -> str:
    """The network of this request, as it is counted and logged."""
    forwarded = request.headers.get("X-Forwarded-For", "").split(",")
    return networks.network_of(request.remote_addr, forwarded, _settings().trusted_proxies)


def renew(answer: Response) -> Response:
    """Give this session another token, which `answer` carries: what was known of it before opens nothing."""
    return _with_cookie(answer, sessions.rotate(g.web_session))


def opens(told: Policy) -> bool:
    """Whether the person of this request may enter a page: by their role, and from everywhere where the page asks for it."""
    return Role(g.person.role) in told.roles and (told.reach is not Reach.EVERYWHERE or g.scope.everywhere)


def csrf_token() -> str:
    """The proof that forms of this session carry; empty outside a session."""
    return g.web_session.csrf if g.get("web_session") else ""


@pages.get("/connexion")
@may(ANYONE, scope=Reach.NOTHING)
def sign_in() -> str | Response:
    """The sign-in page."""
    wanted = local_path(request.args.get("next", ""))
    if g.person is not None:
        return redirect(wanted)
    return sign_in_page(wanted)


@pages.post("/connexion")
@may(ANYONE, scope=Reach.NOTHING)
def sign_in_try() -> str | tuple[str, int] | Response:
    """Sign in: a new session each time, whatever the browser held before."""
    wanted = local_path(request.form.get("next", ""))
    here, login = network(), request.form.get("login", "")
    device = known_device(accounts.named(login))
    if not (devices.take_a_try(device, g.now) if device else networks.take_a_try(here, g.now)):
        return sign_in_page(wanted, tell(CROWDED)), 429
    person = accounts.admitted(login, request.form.get("password", ""), g.now, counted=device is not None)
    if person is None:
        security_log.write(Happened.REFUSED, accounts.named(login), g.now, network=here)
        return sign_in_page(wanted, tell(REFUSED)), 422
    return vouched_for(person, wanted)


def vouched_for(person: Person, wanted: str, *, by: str = "", factor_shown: bool = False) -> Response:
    """Let in somebody whose password, or whose provider (the key `by`), was right: at once, or by the page of their second factor.

    `factor_shown`: a second factor that the operator accepts was shown to the provider.
    """
    if factor_shown or not factors.in_force(person):
        return _let_in(person, wanted, by)
    session.clear()
    session[PENDING] = {"person": person.id, "at": g.now.isoformat(), "password": _mark(person), "next": wanted, "by": by}
    return redirect(url_for("door.second_factor"), 303)


@pages.get("/connexion/code")
@may(ANYONE, scope=Reach.NOTHING)
def second_factor() -> str | Response:
    """The second page of the sign-in, for who has just given the right password."""
    return redirect(url_for("door.sign_in")) if _pending() is None else render_template("second_factor.html", error=None)


@pages.post("/connexion/code")
@may(ANYONE, scope=Reach.NOTHING)
def second_factor_try() -> tuple[str, int] | Response:
    """Finish signing in with a code of the phone or a recovery code; a wrong one counts as a guess against the account."""
    person, here = _pending(), network()
    if person is None:
        return redirect(url_for("door.sign_in"), 303)
    device = known_device(person)
    if device:
        allowed = devices.take_a_try(device, g.now)
    else:
        allowed = networks.take_a_try(here, g.now) and accounts.take_a_try(person, g.now)
    if not (allowed and factors.passes(person, request.form.get("code", ""), g.vault, g.now, here)):
        security_log.write(Happened.FACTOR_REFUSED, person, g.now, network=here)
        return render_template("second_factor.html", error=tell(CODE_REFUSED)), 422
    networks.give_back(device or here)
    return _let_in(person, local_path(session[PENDING]["next"]), session[PENDING]["by"])


def _pending() -> Person | None:
    """Who gave the right password less than ten minutes ago, if it is still theirs."""
    told = session.get(PENDING)
    if told is None or not timedelta() <= g.now - datetime.fromisoformat(told["at"]) <= PENDING_FOR:
        return None
    person = Person.get_or_none((Person.id == told["person"]) & Person.active)
    return person if person is not None and hmac.compare_digest(_mark(person), told["password"]) else None


def _mark(person: Person) -> str:
    """What changes when the password does, and tells nothing of it."""
    row = Credential.get_or_none(Credential.person == person)
    return hmac.new(current_app.secret_key, row.password_hash.encode() if row else b"", "sha256").hexdigest()  # type: ignore[arg-type]


def _let_in(person: Person, wanted: str, by: str = "") -> Response:
    """Open a new session, whatever the browser held before."""
    here = network()
    accounts.forget_tries(person)
    networks.give_back(known_device(person) or here)
    token = sessions.start(person, g.now, request.user_agent.string, g.web_session)
    session.clear()
    if by:
        session[VOUCHED_BY] = by
    security_log.write(Happened.SIGNED_IN, person, g.now, network=here)
    answer = _with_cookie(redirect(wanted, 303), token)
    mark = devices.cookie(current_app.secret_key, person, _mark(person))  # type: ignore[arg-type]
    answer.set_cookie(
        DEVICE, mark, max_age=devices.GOOD_FOR, secure=_settings().cookie_secure, httponly=True, samesite="Lax", path="/connexion"
    )
    return answer


def known_device(person: Person | None) -> str | None:
    """The known device that sends this request, if it is one of this person."""
    if person is None or not person.active:
        return None
    return devices.known(current_app.secret_key, request.cookies.get(DEVICE, ""), person, _mark(person))  # type: ignore[arg-type]


def _with_cookie(answer: Response, token: str) -> Response:
    answer.set_cookie(_cookie(), token, secure=_settings().cookie_secure, httponly=True, samesite="Lax", path="/")
    return answer


@pages.post("/deconnexion")
@may(READERS, scope=Reach.NOTHING)
def sign_out() -> Response:
    """End this session, here and on the server."""
    sessions.end(g.web_session, g.now)
    security_log.write(Happened.SIGNED_OUT, g.person, g.now, network=network())
    by = session.get(VOUCHED_BY)
    session.clear()
    answer = redirect(url_for("door.sign_in", sorti=by), 303)
    answer.delete_cookie(_cookie(), secure=_settings().cookie_secure, httponly=True, samesite="Lax", path="/")
    return answer


def _token_is_right() -> bool:
    given = request.form.get("csrf_token", "") or request.headers.get("X-CSRF-Token", "")
    return hmac.compare_digest(given.encode(errors="replace"), csrf_token().encode())


def _static(endpoint: str) -> bool:
    return endpoint == "static" or endpoint.endswith(".static")


def _cookie() -> str:
    return "__Host-cartable" if _settings().cookie_secure else "cartable"


def _settings() -> Settings:
    return current_app.config["CARTABLE"]
