"""Technicians who write at the same time, alone and under a sync, against the bare statements behind the same fair lock."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import SimpleQueue
from statistics import quantiles
from time import perf_counter

import apsw

from bench import seed
from bench.bench_sync import NOVEMBER, sync
from bench.harness import Row
from bench.headwind import serving
from inventory.actions.records import Hand
from inventory.actions.tablets import record_stage
from inventory.db import database, held_open
from inventory.fair_lock import FairLock
from inventory.lifecycle import Stage
from inventory.models import Person, Tablet
from mdm.models import Connector

BUSY_SECONDS = 30
WRITERS = 32
EACH = 25
ORDERED_AT = datetime(2017, 10, 9, 8, tzinfo=UTC)
BARE = (
    "INSERT INTO bare_event SELECT coalesce(max(position), 0) + 1, ?, ?, ?, ?, ? FROM bare_event",
    "INSERT INTO bare_fact VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at",
)


def measure(size: int, runs: int) -> Iterator[Row]:
    """A write each by 32 writers at once; the slowest hundredth against the usual one; the same while a fleet is read."""
    with seed.store() as path, held_open():
        seed.town(max(size, WRITERS * EACH * 3))
        bare = _bare(path)
        alone = _recorded(0)
        yield Row("a write among 32 / bare statements", size, sum(alone) / len(alone), sum(bare) / len(bare), 2.0)
        yield Row("slowest hundredth of writes / median", size, _slowest(alone), _median(alone), 5.0)
        Connector.create(name="bench", kind="headwind", url="http://127.0.0.1", login="bench", created=NOVEMBER)
        with serving(size) as url:
            reading = threading.Thread(target=lambda: sync(url, size))
            reading.start()
            during = _recorded(WRITERS * EACH)
            reading.join()
        yield Row("slowest hundredth of writes during a first sync / median", size, _slowest(during), _median(during), 5.0)


def _recorded(first: int) -> list[float]:
    """Seconds of each stage recorded, each writer its own tablets, a connection a write as for a request."""
    alice, _ = Person.get_or_create(login="alice", defaults={"name": "Alice", "role": "technician"})
    hand = Hand(alice, ORDERED_AT + timedelta(days=1))

    def write(number: int) -> None:
        with database.connection_context():
            record_stage(Tablet.get_by_id(first + number + 1), Stage.ORDERED, hand, at=ORDERED_AT)

    return _at_once(lambda writer: write)


def _bare(path: Path) -> list[float]:
    """The least that such a write is: a line and its copy, committed to disk, in turn."""
    turn = FairLock()
    for table in ("CREATE TABLE bare_event (position INTEGER PRIMARY KEY, a, b, c, d, e)", "CREATE TABLE bare_fact (id PRIMARY KEY, a, b, c, at)"):
        database.execute_sql(table)

    def writer(number: int) -> Callable[[int], None]:
        here = apsw.Connection(str(path))
        here.setbusytimeout(BUSY_SECONDS * 1000)
        here.execute("PRAGMA synchronous = full")

        def write(one: int) -> None:
            turn.acquire()
            try:
                here.execute("BEGIN IMMEDIATE")
                for statement in BARE:
                    here.execute(statement, (one, "stage", "ordered", "{}", 1_507_536_000_000_000))
                here.execute("COMMIT")
            finally:
                turn.release()

        return write

    return _at_once(writer)


def _at_once(writer: Callable[[int], Callable[[int], None]]) -> list[float]:
    seconds, faults, start = SimpleQueue[float](), SimpleQueue[BaseException](), threading.Barrier(WRITERS)

    def work(number: int) -> None:
        try:
            write = writer(number)
            start.wait()
            for one in range(number * EACH, (number + 1) * EACH):
                began = perf_counter()
                write(one)
                seconds.put(perf_counter() - began)
        except BaseException as fault:
            faults.put(fault)

    threads = [threading.Thread(target=work, args=[number]) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if not faults.empty():
        raise faults.get()
    return [seconds.get() for _ in range(WRITERS * EACH)]


def _slowest(seconds: list[float]) -> float:
    return quantiles(seconds, n=100)[98]


def _median(seconds: list[float]) -> float:
    return quantiles(seconds, n=2)[0]
