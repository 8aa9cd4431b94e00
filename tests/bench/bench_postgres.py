"""The same reading of a fleet into PostgreSQL and into SQLite, in one run; nothing where PostgreSQL is not installed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from cluster import INITDB, Cluster

from bench import seed
from bench.bench_sync import NOVEMBER, sync, sync_timed
from bench.harness import Row
from bench.headwind import serving
from config import schema
from inventory import db
from mdm.models import Connector

GOAL = 1.3


def measure(size: int, runs: int) -> Iterator[Row]:
    """A first reading, one that is unchanged, one that is all changed."""
    if not INITDB:
        return
    with serving(size) as url, serving(size, changed=1.0, version="all") as other:
        with seed.store():
            there = _readings(url, other, size, runs)
        with _server():
            here = _readings(url, other, size, runs)
    for name, figure, floor in zip(("first", "unchanged", "all changed"), here, there, strict=True):
        yield Row(f"sync {name}, PostgreSQL / SQLite", size, figure, floor, GOAL)


def _readings(url: str, other: str, size: int, runs: int) -> tuple[float, float, float]:
    Connector.create(name="bench", kind="headwind", url="http://127.0.0.1", login="bench", created=NOVEMBER)
    first = sync_timed(url, size)
    sync(url, size)
    return first, median(sync_timed(url, size) for _ in range(runs)), sync_timed(other, size)


@contextmanager
def _server() -> Iterator[None]:
    """A database of a server of its own, which keeps what it acknowledges."""
    server = Cluster.made()
    try:
        server.sql("CREATE DATABASE bench")
        bound = db.connect(server.url("bench"))
        schema.migrate()
        bound.connect()
        try:
            yield
        finally:
            bound.close()
            bound.close_all()
    finally:
        server.end()
