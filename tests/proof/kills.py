"""The whole application killed without warning, again and again, under its clients and a reading of the MDM: nothing told is lost.

`PYTHONPATH=.:tests python tests/proof/kills.py --kills 200 --clients 50`. Each client keeps its own history outside the application: a write it sent
(`invoke`) was acknowledged (`ok`), refused (`fail`) or is unknown because the answer never came (`info`). After the run every `ok`
is in the journal exactly once, no `fail` is, an `info` is there once at most, nothing is there that nobody sent, and
`cartable check` has nothing to say.
"""

from __future__ import annotations

import argparse
import http.client
import os
import random
import socket
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlencode

from config import clock, schema, sessions
from config.checks import complaints
from config.models import WebSession
from config.settings import Settings, read
from config.vault import Vault
from config.wiring import wire
from inventory.actions.places import register_class, register_school
from inventory.actions.records import Hand
from inventory.db import database
from inventory.models import Event, Person, Remark
from inventory.roles import Role
from mdm.actions import add_connector
from mdm.models import SyncRun
from mdm.simulator import Fleet, Simulator

NOVEMBER = datetime(2017, 11, 13, 7, tzinfo=UTC)
DEVICES, CODE = 600, "AIX-CM01"
PAGES, WORKER = "pages", "worker"
NAP = threading.Event()  # never set: a wait that ends by its time
History = dict[str, str]  # each write that one client sent: `ok`, `fail` or `info`
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass(frozen=True)
class Outcome:
    """What a run showed; sound when the lists are empty."""

    kills: int
    told: Counter[str]
    readings: int
    lost: list[str]
    twice: list[str]
    unsaid: list[str]
    complaints: list[str]


