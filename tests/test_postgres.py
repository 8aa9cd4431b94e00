"""A town on PostgreSQL: one chain from several processes, nothing acknowledged lost when the server is stopped at once."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from config import schema
from config.checks import complaints
from inventory import db
from inventory.actions.places import note_fact, register_school
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.models import Event, School

INITDB = shutil.which("initdb") or next((str(path) for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")), None)
pytestmark = pytest.mark.skipif(INITDB is None, reason="PostgreSQL absent : essais laissés de côté")
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


class Cluster:
    """A private server on a socket of its own folder, run by `postgres` where we are root."""

    def __init__(self, folder: Path) -> None:
        self.data, self.bin = folder / "data", Path(INITDB or "").resolve().parent
        self.url = f"postgresql://postgres@/cartable?host={folder}"
        self.as_other = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []
        if self.as_other:
            shutil.chown(folder, "postgres")
        self._run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C")
        self.options = f"-k {folder} -c listen_addresses=''"
        self.start()
        self._psql(folder, "CREATE DATABASE cartable")

    def start(self) -> None:
        self._run("pg_ctl", "-w", "-s", "-l", str(self.data / "log"), "-o", self.options, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")

    def _psql(self, folder: Path, told: str) -> None:
        subprocess.run([self.bin / "psql", "-qh", folder, "-U", "postgres", "-c", told], check=True)

    def _run(self, program: str, *said: str) -> None:
        command = [*self.as_other, str(self.bin / program), "-D", str(self.data), *said]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    folder = Path(subprocess.check_output(["mktemp", "-d", "/tmp/cartable-pg.XXXXXX"], text=True).strip())
    server = Cluster(folder)
    pool = db.connect(server.url)
    try:
        schema.migrate()
        yield server
    finally:
        pool.close_all()
        server.stop()
        shutil.rmtree(folder)


def test_four_processes_write_one_chain_and_no_step_is_lost(cluster: Cluster) -> None:
    with db.database.connection_context():
        register_school(GRANETTES, Hand(None, NOVEMBER))
    command = [sys.executable, "-c", WRITER, cluster.url, str(EACH)]
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
