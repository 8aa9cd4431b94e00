"""Two schools of Aix, their carts, and the people around them, on 15 November 2017 at ten in the morning."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import databases
import pytest
from cluster import INITDB, Cluster
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypotheses
from small_house import Clock, house, opened

from config.models import TABLES as CONFIG_TABLES
from config.settings import Settings
from config.wiring import wire
from deploy.models import TABLES as DEPLOY_TABLES
from inventory import db
from inventory.actions.places import register_class, register_school
from inventory.actions.records import Hand
from inventory.contact import Thresholds
from inventory.models import TABLES as INVENTORY_TABLES
from inventory.models import MobileClass, Person, School, furnish
from inventory.queries import school_times
from inventory.roles import Role
from mdm.models import TABLES as MDM_TABLES

hypotheses.register_profile("house", deadline=None)  # a machine may be slow: speed is measured in the benches
hypotheses.load_profile("house")
ROOT = Path(__file__).parent.parent
AN_AUTUMN_MORNING = datetime(2017, 11, 15, 9, tzinfo=UTC)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="run the tests that open a database on PostgreSQL")


def pytest_configure(config: pytest.Config) -> None:
    """One server for the run, made by the process that shares out the tests."""
    if not config.getoption("postgresql"):
        return
    if not INITDB:
        pytest.exit("PostgreSQL absent : « .ci/packages » l'installe", returncode=1)
    given = getattr(config, "workerinput", None)
    databases.server = Cluster(Path(given["postgresql"])) if given else Cluster.made(durable=False)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    if databases.server is not None:
        node.workerinput["postgresql"] = str(databases.server.folder)


def pytest_unconfigure(config: pytest.Config) -> None:
    if databases.server is not None and not hasattr(config, "workerinput"):
        databases.server.end()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("postgresql"):
        items[:] = [item for item in items if databases.concerned(item)]
    long = {item.path for item in items if "browser" in item.keywords or item.path.name == "test_upgrade.py"}
    items.sort(key=lambda item: item.path not in long)  # the long files first: no process waits for one at the end


@pytest.fixture(autouse=True)
def _databases_of_this_test() -> Iterator[None]:
    with databases.dropped():
        yield


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings(tmp_path: Path) -> Iterator[Settings]:
    """A small house that Alice manages: its clock is at 15 November, its pages answer to `browser`."""
    with opened(tmp_path) as told:
        yield told


@pytest.fixture
def app(settings: Settings, clock: Clock) -> Flask:
    return house(settings, clock)


@pytest.fixture
def browser(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def now() -> datetime:
    return AN_AUTUMN_MORNING


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Path]:
    """An empty database with every table, open; the calendars of the town."""
    school_times.use(ROOT / "config" / "calendars", Thresholds())
    database = db.connect(databases.filled(tmp_path, _filled))
    database.connect()
    yield tmp_path / "cartable.db"
    if not database.is_closed():
        database.close()


def _filled(address: str) -> None:
    with db.connect(address).connection_context():
        db.database.create_tables([*INVENTORY_TABLES, *MDM_TABLES, *DEPLOY_TABLES, *CONFIG_TABLES])
        db.append_only("event")
        furnish()


def _person(login: str, name: str, role: Role, signatory: str = "") -> Person:
    return Person.create(login=login, name=name, role=role.value, signatory=signatory, everywhere=True)


@pytest.fixture
def alice(store: Path) -> Person:
    return _person("alice", "Alice (DSI)", Role.MANAGER)


@pytest.fixture
def bruno(store: Path) -> Person:
    return _person("bruno", "Bruno (technicien)", Role.TECHNICIAN)


@pytest.fixture
def chloe(store: Path) -> Person:
    return _person("chloe", "Chloé (comité technique, commune)", Role.TECHNICAL_COMMITTEE, "commune")


@pytest.fixture
def driss(store: Path) -> Person:
    return _person("driss", "Driss (comité technique, académie)", Role.TECHNICAL_COMMITTEE, "academie")


@pytest.fixture
def emma(store: Path) -> Person:
    return _person("emma", "Emma (académie)", Role.ACADEMY)


@pytest.fixture
def hand(alice: Person, now: datetime) -> Hand:
    return Hand(alice, now)


@pytest.fixture
def granettes(hand: Hand) -> School:
    values = {"uai": "0131204n", "name": "École primaire Les Granettes", "zone": "B", "rhythm": "4.5-wednesday"}
    return register_school(values, hand)[0]


@pytest.fixture
def floriales(hand: Hand) -> School:
    values = {"uai": "0132397K", "name": "École primaire Les Floriales", "zone": "B", "rhythm": "4.5-wednesday"}
    return register_school(values, hand)[0]


def cart(code: str, school: School, hand: Hand) -> MobileClass:
    values = {
        "code": code, "school": school, "slots": 16, "expected": 14, "window_first": date(2017, 10, 1),
        "window_last": date(2017, 12, 31),
    }  # fmt: skip
    return register_class(values, [("charger", "Câbles de charge", 16)], hand)


@pytest.fixture
def granettes_cart(granettes: School, hand: Hand) -> MobileClass:
    return cart("AIX-CM01", granettes, hand)


@pytest.fixture
def floriales_cart(floriales: School, hand: Hand) -> MobileClass:
    return cart("AIX-CM02", floriales, hand)


@pytest.fixture(scope="session")
def autumn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a database in which the whole autumn happened; only for reading."""
    from autumn import built

    return built(tmp_path_factory.mktemp("autumn"))


@pytest.fixture(scope="module")
def aix(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The autumn of Aix to write in, wired and open for the tests of one file."""
    from autumn import copied, settings_at

    wire(settings_at(copied(autumn, tmp_path_factory.mktemp("aix"))))
    with db.database.connection_context():
        yield
    db.database.close()


@pytest.fixture
def nothing_stays(aix: None) -> Iterator[None]:
    """What a test writes in the autumn of Aix is undone after it."""
    with db.database.atomic() as this:
        yield
        this.rollback()
