"""The application: the rooms' pages behind one door, under one frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Flask, g, request, session
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

from config import (
    account,
    api,
    door,
    guide_pages,
    headers,
    health,
    languages,
    people_pages,
    personal_pages,
    refusals,
    system,
    token_pages,
    webhook_pages,
)
from config.accessibility import conformity
from config.clock import now, read_moment
from config.contents import contents
from config.links import Linked
from config.nav import chapters
from config.providers import pages as provider_pages
from config.providers.declared import read_providers
from config.providers.protocol import Counter
from config.schema import refuse_other_schema
from config.settings import Settings
from config.vault import Vault
from config.wiring import wire
from deploy.committee.views import pages as committee_pages
from deploy.field.views import pages as field_pages
from deploy.funding.views import pages as funding_pages
from deploy.funding.views.pledges import pages as pledge_pages
from deploy.handover.views import pages as handover_pages
from deploy.home.views import pages as home_pages
from deploy.incidents.views import pages as incident_pages
from deploy.letters.views import pages as letter_pages
from deploy.queries.conventions import mention
from deploy.reports.views import pages as seal_pages
from deploy.rollcall.views import pages as check_pages
from deploy.schedule.views import pages as schedule_pages
from deploy.stocktake.views import pages as stocktake_pages
from deploy.term.views import pages as term_pages
from deploy.views import pages as deploy_pages
from inventory import memory, spoken
from inventory.db import database
from inventory.errors import Refused
from inventory.gaps.views import pages as gap_pages
from inventory.journal import When
from inventory.labels.views import pages as label_pages
from inventory.lists.views import pages as list_pages
from inventory.paris import end_of, local_date, written_local
from inventory.roles import Role
from inventory.views import pages as inventory_pages
from inventory.words import FRENCH, language, speak, tell, tell_count
from mdm.commands.views import pages as command_pages
from mdm.views import pages as mdm_pages

BLUEPRINTS: tuple[Blueprint, ...] = (
    home_pages,
    inventory_pages,
    label_pages,
    list_pages,
    gap_pages,
    mdm_pages,
    command_pages,
    deploy_pages,
    funding_pages,
    pledge_pages,
    committee_pages,
    seal_pages,
    schedule_pages,
    field_pages,
    check_pages,
    handover_pages,
    incident_pages,
    stocktake_pages,
    letter_pages,
    term_pages,
    *api.ROOMS,
)
FILTERS = (
    spoken.amount, spoken.percent, spoken.number, spoken.decimal, spoken.day, spoken.month, spoken.short_day, spoken.moment, spoken.typeset,
    written_local, contents,
)  # fmt: skip
MEGABYTE = 1024 * 1024
MOST_SAID = 5
"""Messages that wait for the next page: a browser drops a cookie of more than 4 096 bytes (RFC 6265 §6.1)."""
ONLY_A_DATE = len("2017-12-31")
LIVE = frozenset({"people", "providers", "account", "personal", "system", "door", "guide", "tokens", "webhooks", "commands", "letters", "labels"})
"""The parts whose pages have no past: what they show is what can be done now."""
LIVE_PAGES = frozenset({
    "rollcall.check", "rollcall.school", "handover.photos", "incidents.stolen", "funding.simulation", "deploy.findings_page", "field.page",
    "inventory.import_plan",
})  # fmt: skip


def create_app(
    settings: Settings, *, clock: Callable[[], datetime] | None = None, blueprints: Sequence[Blueprint] = BLUEPRINTS,
    mention: Callable[[], str] = mention, demo_accounts: Sequence[Any] = (),
) -> Flask:  # fmt: skip
    """The pages over one database. Raises `Refused` on another schema, `RuntimeError` if a view has no policy.

    `mention` gives the sentence of article 9; `demo_accounts` are shown on the sign-in page of a demonstration.
    """
    languages.offer_all()
    wire(settings)
    refuse_other_schema()
    app = Linked(__name__)
    app.session_interface = SignedWords()
    _configure(app, settings, demo_accounts)
    _open_requests(app, settings, clock or (lambda: settings.as_of or now()))
    door.hang(app, settings)
    app.before_request(_look)
    headers.hang(app, https=settings.cookie_secure)
    refusals.hang(app)
    _furnish(app, settings, mention)
    for blueprint in (
        health.pages, system.pages, languages.pages, account.pages, provider_pages.pages, token_pages.pages, webhook_pages.pages, api.pages,
        people_pages.pages, personal_pages.pages, guide_pages.pages, *blueprints,
    ):  # fmt: skip
        app.register_blueprint(blueprint)
    door.refuse_unmarked(app)
    return app


class SignedWords(SecureCookieSessionInterface):
    """The words that wait for a browser's next page, in a signed cookie; whatever signs them is made once."""

    _signs: Any = None

    def get_signing_serializer(self, app: Flask) -> Any:
        if self._signs is None:
            self._signs = super().get_signing_serializer(app)
        return self._signs


