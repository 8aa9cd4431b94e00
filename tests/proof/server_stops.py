"""PostgreSQL stopped at once, a hundred times, under writers of several processes that go on by themselves.

`PYTHONPATH=.:tests python tests/proof/server_stops.py --stops 100`. An immediate stop drops every connection and leaves the server to
recover from its log, as a power cut would. What was acknowledged must be there, the journal one chain, and each writer must write
again within five seconds of the server's return. `--careless` is the planted fault: commits are acknowledged before they are on disk.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count

import peewee
from cluster import Cluster

from config import schema
from config.checks import complaints
from inventory import db
from inventory.actions.places import note_fact, register_school
from inventory.actions.records import Hand
from inventory.models import Event, School

HAND = Hand(None, datetime(2017, 11, 15, 9, tzinfo=UTC))
GRANETTES = {"uai": "0131204n", "name": "École Les Granettes", "zone": "B", "rhythm": "4.5-wednesday"}
MOST_SECONDS = 5
PATIENCE = 60


@dataclass
class Outcome:
    """Writes acknowledged and lost, complaints of the check, and the seconds that the slowest writer took after each stop."""

    acknowledged: int = 0
    lost: int = 0
    complaints: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def write(url: str, writer: int) -> None:
    """Note one fact after the other; say each once it is acknowledged, and take a dropped connection for what it is."""
    db.connect(url)
    for number in count():
        try:
            with db.database.connection_context():
                note_fact(School.get(), "step:visit", "done", HAND, detail={"writer": writer, "number": number})
        except peewee.DatabaseError:
            continue
        print(number, flush=True)


class Writer:
    """A process that writes, and what it has said so far."""

    def __init__(self, url: str, number: int, heard: threading.Condition) -> None:
        self.number, self.heard, self.told = number, heard, list[int]()
        command = [sys.executable, __file__, "--url", url, "--writer", str(number)]
        path = {"PYTHONPATH": os.pathsep.join(sys.path)}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | path)
        self.listener = threading.Thread(target=self._listen, daemon=True)
        self.listener.start()

    def _listen(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            with self.heard:
                self.told.append(int(line))
                self.heard.notify_all()

    def end(self) -> None:
        self.process.kill()
        self.process.wait()
        self.listener.join()


def run(server: Cluster, url: str, stops: int, writers: int = 4, seed: int = 1) -> Outcome:
    """Stop the server at once `stops` times under `writers` processes that write in the empty database at `url`."""
    dice, heard, outcome = random.Random(seed), threading.Condition(), Outcome()
    db.connect(url)
    schema.migrate()
    register_school(GRANETTES, HAND)
    at_work = [Writer(url, number, heard) for number in range(writers)]
    try:
        _each_writes_again(at_work, heard)
        for _ in range(stops):
            with heard:
                heard.wait(dice.uniform(0, 0.05))
            server.stop()
            server.start()
            back = time.monotonic()
            _each_writes_again(at_work, heard)
            outcome.seconds.append(time.monotonic() - back)
    finally:
        for writer in at_work:
            writer.end()
    said = {(writer.number, number) for writer in at_work for number in writer.told}
    with db.database.connection_context():
        details = (event.detail for event in Event.select().where(Event.axis == "step:visit"))
        written = {(detail["writer"], detail["number"]) for detail in details}
        outcome.complaints = list(complaints())
    outcome.acknowledged, outcome.lost = len(said), len(said - written)
    return outcome


def _each_writes_again(at_work: list[Writer], heard: threading.Condition) -> None:
    with heard:
        before = [len(writer.told) for writer in at_work]
        if not heard.wait_for(lambda: all(len(one.told) > had for one, had in zip(at_work, before, strict=True)), PATIENCE):
            raise TimeoutError(f"a writer has written nothing for {PATIENCE} s")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--stops", type=int, default=100)
    ask.add_argument("--careless", action="store_true")
    ask.add_argument("--url", help=argparse.SUPPRESS)
    ask.add_argument("--writer", type=int, help=argparse.SUPPRESS)
    asked = ask.parse_args()
    if asked.url:
        write(asked.url, asked.writer)
    server = Cluster.made(durable=not asked.careless)
    try:
        server.sql("CREATE DATABASE cartable")
        found = run(server, server.url("cartable"), asked.stops)
    finally:
        server.end()
    worst, middle = max(found.seconds), sorted(found.seconds)[len(found.seconds) // 2]
    print(
        f"{asked.stops} immediate stops: {found.acknowledged} writes acknowledged, {found.lost} lost, {len(found.complaints)} complaints; "
        f"every writer back within {worst:.2f} s (half the time {middle:.2f} s)"
    )
    raise SystemExit(1 if found.lost or found.complaints or worst > MOST_SECONDS else 0)


if __name__ == "__main__":
    main()
