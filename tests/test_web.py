"""The pages over a real socket: a busy port gets a clear word, and an end finishes what it has begun."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from databases import address

from config import schema
from config.presence import alone
from config.web import listen
from inventory import db
from inventory.errors import Refused

SERVER = """
import sys, threading
from flask import Blueprint
from config import web
from config.app import create_app
from config.settings import read
from inventory.access import ANYONE, may
pages = Blueprint("slow", __name__)
begun, go = threading.Event(), threading.Event()
@pages.get("/lent")
@may(ANYONE)
def slow():
    print("begun", flush=True)
    go.wait(30)
    return "fini"
threading.Thread(target=lambda: (sys.stdin.readline(), go.set()), daemon=True).start()
settings = read({"CARTABLE_DATABASE": sys.argv[1]})
app = create_app(settings, blueprints=[pages])
print("ready", flush=True)
web.serve(app, "127.0.0.1", int(sys.argv[2]))
print("left", flush=True)
"""


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def server(tmp_path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    db.connect(address(tmp_path))
    schema.migrate()
    command = [sys.executable, "-c", SERVER, address(tmp_path), str(port)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def line_of(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def connection(port: int) -> http.client.HTTPConnection:
    for _ in range(10_000):
        try:
            wire = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            wire.connect()
            return wire
        except ConnectionRefusedError:
            continue
    raise AssertionError("nobody listens")


def test_a_busy_port_gets_a_clear_word(port: int) -> None:
    with listen("127.0.0.1", port), pytest.raises(Refused, match=f"Le port {port} est déjà pris .*--port {port + 1}"):
        listen("127.0.0.1", port)
    listen("127.0.0.1", port).close()


def test_an_address_that_is_not_ours_gets_one_too(port: int) -> None:
    with pytest.raises(Refused, match="CARTABLE_HOST"):
        listen("192.0.2.1", port)
    with pytest.raises(Refused, match="CARTABLE_HOST"):
        listen("nulle.part.invalid", port)


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_an_end_asked_for_lets_the_page_begun_arrive(
    server: subprocess.Popen[str], port: int, tmp_path: Path, ending: signal.Signals
) -> None:
    assert line_of(server) == "ready"
    wire = connection(port)
    wire.request("GET", "/lent")
    assert line_of(server) == "begun"
    with pytest.raises(Refused, match="arrêter"), alone(tmp_path / "cartable.db"):
        pass
    server.send_signal(ending)
    print("go", file=server.stdin, flush=True)
    answer = wire.getresponse()
    assert (answer.status, answer.read()) == (200, b"fini")
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"] and "Server" not in answer.headers
    assert line_of(server) == "left" and server.wait(30) == 0
    with alone(tmp_path / "cartable.db"):
        pass


def test_a_heavy_body_and_a_strange_host_are_refused_on_the_wire(server: subprocess.Popen[str], port: int) -> None:
    assert line_of(server) == "ready"
    wire = connection(port)
    wire.request("GET", "/connexion", headers={"Host": "voleur.example"})
    assert wire.getresponse().status == 400
    heavy = connection(port)
    heavy.putrequest("POST", "/connexion")
    heavy.putheader("Content-Length", str(30 * 1024 * 1024))
    heavy.endheaders(b"x" * 1024)
    assert heavy.getresponse().status == 413
