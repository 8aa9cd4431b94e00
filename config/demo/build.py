"""Builds the demonstration's database: the convention, the people, then every line of the story and every reading of the MDM."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time
from pathlib import Path

from config import schema
from config.accounts import add_user
from config.cli.conventions import load_files
from config.demo.meetings import meetings
from config.demo.money import money
from config.demo.people import PASSWORD, PEOPLE, Somebody
from config.demo.story import LAST_SYNC, Line, readings, story
from config.people import scope_named
from config.settings import Settings
from config.vault import Vault
from config.wiring import wire
from inventory.actions.records import Hand
from inventory.db import database
from inventory.models import Person
from inventory.paris import at
from inventory.scope import EVERYWHERE
from mdm import actions
from mdm.models import Connector
from mdm.run_state import RunState
from mdm.simulator import Fleet, Simulator
from mdm.simulator.server import LOGIN
from mdm.simulator.server import PASSWORD as MDM_PASSWORD

CONNECTOR = "mdm-ville"
START = at(date(2017, 9, 1), time(9))
SHRUNK = at(date(2017, 11, 24), time(17))
REASON = "un filtre de groupe était resté dans la console du MDM : rien n'a disparu"
Tell = Callable[[int, int | None], None]


def build(settings: Settings, tell: Tell, also: Iterable[Line] = (), *, fleet: Fleet | None = None, last: date = LAST_SYNC, until: datetime | None = None) -> None:
    """Replay the autumn (no further than `until`), and `also` what else happened, into an empty database; the MDM tells of `fleet` and is read up to the day `last`."""
    wire(settings)
    schema.migrate()
    with database.connection_context():
        _welcome([somebody for somebody in PEOPLE if not somebody.schools])
        file = settings.conventions / "aix-en-provence-2017.toml"
        load_files(file, settings, "valise-16", "ecole-android-2017", "", Hand(_people()["dsi"], START, "convention"))
        _welcome([somebody for somebody in PEOPLE if somebody.schools])
        with Simulator(fleet or Fleet(), at=START) as mdm:
            _replay(settings, mdm, _people(), tell, [*also, *readings(last)], until)


def _welcome(people: Sequence[Somebody]) -> None:
    for one in people:
        scope = scope_named(one.schools) if one.schools else EVERYWHERE
        add_user(one.login, one.name, one.role, scope, PASSWORD, START, signatory=one.signatory)


def _people() -> dict[str, Person]:
    return {person.login: person for person in Person.select()}


def _replay(settings: Settings, mdm: Simulator, people: dict[str, Person], tell: Tell, also: Iterable[Line | datetime], until: datetime | None) -> None:
    row = connect(settings, mdm.url, Hand(people["dsi"], START))
    told: list[Line | datetime] = [*story(), *money(), *meetings(), *also]
    lines = sorted(told, key=lambda one: one.moment if isinstance(one, Line) else one)
    lines = [one for one in lines if until is None or (one.moment if isinstance(one, Line) else one) <= until]
    for number, one in enumerate(lines, 1):
        if isinstance(one, Line):
            mdm.at = one.moment
            one.act(Hand(people[one.who], one.moment))
        else:
            _read(settings, row, mdm, one, people["dsi"])
        tell(number, len(lines))


def _read(settings: Settings, row: Connector, mdm: Simulator, moment: datetime, dsi: Person) -> None:
    mdm.at, mdm.fault = moment, "missing_devices" if moment == SHRUNK else None
    run = actions.sync(row, vault=Vault(settings.key_file), now=moment, clock=lambda: moment)
    if run.state == RunState.QUARANTINED.value:
        actions.reject(run.id, REASON, Hand(dsi, moment))


def connect(settings: Settings, url: str, hand: Hand) -> Connector:
    """The demonstration's connector, wherever the simulator listens today."""
    vault = Vault(settings.key_file)
    return actions.add_connector(
        CONNECTOR, kind="headwind", url=url, login=LOGIN, password=MDM_PASSWORD, vault=vault, hand=hand
    )


def built(settings: Settings) -> bool:
    """True once the whole story is in, up to the very morning that is asked for: a build cut short, or another story, starts again."""
    return _mark(settings).exists() and _mark(settings).read_text() == str(settings.as_of)


def mark_built(settings: Settings) -> None:
    _mark(settings).write_text(str(settings.as_of))


def _mark(settings: Settings) -> Path:
    return settings.database_file.with_suffix(".built")
