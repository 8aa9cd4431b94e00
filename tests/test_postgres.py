"""A town on PostgreSQL: one chain from several processes, nothing acknowledged lost when the server is stopped at once."""

from __future__ import annotations

import http.client
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest
from cluster import INITDB, Cluster
from proof import server_stops
from small_house import MORNING, PASSWORD

from config import accounts, schema
from inventory import db
from inventory.actions.places import note_fact
from inventory.errors import Refused
from inventory.models import Event, School
from inventory.roles import Role
from inventory.scope import EVERYWHERE

pytestmark = pytest.mark.skipif(not INITDB, reason="PostgreSQL absent : essais laissés de côté")
STOPS, WRITERS = 3, 3
PAGES = """
import sys
from config import web
from config.app import create_app
from config.settings import read
app = create_app(read({"CARTABLE_DATABASE": sys.argv[1], "CARTABLE_KEY_FILE": sys.argv[2]}))
web.serve(app, "127.0.0.1", int(sys.argv[3]), lambda: print("ready", flush=True))
"""


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    server = Cluster.made()
    server.sql("CREATE DATABASE cartable")
    yield server
    server.end()


def test_a_server_stopped_under_its_writers_loses_nothing_and_is_found_again(cluster: Cluster) -> None:
    found = server_stops.run(cluster, cluster.url("cartable"), STOPS, WRITERS)
    assert (found.lost, found.complaints) == (0, []) and found.acknowledged >= STOPS * WRITERS
    with db.database.connection_context():
        assert {event.detail["writer"] for event in Event.select().where(Event.axis == "step:visit")} == set(range(WRITERS))
        with pytest.raises(db.IntegrityError, match="append-only"):
            db.database.execute_sql("DELETE FROM event")
        with pytest.raises(Refused, match="caractère nul"):
            note_fact(School.get(), "step:visit", "do\0ne", server_stops.HAND)


def test_who_signs_in_at_one_process_is_at_home_at_the_other(cluster: Cluster, tmp_path: object) -> None:
    url, ports = cluster.url("cartable"), [free_port(), free_port()]
    db.connect(url)
    schema.migrate()
    accounts.add_user("alice", "Alice", Role.MANAGER, EVERYWHERE, PASSWORD, MORNING)
    command = [sys.executable, "-c", PAGES, url, f"{tmp_path}/key"]
    at_once = [subprocess.Popen([*command, str(port)], stdout=subprocess.PIPE, text=True) for port in ports]
    try:
        assert [process.stdout.readline() for process in at_once if process.stdout] == ["ready\n"] * 2
        form = ask(ports[0], "GET", "/connexion")
        proof = re.search(r'name="csrf_token" value="([^"]+)"', form[2])
        told = urlencode({"login": "alice", "password": PASSWORD, **({"csrf_token": proof[1]} if proof else {})})
        status, cookie, _ = ask(ports[0], "POST", "/connexion", told, form[1])
        assert status == 303 and ask(ports[1], "GET", "/ecoles", cookie=cookie)[0] == 200
        assert ask(ports[1], "GET", "/ecoles")[0] == 302
    finally:
        for process in at_once:
            process.kill()
            process.communicate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def ask(port: int, verb: str, page: str, body: str | None = None, cookie: str = "") -> tuple[int, str, str]:
    """Status, cookie to send back and text of one page."""
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    wire.request(verb, page, body, headers)
    answer = wire.getresponse()
    given = "; ".join(one.split(";")[0] for one in answer.headers.get_all("Set-Cookie", []))
    return answer.status, given or cookie, answer.read().decode()


def test_the_password_of_an_address_is_never_shown() -> None:
    for url in ("postgresql://aix:hunter2@base/cartable", "postgresql://base/cartable?password=hunter2"):
        assert "hunter2" not in db.shown(url)