class Client(threading.Thread):
    """A person at work: one write after the other, each with a note that is its own."""

    def __init__(self, name: str, port: int, cookie: str, csrf: str, up: threading.Event, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.history: History = {}
        self.number, self.answered, self.called = 0, 0, name
        self.port, self.up, self.over = port, up, over
        self.headers = FORM | {"Cookie": f"cartable={cookie}", "X-CSRF-Token": csrf}

    def run(self) -> None:
        while not self.over.is_set():
            self.up.wait()
            wire = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
            try:
                wire.connect()
                while not self.over.is_set():
                    self.act(wire)
            except (OSError, http.client.HTTPException):
                continue
            finally:
                wire.close()

    def act(self, wire: http.client.HTTPConnection) -> None:
        """Record one step of the class, and keep what was answered."""
        self.number += 1
        note = f"{self.called} n° {self.number}"
        self.history[note] = "info"
        status = self.post(wire, f"/classes/{CODE}/pas", step="order", value="undone", note=note)
        self.answered += 1
        self.history[note] = "ok" if status in (302, 303) else "fail"

    def post(self, wire: http.client.HTTPConnection, page: str, **form: str) -> int:
        wire.request("POST", page, urlencode(form), self.headers)
        answer = wire.getresponse()
        answer.read()
        return answer.status


class Reader(Client):
    """The office, which has the MDM read without end; each time, six hours later there."""

    mdm: Simulator

    def act(self, wire: http.client.HTTPConnection) -> None:
        self.mdm.at += timedelta(hours=6)
        self.post(wire, "/synchronisation/mdm-ville/lire")


class Application:
    """The pages and the worker as processes of their own."""

    def __init__(self, settings: Settings, port: int) -> None:
        self.log, self.port = settings.database_file.with_suffix(".log"), port
        self.environment = os.environ | {"CARTABLE_DATABASE": settings.database, "CARTABLE_SYNC_MINUTES": "1"}
        self.commands = {PAGES: ("serve", "--port", str(port)), WORKER: ("worker",)}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start what is not running, and wait until the pages answer."""
        with open(self.log, "ab") as log:
            for name in self.commands.keys() - self.running.keys():
                command = [sys.executable, "-m", "config.cli", *self.commands[name]]
                self.running[name] = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        while self.running[PAGES].poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            NAP.wait(0.02)
        raise RuntimeError(f"the pages did not start: {self.log.read_text()[-2000:]}")

    def kill(self, names: Sequence[str]) -> None:
        """Kill processes without warning, all at the same moment."""
        killed = [self.running.pop(name) for name in names]
        for process in killed:
            process.kill()
        for process in killed:
            process.wait()


def prepared(folder: Path, mdm: Simulator) -> Settings:
    """A town with one class, a connector and two people."""
    settings = read({"CARTABLE_DATABASE": f"sqlite:///{folder}/cartable.db"})
    wire(settings)
    schema.migrate()
    hand = Hand(None, NOVEMBER)
    with database.connection_context():
        Person.create(login="claire", name="Claire", role=Role.MANAGER.value, everywhere=True)
        school = {"uai": "0131204n", "name": "École primaire Les Granettes", "zone": "B", "rhythm": "4.5-wednesday"}
        values = {"code": CODE, "school": register_school(school, hand)[0], "slots": 16, "expected": 14}
        window = {"window_first": NOVEMBER.date(), "window_last": (NOVEMBER + timedelta(days=40)).date()}
        register_class(values | window, [("charger", "Câbles de charge", 16)], hand)
        vault = Vault(settings.key_file)
        add_connector("mdm-ville", kind="headwind", url=mdm.url, login="simulateur", password="simulateur", vault=vault, hand=hand)
    return settings


def crowd(settings: Settings, port: int, clients: int, mdm: Simulator, up: threading.Event, over: threading.Event) -> list[Client]:
    """Signed-in clients, the last of whom reads the MDM."""
    people: list[Client] = []
    with database.connection_context():
        claire = Person.get(Person.login == "claire")
        for number in range(clients):
            cookie = sessions.start(claire, clock.now(), "proof")
            csrf = WebSession.select().order_by(WebSession.id.desc()).get().csrf
            kind = Reader if number == clients - 1 else Client
            people.append(kind(f"client {number}", port, cookie, csrf, up, over))
    people[-1].mdm = mdm  # type: ignore[attr-defined]
    return people


def run(folder: Path, kills: int, clients: int, seed: int) -> Outcome:
    """Kill the pages, the worker or both `kills` times, or until interrupted, then compare what clients were told with what is kept."""
    dice, up, over = random.Random(seed), threading.Event(), threading.Event()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with Simulator(Fleet(devices=DEVICES), at=NOVEMBER) as mdm:
        settings = prepared(folder, mdm)
        people = crowd(settings, port, clients, mdm, up, over)
        database.close()
        for one in people:
            one.start()
        application = Application(settings, port)
        done = 0
        with suppress(KeyboardInterrupt):
            while done < kills:
                application.start()
                up.set()
                _let_work(people, dice)
                killed = dice.choice([(PAGES,), (WORKER,), (PAGES, WORKER)])
                if PAGES in killed:
                    up.clear()
                application.kill(killed)
                done += 1
                if done % 20 == 0:
                    print(f"{done} kills", file=sys.stderr, flush=True)
        application.kill(tuple(application.running))
        over.set()
        up.set()
        for one in people:
            one.join(60)
    return judged(done, [one.history for one in people if not isinstance(one, Reader)])


def _let_work(people: Sequence[Client], dice: random.Random) -> None:
    """Wait until some more writes were answered, from one to a few hundred, and a moment more: the kill falls anywhere."""
    goal = sum(one.answered for one in people) + dice.randint(1, 300)
    for _ in range(1000):
        if sum(one.answered for one in people) >= goal:
            break
        NAP.wait(0.01)
    NAP.wait(dice.uniform(0, 0.05))


def judged(kills: int, histories: list[History]) -> Outcome:
    """Compare the histories with the journal."""
    told = {note: word for history in histories for note, word in history.items()}
    with database.connection_context():
        kept = Counter(remark.text for remark in Remark.select().join(Event).where(Event.axis == "step:order"))
        readings = SyncRun.select().where(SyncRun.state == "complete").count()
        found = list(complaints())
    return Outcome(
        kills, Counter(told.values()), readings,
        lost=[note for note, word in told.items() if word == "ok" and not kept[note]],
        twice=[note for note, times in kept.items() if times > 1],
        unsaid=[note for note in kept if told.get(note, "fail") == "fail"], complaints=found,
    )  # fmt: skip


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--kills", type=int, default=200)
    ask.add_argument("--clients", type=int, default=50)
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), asked.kills, asked.clients, asked.seed)
    print(f"{found.kills} kills, {asked.clients} clients, {found.readings} complete readings of {DEVICES} devices:", end=" ")
    print(f"{found.told['ok']} writes acknowledged, {found.told['info']} unknown, {found.told['fail']} refused; {len(found.lost)} lost,", end=" ")
    print(f"{len(found.twice)} twice, {len(found.unsaid)} that nobody was told, {len(found.complaints)} complaints of the check")
    sound = not (found.lost or found.twice or found.unsaid or found.complaints)
    raise SystemExit(0 if sound and found.told["ok"] and found.kills >= asked.kills else 1)


if __name__ == "__main__":
    main()
