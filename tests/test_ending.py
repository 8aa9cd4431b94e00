"""SIGTERM on a Wednesday of deployment: what was begun is answered, a reading stops between two pages, the lease is given back."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from test_web import connection, line_of, port, server  # noqa: F401 fixtures

from config import schema
from config.models import JobRun, Lease
from config.settings import Settings, read
from config.vault import Vault
from config.wiring import wire
from inventory import db
from inventory.actions.records import Hand
from inventory.models import Sighting
from mdm.actions import add_connector
from mdm.models import SyncRun
from mdm.simulator import Fleet, Simulator

WEDNESDAY = datetime(2017, 11, 15, 9, tzinfo=UTC)
AT_ONCE = 12  # requests: more than the server has threads
DEVICES = 1200


def test_every_request_begun_is_answered_and_no_other(server: subprocess.Popen[str], port: int) -> None:  # noqa: F811
    assert line_of(server) == "ready"
    wires = [connection(port) for _ in range(AT_ONCE)]
    for one in wires:
        one.request("GET", "/lent")
    for _ in range(8):
        assert line_of(server) == "begun"
    idle, form = connection(port), connection(port)
    form.putrequest("POST", "/connexion")
    for name, value in (("Expect", "100-continue"), ("Content-Type", "application/x-www-form-urlencoded"), ("Content-Length", "8")):
        form.putheader(name, value)
    form.endheaders()
    assert form.sock.recv(12, socket.MSG_PEEK) == b"HTTP/1.1 100", "half a request is received"
    server.send_signal(signal.SIGTERM)
    assert idle.sock.recv(1) == b"", "who asks for nothing is let go"
    refused(port)
    form.send(b"login=al")
    print("go", file=server.stdin, flush=True)
    answers = [(answer.status, answer.read()) for answer in (one.getresponse() for one in wires)]
    assert answers == [(200, b"fini")] * AT_ONCE
    told = form.getresponse()
    assert told.status == 422 and told.read().endswith(b"</html>")
    assert server.wait(30) == 0


def refused(port: int) -> None:  # noqa: F811
    """Wait until nobody takes a connection."""
    for _ in range(100_000):
        try:
            http.client.HTTPConnection("127.0.0.1", port, timeout=30).connect()
        except ConnectionRefusedError:
            return
    raise AssertionError("the door is still open")


class Held(Simulator):
    """An MDM that holds its second page until it is told to go on."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.asked, self.go = threading.Event(), threading.Event()
        self.pages: list[int] = []

    def search(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        self.pages.append(int(asked["pageNum"]))
        if len(self.pages) == 2:
            self.asked.set()
            self.go.wait(30)
        return super().search(asked)


@pytest.fixture
def mdm() -> Iterator[Held]:
    with Held(Fleet(devices=DEVICES), at=WEDNESDAY) as held:
        yield held
        held.go.set()


@pytest.fixture
def settings(tmp_path: Path, mdm: Held) -> Settings:
    told = read({"CARTABLE_DATABASE": f"sqlite:///{tmp_path}/cartable.db"})
    wire(told)
    schema.migrate()
    with db.database.connection_context():
        vault, hand = Vault(told.key_file), Hand(None, WEDNESDAY)
        add_connector("mdm-ville", kind="headwind", url=mdm.url, login="simulateur", password="simulateur", vault=vault, hand=hand)
    return told


def test_a_worker_asked_to_end_stops_its_reading_between_two_pages(settings: Settings, mdm: Held) -> None:
    environment = os.environ | {"CARTABLE_DATABASE": settings.database}
    worker = subprocess.Popen([sys.executable, "-m", "config.cli", "worker"], env=environment, text=True)
    try:
        assert mdm.asked.wait(30)
        worker.send_signal(signal.SIGTERM)
        mdm.go.set()
        assert worker.wait(30) == 0
    finally:
        worker.kill()
        worker.wait()
    assert mdm.pages == [1, 2], "the page that was asked for is the last"
    assert not Path(f"{settings.database_file}-wal").exists(), "everything is in the database's own file"
    with db.database.connection_context():
        assert Lease.get().holder == ""
        assert [(run.state, run.message) for run in SyncRun.select()] == [("failed", "lecture interrompue")]
        assert not Sighting.select().count(), "nothing of a reading that was not whole"
        run = JobRun.get(JobRun.job == "sync")
        assert (run.state, run.outcome.startswith("Lecture arrêtée entre deux pages")) == ("failed", True)
