"""A small house behind the real door: a page for all, one for the office, one for the keeper, and a moment that tests move."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from argon2 import PasswordHasher
from databases import environment
from flask import Blueprint, Flask, flash, g, redirect, render_template_string, request
from flask.testing import FlaskClient
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from config import accounts, passwords, schema
from config.app import create_app
from config.models import WebSession
from config.settings import Settings, read
from deploy.letters.views import pages as letter_pages
from inventory import db
from inventory.access import Reach, may
from inventory.errors import NotFound, Refused
from inventory.models import Person
from inventory.roles import KEEPERS, OFFICE, READERS, Role
from inventory.scope import EVERYWHERE

MORNING = datetime(2017, 11, 15, 9, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PASSWORD = "trois cartables bleus"
LIGHT = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
FORM = '{% import "ui.html" as ui %}<form method="post">{{ ui.csrf() }}</form>'


class Clock:
    """The moment of the next request."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now


def rooms() -> Blueprint:
    """The pages of the small house."""
    pages = Blueprint("room", __name__)

    @pages.get("/")
    @may(READERS, scope=Reach.NOTHING)
    def hall() -> str:
        return f"{g.person.name} {g.when.moment.isoformat() if g.when else 'maintenant'}"

    @pages.get("/bureau")
    @may(OFFICE, scope=Reach.NOTHING)
    def office() -> str:
        return "le bureau"

    @pages.get("/formulaire")
    @may(OFFICE, scope=Reach.NOTHING)
    def form() -> str:
        return render_template_string(FORM)

    @pages.post("/bureau")
    @may(OFFICE, scope=Reach.NOTHING)
    def office_writes() -> Response:
        flash(request.form["word"])
        return redirect("/")

    @pages.get("/cles")
    @may(KEEPERS, scope=Reach.NOTHING)
    def keys() -> str:
        return "les clés"

    @pages.get("/tablettes/<int:number>")
    @may(READERS, scope=Reach.NOTHING)
    def tablet(number: int) -> str:
        if number == 13:
            raise ZeroDivisionError("mot de passe du MDM : hunter2")
        if number == 422:
            raise Refused("La tablette est dispensée.", "Retirer la dispense <d'abord>.")
        raise NotFound

    return pages


@contextmanager
def opened(folder: Path) -> Iterator[Settings]:
    """A new database where Alice manages and Bruno is a technician; passwords weigh nothing in it."""
    told = read(environment(folder))
    passwords.use(LIGHT)
    db.connect(told.database)
    schema.migrate()
    accounts.add_user("alice", "Alice", Role.MANAGER, EVERYWHERE, PASSWORD, MORNING)
    accounts.add_user("bruno", "Bruno", Role.TECHNICIAN, EVERYWHERE, PASSWORD, MORNING)
    try:
        yield told
    finally:
        db.database.close()
        passwords.use(PasswordHasher())


def house(settings: Settings, clock: Callable[[], datetime], **more: object) -> Flask:
    return create_app(settings, clock=clock, blueprints=[rooms(), letter_pages], **more)  # type: ignore[arg-type]


def sign_in(browser: FlaskClient, login: str, password: str = PASSWORD, **form: str) -> TestResponse:
    return browser.post("/connexion", data={"login": login, "password": password, **form})


def token_of(login: str) -> str:
    row = WebSession.select().join(Person).where((Person.login == login) & WebSession.ended.is_null()).get()
    return str(row.csrf)


def person(login: str) -> Person:
    return Person.get(Person.login == login)
