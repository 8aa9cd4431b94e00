"""Aix on 14 December 2017, two days after a theft: a simulated server that takes commands, people with phones, and a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pyotp
import pytest
from argon2 import PasswordHasher
from databases import environment
from flask import Flask
from small_house import LIGHT, PASSWORD
from werkzeug.test import TestResponse

from config import accounts, factors, passwords, schema, sessions
from config.app import create_app
from config.models import WebSession
from config.settings import Settings, read
from config.vault import Vault
from config.wiring import wire
from inventory import db
from inventory.actions.places import register_class, register_school
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all, register_tablets
from inventory.models import Person, School, Tablet
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope
from mdm import actions
from mdm.commands import actions as commands
from mdm.commands.errand import carry_out
from mdm.commands.order import Action, State
from mdm.models import Command, Connector
from mdm.simulator import Fleet, Simulator
from mdm.simulator.fleet import FLORIALES, GRANETTES
from mdm.simulator.life import Cart
from mdm.simulator.orders import COMMANDS, Orders

NAME = "mdm-ville"
THURSDAY = datetime(2017, 12, 14, 9, tzinfo=UTC)
STEP, MINUTE = timedelta(seconds=30), timedelta(minutes=1)
KEYS = {"micromdm": "simulateur", "nanomdm": "simulateur"}
"""The servers whose one key may do everything."""
PEOPLE = {
    "alice": Role.MANAGER, "helene": Role.MANAGER, "claire": Role.ADMINISTRATOR, "bruno": Role.TECHNICIAN, "chloe": Role.TECHNICAL_COMMITTEE,
    "pia": Role.STEERING_COMMITTEE, "emma": Role.ACADEMY, "ines": Role.SCHOOL, "omar": Role.AUDITOR,
}  # fmt: skip


@dataclass
class House:
    """The town, its server, its people by login, their phones, its tablets by asset tag; `now` is the moment."""

    settings: Settings
    vault: Vault
    mdm: Simulator
    connector: Connector
    app: Flask | None
    now: datetime = THURSDAY
    people: dict[str, Person] = field(default_factory=dict)
    phones: dict[str, pyotp.TOTP] = field(default_factory=dict)
    tablets: dict[str, Tablet] = field(default_factory=dict)

    def clock(self) -> datetime:
        return self.now

    def later(self, by: timedelta = STEP) -> None:
        """Let time pass, here and on the server."""
        self.now += by
        self.mdm.at = self.now

    def hand(self, login: str) -> Hand:
        return Hand(self.people[login], self.now)

    def code(self, login: str) -> str:
        """What the person's phone shows, half a minute later: each code is good once."""
        self.later()
        return str(self.phones[login].at(self.now))

    def ask(self, login: str, action: Action = Action.LOCK, tag: str = "AIX-CM01-T09", words: str = "Tablette volée", code: str | None = None) -> Command:
        """Somebody asks, with their phone unless `code` says otherwise."""
        shown = self.code(login) if code is None else code
        return commands.request(
            self.tablets[tag], action, "volée dans la nuit du 12", self.hand(login), words=words, code=shown, vault=self.vault, clock=self.clock
        )

    def allow(self, login: str, row: Command, code: str | None = None) -> Command:
        shown = self.code(login) if code is None else code
        return commands.approve(Command.get_by_id(row.id), self.hand(login), code=shown)

    def turn(self, *waits: timedelta) -> str:
        """The worker's errand, after these waits, a turn after each."""
        for wait in waits:
            self.later(wait)
            told = carry_out(self.vault, self.clock)
        return told if waits else carry_out(self.vault, self.clock)

    def read(self) -> None:
        """Read the server, as the timetable does."""
        run = actions.sync(self.connector, vault=self.vault, now=self.now, clock=self.clock)
        assert run.state == "complete", run.message

    @property
    def received(self) -> list[str]:
        """What the server was asked, in order."""
        return [one.what for one in self.mdm.orders.received]


class Moment:
    """The clock of pages made before their house: the house's."""

    house: House

    def __call__(self) -> datetime:
        return self.house.now


class Browser:
    """Somebody's browser, signed in; a form bears its proof."""

    def __init__(self, house: House, login: str) -> None:
        assert house.app is not None
        self.client = house.app.test_client()
        self.client.set_cookie("cartable", sessions.start(house.people[login], house.now, ""))
        self.csrf = WebSession.select().where(WebSession.person == house.people[login]).order_by(WebSession.id.desc()).get().csrf

    def get(self, path: str) -> str:
        answer = self.client.get(path)
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, **form: str) -> TestResponse:
        return self.client.post(path, data={**form, "csrf_token": self.csrf})


