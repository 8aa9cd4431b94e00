"""A second server of PostgreSQL that replays the first: pages and checks are read there, nothing is written, and it is told in French."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from cluster import INITDB, Cluster
from small_house import LIGHT, MORNING, PASSWORD, sign_in
from three_schools import CONVENTION, OWN

from config import accounts, checks, passwords, schema
from config.app import create_app
from config.cli.conventions import load_files
from config.models import WebSession
from config.settings import Settings, read
from inventory import db, journal, postgres
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.models import Event, School
from inventory.roles import Role
from inventory.scope import EVERYWHERE

pytestmark = pytest.mark.skipif(not INITDB, reason="PostgreSQL absent : essais laissés de côté")
HAND = Hand(None, MORNING, "convention")
TAKES_IT_ALONE = "import sys; from inventory import db, postgres\ndb.connect(sys.argv[1])\nwith postgres.alone(db.database.obj, 'busy'): print('alone')"


@pytest.fixture(scope="module")
def primary() -> Iterator[Cluster]:
    server = Cluster.made()
    server.sql("CREATE DATABASE cartable")
    db.connect(server.url("cartable"))
    schema.migrate()
    passwords.use(LIGHT)
    load_files(CONVENTION, read({}), "valise-16", "ecole-android-2017", "", HAND)
    accounts.add_user("alice", "Alice", Role.MANAGER, EVERYWHERE, PASSWORD, MORNING)
    yield server
    passwords.use(PasswordHasher())
    db.database.close_all()
    server.end()


@pytest.fixture(scope="module")
def standby(primary: Cluster) -> Iterator[Cluster]:
    server = primary.standby()
    yield server
    db.database.close_all()
    server.end()


def settings(server: Cluster, folder: Path) -> Settings:
    return replace(read({"CARTABLE_DATABASE": server.url("cartable")}), key_file=folder / "key")


def test_pages_are_read_on_the_standby_and_nothing_is_written_there(primary: Cluster, standby: Cluster, tmp_path: Path) -> None:
    db.connect(primary.url("cartable"))
    browser = create_app(settings(primary, tmp_path), clock=lambda: MORNING).test_client()
    assert sign_in(browser, "alice").status_code == 303
    cookie = browser.get_cookie("cartable")
    while not standby.caught_up_with(primary):
        pass
    db.database.close_all()
    app = create_app(settings(standby, tmp_path), clock=lambda: MORNING.replace(minute=30))
    reader = app.test_client()
    reader.set_cookie("cartable", cookie.value)  # type: ignore[union-attr]
    for page in ("/tableau", "/ecoles", f"/ecoles/{OWN}", "/tablettes", "/listes/ecoles.csv", "/compte"):
        assert reader.get(page, buffered=True).status_code == 200, page
    with db.database.connection_context():
        proof, events = WebSession.get().csrf, Event.select().count()
        assert list(checks.complaints()) == []
    refused = reader.post("/listes/ecoles/vues", data={"csrf_token": proof, "nom": "la mienne"})
    assert refused.status_code == 503 and "ne fait que lire" in refused.text
    assert sign_in(app.test_client(), "alice").status_code == 503, "nobody signs in there: a session is written"
    assert reader.get("/health/ready").status_code == 503 and reader.get("/health/live").status_code == 200
    with db.database.connection_context():
        assert Event.select().count() == events


def test_what_is_acknowledged_is_already_on_the_standby_when_the_primary_waits_for_it(primary: Cluster, standby: Cluster) -> None:
    db.connect(primary.url("cartable"))
    primary.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
    primary.sql("ALTER SYSTEM SET synchronous_commit = 'remote_apply'")
    primary.sql("SELECT pg_reload_conf()")
    while primary.told("SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync'") != 1:
        pass
    for number in range(20):
        with db.database.connection_context():
            note_fact(School.select().first(), "step:visit", "done", HAND, detail={"number": number})
        assert standby.told("SELECT count(*) FROM event WHERE axis = 'step:visit'", "cartable") == number + 1


def test_who_is_at_work_is_known_to_be_again_after_a_restart_of_the_server(primary: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody asks a page: the share of the database is taken again all the same, and a copy to it is refused."""
    db.connect(primary.url("cartable"))
    monkeypatch.setattr(postgres, "PRESENCE_SECONDS", 0.05)
    command = [sys.executable, "-c", TAKES_IT_ALONE, primary.url("cartable")]

    def alone() -> bool:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout == "alone\n"

    with postgres.present(db.database.obj, "busy"):
        assert not alone()
        primary.stop()
        primary.start()
        while primary.told("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'", "cartable") == 0:
            threading.Event().wait(0.05)
        assert not alone()
    with postgres.alone(db.database.obj, "busy"), pytest.raises(Refused), postgres.present(db.database.obj, "busy"):
        pass


def test_the_standby_takes_over_when_the_primary_is_lost(primary: Cluster, standby: Cluster) -> None:
    """Last of this file: the primary that comes back is another town from then on."""
    db.connect(primary.url("cartable"))
    with db.database.connection_context():
        note_fact(School.select().first(), "step:visit", "done", HAND, detail={"number": 98})
        position, digest = journal.head()
    db.database.close_all()
    while not standby.caught_up_with(primary):
        pass
    primary.stop()
    try:
        standby.promote()
        db.connect(standby.url("cartable"))
        with db.database.connection_context():
            assert journal.head() == (position, digest), "the chain goes on where it was"
            note_fact(School.select().first(), "step:visit", "done", HAND, detail={"number": 99})
            assert journal.head()[0] == position + 1 and list(checks.complaints()) == []
    finally:
        db.database.close_all()
        primary.start()
