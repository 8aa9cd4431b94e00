"""Two hundred phones come back online at once, on a bad network, to a server that is killed every three seconds: each act has one effect.

`PYTHONPATH=.:tests python tests/proof/storm.py --phones 200 --acts 50 --seconds 3`. Half of the requests or of the answers are lost, acts are sent
shuffled and up to five times, after they were answered too. A phone forgets an act only when its id and digest come back. At the end every act is kept once, every
note is in the journal once, and `cartable check` has nothing to say.
"""

from __future__ import annotations

import argparse
import http.client
import json
import random
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from acts import Phone, wire
from proof.kills import CODE, NAP, NOVEMBER, PAGES, Application, prepared

from config import clock, sessions
from config.checks import complaints
from config.models import WebSession
from config.settings import Settings
from deploy.field.act import KEPT, Act
from deploy.field.acts_file import FORMAT
from deploy.models import FieldAct
from inventory.db import database
from inventory.models import Event, MobileClass, Person, Remark
from mdm.simulator import Fleet, Simulator

MOST_SENDINGS, LARGEST_SENDING, IN_ORDER, LOST = 5, 50, 0.7, 0.25
PATIENCE, SLOWEST = 600, 30


@dataclass(frozen=True)
class Outcome:
    """What a storm left: sound when `lost`, `twice` and `complaints` are empty."""

    acts: int
    sendings: int
    kills: int
    seconds: float
    lost: list[str]
    twice: list[str]
    complaints: list[str]


class Caller(threading.Thread):
    """A phone that sends what it holds until everything was answered."""

    def __init__(self, phone: Phone, port: int, cookie: str, csrf: str, up: threading.Event) -> None:
        super().__init__(daemon=True)
        self.phone, self.port, self.up, self.dice = phone, port, up, phone.luck
        self.headers = {"Cookie": f"cartable={cookie}", "X-CSRF-Token": csrf, "Content-Type": "application/json"}
        self.all, self.sent, self.heard = list(phone.unsent), Counter[str](), 0

    def run(self) -> None:
        while self.phone.unsent:
            self.up.wait()
            try:
                self.call(self.chosen())
            except (OSError, http.client.HTTPException):
                continue

    def chosen(self) -> list[Act]:
        """Acts in any order: the next ones unsent or some far ahead, and some that were answered but not sent five times yet."""
        unsent, many = self.phone.unsent, self.dice.randint(1, LARGEST_SENDING)
        ahead = unsent[:many] if self.dice.random() < IN_ORDER else self.dice.sample(unsent, min(len(unsent), many))
        again = [act for act in self.all[: self.phone.oldest] if self.sent[act.id] < MOST_SENDINGS]
        found = [*ahead, *self.dice.sample(again, min(len(again), self.dice.randint(0, 5)))]
        self.dice.shuffle(found)
        return found

    def call(self, acts: list[Act]) -> None:
        self.sent.update(act.id for act in acts)
        if self.dice.random() < LOST:
            return
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            body = {"format": FORMAT, "device": self.phone.device, "oldest": self.phone.oldest, "acts": [wire(act) for act in acts]}
            line.request("POST", "/tournee/actes", json.dumps(body), self.headers)
            answer = line.getresponse()
            told = answer.read()
            if answer.status == 200 and self.dice.random() >= LOST:
                self.hear(json.loads(told))
        finally:
            line.close()

    def hear(self, told: dict[str, list[dict[str, str]]]) -> None:
        self.heard += 1
        kept = {one["id"]: one["digest"] for one in told["answers"] if one["state"] in [state.value for state in KEPT]}
        self.phone.unsent = [act for act in self.phone.unsent if kept.get(act.id) != act.digest]


def callers(settings: Settings, port: int, phones: int, acts: int, seed: int, up: threading.Event) -> list[Caller]:
    """Phones of one technician, each with its notes about the cart and its steps said and taken back."""
    found = []
    with database.connection_context():
        claire, cart = Person.get(Person.login == "claire"), MobileClass.get(MobileClass.code == CODE)
        for number in range(phones):
            phone = Phone(claire, random.Random(seed * 10_000 + number))
            for count in range(acts):
                phone.does("note", f"mobile_class:{cart.id}", note=f"téléphone {number}, acte {count}")
            cookie = sessions.start(claire, clock.now(), "proof")
            csrf = WebSession.select().order_by(WebSession.id.desc()).get().csrf
            found.append(Caller(phone, port, cookie, csrf, up))
    return found


def drained(people: Sequence[Caller], seconds: float) -> bool:
    """Whether every phone has got rid of its acts, after some seconds and at least one answer heard."""
    before, end = sum(one.heard for one in people), time.monotonic() + seconds
    while any(one.is_alive() for one in people):
        now, more = time.monotonic(), sum(one.heard for one in people) > before
        if seconds == 0 or now > end + SLOWEST or (now > end and more):
            return False
        NAP.wait(0.02)
    return True


def run(folder: Path, phones: int, acts: int, seconds: float, seed: int) -> Outcome:
    """Let the phones call until they hold nothing, the server being killed every `seconds`; then look at what is kept."""
    up = threading.Event()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    with Simulator(Fleet(devices=1), at=NOVEMBER) as mdm:
        settings = prepared(folder, mdm)
    people = callers(settings, port, phones, acts, seed, up)
    wanted = Counter(act.payload["note"] for one in people for act in one.all)
    database.close()
    application = Application(settings, port)
    del application.commands["worker"]
    application.start()
    up.set()
    kills, start = 0, time.monotonic()
    for one in people:
        one.start()
    while not drained(people, seconds if up.is_set() else 0):
        if up.is_set():
            up.clear()
            application.kill((PAGES,))
            kills += 1
        application.start()
        up.set()
        if time.monotonic() - start > PATIENCE:
            break
    took = time.monotonic() - start
    application.kill(tuple(application.running))
    return judged(wanted, sum(sum(one.sent.values()) for one in people), kills, took)


def judged(wanted: Counter[str], sendings: int, kills: int, took: float) -> Outcome:
    """Compare what the phones did with what the journal says."""
    with database.connection_context():
        kept = Counter(remark.text for remark in Remark.select().join(Event).where(Event.axis == "field_note"))
        rows, found = FieldAct.select().count(), list(complaints())
    twice = [note for note, times in kept.items() if times > 1] + ([f"{rows} acts kept"] if rows > sum(wanted.values()) else [])
    return Outcome(sum(wanted.values()), sendings, kills, took, [note for note in wanted if not kept[note]], twice, found)


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--phones", type=int, default=200)
    ask.add_argument("--acts", type=int, default=50)
    ask.add_argument("--seconds", type=float, default=3)
    ask.add_argument("--seed", type=int, default=1)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        found = run(Path(folder), asked.phones, asked.acts, asked.seconds, asked.seed)
    print(
        f"{asked.phones} phones, {found.acts} acts sent {found.sendings} times, {found.kills} kills of the server, drained in {found.seconds:.0f} s: "
        f"{len(found.lost)} lost, {len(found.twice)} twice, {len(found.complaints)} complaints of the check"
    )
    raise SystemExit(1 if found.lost or found.twice or found.complaints else 0)


if __name__ == "__main__":
    main()
