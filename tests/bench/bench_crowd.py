"""Two hundred technicians at work on the real server over HTTP, one action each of them every 0 to 10 seconds."""

from __future__ import annotations

import http.client
import os
import random
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from statistics import quantiles
from time import monotonic, perf_counter
from urllib.parse import urlencode

from bench import seed
from bench.harness import Row
from config import clock, sessions
from config.models import WebSession
from inventory.db import atomic, database
from inventory.models import Person
from inventory.roles import Role

PEOPLE, SECONDS, LONGEST_PAUSE = 200, 60, 10.0
WRITE_GOAL, READ_GOAL = 0.250, 0.150
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
NAP = threading.Event()  # never set: a wait that ends by its time


class Technician(threading.Thread):
    """Opens the page of a cart, then records the stage of one of its tablets, in turn; a wrong answer ends the bench."""

    def __init__(self, number: int, port: int, headers: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.number, self.port, self.headers = number, port, headers
        self.reads, self.writes, self.faults = list[float](), list[float](), SimpleQueue[str]()

    def run(self) -> None:
        dice, end, wire = random.Random(self.number), monotonic() + SECONDS, http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        for action in range(2 * seed.A_CART):
            NAP.wait(dice.uniform(0, LONGEST_PAUSE))
            if monotonic() > end:
                break
            began = perf_counter()
            status = self._write(wire, action // 2) if action % 2 else self._read(wire)
            (self.writes if action % 2 else self.reads).append(perf_counter() - began)
            if status != (302 if action % 2 else 200):
                self.faults.put(f"HTTP {status}")

    def _read(self, wire: http.client.HTTPConnection) -> int:
        return self._answer(wire, "GET", f"/classes/B-CM{self.number + 1:06d}", None)

    def _write(self, wire: http.client.HTTPConnection, which: int) -> int:
        tablet = self.number * seed.A_CART + which + 1
        return self._answer(wire, "POST", f"/tablettes/{tablet}/etape", urlencode({"stage": "ordered"}))

    def _answer(self, wire: http.client.HTTPConnection, method: str, page: str, body: str | None) -> int:
        wire.request(method, page, body, self.headers)
        answer = wire.getresponse()
        answer.read()
        return answer.status


def measure(size: int, runs: int) -> Iterator[Row]:
    """The slowest hundredth of the writes, and of the reads, against what is wanted of them; no answer may be wrong."""
    with seed.store() as path:
        seed.town(max(size, PEOPLE * seed.A_CART))
        headers = signed_in(PEOPLE)
        database.close()
        with serving(path) as port:
            people = [Technician(number, port, one) for number, one in enumerate(headers)]
            for one in people:
                one.start()
            for one in people:
                one.join()
    wrong = [one.faults.get() for one in people if not one.faults.empty()]
    if wrong:
        raise RuntimeError(f"{len(wrong)} technicians met an error, {wrong[0]} for one")
    yield Row("a write among 200 technicians, slowest hundredth", size, slowest([s for one in people for s in one.writes]), WRITE_GOAL, 1.0)
    yield Row("a page among 200 technicians, slowest hundredth", size, slowest([s for one in people for s in one.reads]), READ_GOAL, 1.0)


def _first_answer(port: int) -> None:
    wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    wire.request("GET", "/health/live")
    wire.getresponse().read()
    wire.close()


def slowest(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


@atomic
def signed_in(people: int) -> list[dict[str, str]]:
    """The headers of each technician's open session."""
    now, found = clock.now(), []
    for number in range(people):
        person = Person.create(login=f"tech{number}", name=f"Technicien {number}", role=Role.TECHNICIAN.value, everywhere=True)
        cookie = sessions.start(person, now, "bench")
        csrf = WebSession.select().order_by(WebSession.id.desc()).get().csrf
        found.append(FORM | {"Cookie": f"cartable={cookie}", "X-CSRF-Token": csrf})
    return found


@contextmanager
def serving(path: Path, *module: str) -> Iterator[int]:
    """The pages (or another module, given the file and the port) as a process of their own, on a free port, for the time of a block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    told = [*module, str(path), str(port)] if module else ["config.cli", "serve", "--port", str(port)]
    environment = os.environ | {"CARTABLE_DATABASE": f"sqlite:///{path}"}
    with open(path.with_suffix(".log"), "wb") as log:
        pages = subprocess.Popen([sys.executable, "-m", *told], env=environment, stdout=log, stderr=log)
    try:
        while pages.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    _first_answer(port)
                    yield port
                    return
            NAP.wait(0.05)
        raise RuntimeError(path.with_suffix(".log").read_text()[-2000:])
    finally:
        pages.terminate()
        pages.wait()