def _configure(app: Flask, settings: Settings, demo_accounts: Sequence[Any]) -> None:
    app.config.update(
        SECRET_KEY=Vault(settings.key_file).subkey("flask session"), SESSION_COOKIE_NAME="cartable_words",
        SESSION_COOKIE_HTTPONLY=True, SESSION_COOKIE_SAMESITE="Lax", SESSION_COOKIE_SECURE=settings.cookie_secure,
        MAX_CONTENT_LENGTH=20 * MEGABYTE, MAX_FORM_MEMORY_SIZE=MEGABYTE, MAX_FORM_PARTS=5000,
        TRUSTED_HOSTS=list(settings.trusted_hosts), DEMO_ACCOUNTS=demo_accounts,
        PROVIDERS={} if settings.as_of else {one.key: Counter(one) for one in read_providers(settings.providers)},
    )  # fmt: skip


def _open_requests(app: Flask, settings: Settings, clock: Callable[[], datetime]) -> None:
    """One connection and one moment for each request."""
    vault = Vault(settings.key_file)

    @app.before_request
    def begin() -> None:
        g.now, g.when, g.person, g.web_session, g.vault = clock().astimezone(UTC), None, None, None, vault
        speak(FRENCH)
        database.connect(reuse_if_open=True)

    @app.after_request
    def made(answer: Response) -> Response:
        memory.end()
        if session.modified and len(session.get("_flashes", ())) > MOST_SAID:
            session["_flashes"] = session["_flashes"][-MOST_SAID:]
        return answer

    @app.teardown_request
    def finish(fault: BaseException | None) -> None:
        speak(FRENCH)
        memory.end()
        if not database.is_closed():
            database.close()


def _look() -> None:
    """Set `g.when` from `?as_of=`: the end of a day of Paris, or a moment; never in the future, and for reading only, which is remembered."""
    text = request.args.get("as_of", "").strip()
    if text and request.method in door.SAFE and g.person is not None:
        g.when = When(read_past(text, g.now))
    if request.method in door.SAFE:
        memory.begin()


def read_past(text: str, present: datetime) -> datetime:
    """A moment of the past as a person writes it; raises `Refused` on one that is none, or is yet to come."""
    try:
        moment = read_moment(text, "as_of")
        if local_date(moment) > local_date(present) or (len(text) != ONLY_A_DATE and moment > present):
            raise Refused(
                tell("as_of = « {value} » est à venir : choisir une date jusqu'au {day}.", value=text, day=spoken.short_day(local_date(present)))
            )
        return min(end_of(local_date(moment)), present) if len(text) == ONLY_A_DATE else moment
    except OverflowError as fault:
        raise Refused(tell("as_of = « {value} » n'est pas une date de notre époque : écrire 2017-12-31.", value=text)) from fault


def _furnish(app: Flask, settings: Settings, mention: Callable[[], str]) -> None:
    """What every template finds: the filters, the navigation, the look at the past, the proof of forms."""
    app.config["MENTION"] = mention
    app.jinja_env.globals |= {"_": tell, "_n": tell_count, "language": language, "role_of": Role}
    app.jinja_env.filters.update({write.__name__: write for write in FILTERS})
    app.jinja_env.globals["csrf_token"] = door.csrf_token  # global, so that imported macros see it

    @app.template_filter("ago")
    def age(when: datetime) -> str:
        return spoken.ago(when, g.when.moment if g.get("when") and not _live() else g.now)

    @app.context_processor
    def furniture() -> dict[str, Any]:
        as_of = request.args.get("as_of", "").strip() if g.get("when") else None
        return {
            "mention": mention(), "nav": chapters(as_of), "as_of": as_of, "stopped": settings.as_of, "languages": languages.NAMES,
            "live": _live(), "accessibility": conformity(settings.accessibility_audit), "back_to_now": _without_as_of(),
        }  # fmt: skip


def _live() -> bool:
    """Whether the page asked for always shows the present."""
    return request.blueprint in LIVE or request.endpoint in LIVE_PAGES


def _without_as_of() -> str:
    """The address of this very page, of now."""
    kept = [(name, value) for name, value in request.args.items(multi=True) if name != "as_of"]
    return f"{request.path}?{urlencode(kept)}" if kept else request.path
