"""A town on PostgreSQL: one chain from several processes, nothing acknowledged lost when the server is stopped at once."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from cluster import INITDB, Cluster

from config import schema
from config.checks import complaints
from inventory import db
from inventory.actions.places import note_fact, register_school
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.models import Event, School

pytestmark = pytest.mark.skipif(not INITDB, reason="PostgreSQL absent : essais laissés de côté")
NOVEMBER = datetime(2017, 11, 15, 9, tzinfo=UTC)
GRANETTES = {"uai": "0131204n", "name": "École Les Granettes", "zone": "B", "rhythm": "4.5-wednesday"}
STOPS, WRITERS, EACH = 5, 4, 25
WRITER = """
import sys
from datetime import UTC, datetime
from inventory import db
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.models import School
db.connect(sys.argv[1])
for number in range(int(sys.argv[2])):
    with db.database.connection_context():
        note_fact(School.get(), "step:visit", "done", Hand(None, datetime(2017, 11, 15, 9, tzinfo=UTC)), detail={"n": number, "writer": sys.argv[3]})
"""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    server = Cluster.made()
    server.sql("CREATE DATABASE cartable")
    pool = db.connect(server.url("cartable"))
    try:
        schema.migrate()
        yield server
    finally:
        pool.close_all()
        server.end()


def test_four_processes_write_one_chain_and_no_step_is_lost(cluster: Cluster) -> None:
    with db.database.connection_context():
        register_school(GRANETTES, Hand(None, NOVEMBER))
    command = [sys.executable, "-c", WRITER, cluster.url("cartable"), str(EACH)]
    at_once = [subprocess.Popen([*command, str(writer)]) for writer in range(WRITERS)]
    assert [process.wait() for process in at_once] == [0] * WRITERS
    with db.database.connection_context():
        assert Event.select().where(Event.axis == "step:visit").count() == WRITERS * EACH
        assert list(complaints()) == []
        with pytest.raises(db.IntegrityError, match="append-only"):
            db.database.execute_sql("DELETE FROM event")
        with pytest.raises(Refused, match="caractère nul"):
            note_fact(School.get(), "step:visit", "do\0ne", Hand(None, NOVEMBER))


def test_a_server_stopped_at_once_loses_nothing_and_is_found_again(cluster: Cluster) -> None:
    with db.database.connection_context():
        school, _ = register_school(GRANETTES, Hand(None, NOVEMBER))
    for number in range(STOPS):
        with db.database.connection_context():
            note_fact(school, "step:visit", "done", Hand(None, NOVEMBER), detail={"n": number})
        cluster.stop()
        cluster.start()
    with db.database.connection_context():
        written = {event.detail["n"] for event in Event.select().where(Event.axis == "step:visit")}
        assert written == set(range(STOPS))
        assert list(complaints()) == []


def test_the_password_of_an_address_is_never_shown() -> None:
    for url in ("postgresql://aix:hunter2@base/cartable", "postgresql://base/cartable?password=hunter2"):
        assert "hunter2" not in db.shown(url)
