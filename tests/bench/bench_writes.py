"""Technicians who write at the same time over HTTP, alone and while a worker reads a fleet, beside the least that such writes can be."""

from __future__ import annotations

import http.client
import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from statistics import median, quantiles
from time import perf_counter
from urllib.parse import urlencode

from bench import bare, seed
from bench.bench_crowd import serving as pages
from bench.bench_crowd import signed_in
from bench.bench_sync import NOVEMBER, sync
from bench.harness import Row
from bench.headwind import serving
from inventory.db import database
from mdm.models import Connector

WRITERS, EACH = 32, 25
MOST = 200
READ_MEANWHILE = 20_000
ORDERED = urlencode({"stage": "ordered"})


@dataclass(slots=True)
class Written:
    """What each write took, and all of them together."""

    seconds: list[float]
    elapsed: float

    @property
    def each(self) -> float:
        return self.elapsed / len(self.seconds)

    @property
    def slowest(self) -> float:
        return quantiles(self.seconds, n=100)[98]

    @property
    def usual(self) -> float:
        return median(self.seconds)


def measure(size: int, runs: int) -> Iterator[Row]:
    """How long 32 clients wait for one write of theirs, and the slowest hundredth; the same while twenty thousand devices are first read."""
    with seed.store() as path:
        seed.town(max(size, WRITERS * (EACH + MOST)))
        Connector.create(name="bench", kind="headwind", url="http://127.0.0.1", login="bench", created=NOVEMBER)
        headers = signed_in(WRITERS)
        database.close()
        beside = path.with_name("bare.db")
        bare.filled(str(beside), max(size, WRITERS * EACH))
        with pages(beside, "bench.bare") as port:
            floor = _at_once(port, headers, 0, EACH)
        with pages(path) as port:
            alone = _at_once(port, headers, 0, EACH)
            with serving(READ_MEANWHILE) as url:
                reader = multiprocessing.get_context("fork").Process(target=_read, args=[path, url])
                reader.start()
                during = _at_once(port, headers, WRITERS * EACH, MOST, reader.is_alive)
                reader.join()
    if reader.exitcode:
        raise RuntimeError("the fleet could not be read among the writers")
    yield Row("a write among 32 over HTTP / a bare one behind the same lock", size, alone.each, floor.each, 2.0)
    yield Row("slowest hundredth of writes / median", size, alone.slowest, alone.usual, 5.0)
    yield Row("slowest hundredth of writes during a first sync / median", size, during.slowest, during.usual, 5.0)


def _read(path: Path, url: str) -> None:
    """A first reading, by a process of its own as a worker's."""
    database.connect()
    sync(url, READ_MEANWHILE)
    database.close()


def _at_once(
    port: int, headers: Sequence[dict[str, str]], first: int, each: int, goes_on: Callable[[], bool] = lambda: True
) -> Written:  # fmt: skip
    """Each client writes its own tablets, one after the other on one connection; a wrong answer ends the bench."""
    seconds, faults, start = SimpleQueue[float](), SimpleQueue[str](), threading.Barrier(WRITERS + 1)

    def work(number: int) -> None:
        wire = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        start.wait()
        for tablet in range(first + number * each + 1, first + (number + 1) * each + 1):
            if not goes_on():
                break
            began = perf_counter()
            try:
                wire.request("POST", f"/tablettes/{tablet}/etape", ORDERED, headers[number])
                answer = wire.getresponse()
                answer.read()
            except OSError as fault:
                faults.put(repr(fault))
                break
            seconds.put(perf_counter() - began)
            if answer.status != 302:
                faults.put(f"HTTP {answer.status}")
        wire.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    start.wait()
    began = perf_counter()
    for thread in threads:
        thread.join()
    elapsed = perf_counter() - began
    if not faults.empty():
        raise RuntimeError(f"{faults.qsize()} writes went wrong, {faults.get()} for one")
    return Written([seconds.get() for _ in range(seconds.qsize())], elapsed)
