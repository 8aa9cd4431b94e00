"""The demonstration as a newcomer starts it: it says where it is, Ctrl-C stops everything, the data stay."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path

import pytest
import requests

from config.checks import complaints
from config.clock import read_moment
from config.demo.run import AS_OF
from config.settings import read
from config.wiring import house
from deploy.field.queries.acts import waiting
from deploy.funding.certificate import changes, rows_of
from deploy.funding.queries import account, certificates, statement_of
from deploy.handover.queries import latest
from deploy.home.dated import dated
from deploy.models import Incident, QuarterIssue, Stocktake
from deploy.queries.conventions import convention
from inventory.db import database
from inventory.models import Event, Gap, Label, Person
from inventory.queries.visible import scope_of
from inventory.scope import EVERYWHERE
from mdm.models import Command

ROOT = Path(__file__).parent.parent


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def demonstration(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A running demonstration and what it said before it was ready."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CARTABLE_")}
    environment = kept | {"PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "config.cli", "demo", "--port", str(port)]
    running = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )
    try:
        said = ""
        for line in running.stdout:  # type: ignore[union-attr]
            said += line
            if "admin" in line and "administrateur" in line:
                break
        yield running, said
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate()


def left_running(folder: Path) -> list[str]:
    """Processes that still work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder.resolve():
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found


def told_on_the_ground(folder: Path) -> dict[str, object]:
    """What the demonstration's database says of the rounds."""
    with house(read({"CARTABLE_DATABASE": f"sqlite:///{folder}/var/demo/cartable.db"})):
        told_of = convention()
        money = account(EVERYWHERE, told_of, None)
        seals = [(one.intact, bool(one.changed)) for one in reversed(latest(EVERYWHERE))]
        told: dict[str, object] = {
            "labels": {row.names for row in Label.select()}, "seals": seals, "acts": [one.state for one in waiting(EVERYWHERE)],
            "checks": Event.select().where(Event.axis == "check").count(), "complaints": list(complaints()),
            "incidents": {row.kind: row.closed is None for row in Incident.select()}, "counts": [row.closed is None for row in Stocktake.select()],
            "sealed": [row.period for row in QuarterIssue.select() if row.seal], "certified": [one.total for one in certificates(EVERYWHERE, told_of.key, None)],
            "observed": sorted(money.observed), "due": (money.due.due, money.due.received, money.due.balance), "obstacles": list(money.obstacles),
            "holds": [changes(one, rows_of(statement_of(EVERYWHERE, money))) for one in certificates(EVERYWHERE, told_of.key, None)],
            "gaps": sorted(row.kind for row in Gap.select().where(Gap.closed.is_null())),
            "commands": sorted((row.action, row.state) for row in Command.select().where(Command.state.not_in(["approved", "sent"]))),
        }  # fmt: skip
    database.close()
    return told


def waits(folder: Path) -> dict[str, list[str]]:
    """The days by which something waits for each account, on the morning of the demonstration."""
    with house(read({"CARTABLE_DATABASE": f"sqlite:///{folder}/var/demo/cartable.db"})):
        found = {one.login: dated(one, scope_of(one), convention(), None, read_moment(AS_OF, "")) for one in Person.select()}
    database.close()
    return {login: [f"{one.day:%d/%m}" for one in told] for login, told in found.items() if told}


def page(port: int) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{port}/connexion", timeout=10)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="counts processes through /proc")
def test_it_starts_says_where_stops_on_ctrl_c_and_finds_its_data_again(tmp_path: Path) -> None:
    port = free_port()
    with demonstration(tmp_path, port) as (running, said):
        assert f"http://127.0.0.1:{port}" in said and "Synchronisation complète : 30 appareils lus" in said
        assert page(port).status_code == 200
        os.killpg(running.pid, signal.SIGINT)
        rest, _ = running.communicate(timeout=30)
        assert "les données restent" in rest and "Traceback" not in rest
        assert left_running(tmp_path) == []
    assert told_on_the_ground(tmp_path) == {
        "labels": {"cart", "slot", "tablet", "blank", "paper"}, "seals": [(True, False), (True, True)], "acts": ["conflict"], "checks": 4, "complaints": [],
        "incidents": {"accessory": False, "loss": False, "failure": False, "warranty": False, "theft": True, "breakage": True, "wifi": True}, "counts": [False, False, True],
        "sealed": ["2017-Q4"], "certified": [Decimal(15800)], "holds": [([], [])], "observed": ["AIX-CM01", "AIX-CM02"],
        "due": (Decimal(7900), Decimal(7900), Decimal(0)), "obstacles": [], "gaps": ["blank_serial", "drift", "serial_mismatch", "unknown_to_inventory"],
        "commands": [("message", "confirmed"), ("message", "stopped"), ("push", "confirmed"), ("refresh", "to_verify")],
    }  # fmt: skip
    kept = ["28/02", "02/03", "02/03", "15/03", "29/03"]
    assert waits(tmp_path) == {
        "dsi": kept, "admin": kept, "academie": kept, "technicien": ["02/03"], "comite": ["29/03"], "comite-academie": ["29/03"], "pilotage": ["15/03"],
    }  # fmt: skip
    with demonstration(tmp_path, port) as (_, again):
        assert "Première fois" not in again and page(port).status_code == 200


def test_a_busy_port_gets_a_clear_word(tmp_path: Path) -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("CARTABLE_")}
        done = subprocess.run(
            [sys.executable, "-m", "config.cli", "demo", "--port", str(port)], cwd=tmp_path, capture_output=True, text=True,
            env=kept | {"PYTHONPATH": str(ROOT)}, timeout=60, check=False,
        )  # fmt: skip
    assert done.returncode == 1 and f"Le port {port} est déjà pris" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "var").exists()