def state(row: Command) -> State:
    return State(Command.get_by_id(row.id).state)


def permits(house: House, *allowed: str) -> None:
    """Say in the operator's file what the connector may be asked."""
    words = ", ".join(f'"{one}"' for one in allowed)
    house.settings.connectors.write_text(f"[{NAME}]\ncommands = [{words}]\n")


@contextmanager
def as_it_was(house: House) -> Iterator[House]:
    """What the block writes, asks and changes is undone after it."""
    lives, told = house.mdm.fleet.lives, house.settings.connectors.read_text()
    with db.database.atomic() as this:
        yield house
        this.rollback()
    house.mdm.orders, house.mdm.fleet.lives = Orders(), lives
    house.later(THURSDAY - house.now)
    house.settings.connectors.write_text(told)


@contextmanager
def commanded(folder: Path, kind: str = "fleet", *, pages: bool = False) -> Iterator[House]:
    """The house open and wired, with its pages if asked, its server read once, every command permitted."""
    told = read(environment(folder) | {"CARTABLE_CONNECTORS": str(folder / "connectors.toml")})
    passwords.use(LIGHT)
    db.connect(told.database)
    schema.migrate()
    moment = Moment()
    app = create_app(told, clock=moment) if pages else wire(told)
    with Simulator(Fleet(), at=THURSDAY, api=kind) as mdm, db.database.connection_context():
        vault = Vault(told.key_file)
        login = "" if kind in ("fleet", "zentral", "micromdm", "nanomdm") else "simulateur"
        hand = Hand(None, THURSDAY)
        row = actions.add_connector(NAME, kind=kind, url=mdm.url, login=login, password="simulateur", vault=vault, hand=hand)
        key = KEYS.get(kind, COMMANDS)
        row = actions.give_voice(NAME, login="" if login == "" else COMMANDS, password=key, vault=vault, hand=hand)
        house = moment.house = House(told, vault, mdm, row, app)
        permits(house, *(one.value for one in Action))
        _settle_in(house)
        house.read()
        try:
            yield house
        finally:
            passwords.use(PasswordHasher())
    db.database.close()


def _settle_in(house: House) -> None:
    for login, role in PEOPLE.items():
        scope = EVERYWHERE if login not in ("ines",) else Scope()
        house.people[login] = accounts.add_user(login, login.capitalize(), role, scope, PASSWORD, THURSDAY)
        give_phone(house, login, THURSDAY - timedelta(days=30))
    hand = Hand(house.people["alice"], THURSDAY - timedelta(days=60))
    for uai, cart in (("0131204N", GRANETTES), ("0132397K", FLORIALES)):
        school = register_school({"uai": uai, "name": cart.school, "zone": "B", "rhythm": "4.5-wednesday"}, hand)[0]
        _fill(house, cart, school, hand)


def give_phone(house: House, login: str, since: datetime) -> None:
    """A second factor set at a moment."""
    factors.reset(house.people[login], since)
    secret = factors.begin(house.people[login], house.vault)
    phone = pyotp.TOTP(secret)
    factors.confirm(house.people[login], phone.at(since), house.vault, since)
    house.phones[login] = phone


def _fill(house: House, cart: Cart, school: School, hand: Hand) -> None:
    values = {"code": cart.code, "school": school, "slots": 16, "expected": 14, "window_first": date(2017, 10, 1), "window_last": date(2017, 12, 31)}
    row = register_class(values, [], hand)
    lives = [life for life in house.mdm.fleet.lives if life.cart is cart]
    tablets = [Tablet(serial=life.serial, asset_tag=life.asset_tag, model="Galaxy Tab") for life in lives]
    register_tablets(tablets, hand)
    place_all([(tablet, row, life.slot) for tablet, life in zip(tablets, lives, strict=True)], hand)
    house.tablets |= {tablet.asset_tag: tablet for tablet in tablets}


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The town, once; its name has the tests that ask for it run on PostgreSQL too."""
    with commanded(tmp_path_factory.mktemp("keys")) as opened:
        yield opened


@pytest.fixture
def house(url: House) -> Iterator[House]:
    with as_it_was(url) as kept:
        yield kept
