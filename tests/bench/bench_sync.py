"""A reading of the whole fleet against merely downloading its pages and decoding them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import apsw
import msgspec
import requests

from bench import seed
from bench.harness import Row, in_turn, peak, timed
from bench.headwind import PAGE, serving
from inventory.actions.sightings import _UPDATE_PLAIN
from inventory.db import copy_to, read_many
from inventory.journal import _EVENT_SQL, _FACT_SQL, _head
from inventory.sqlite import PRAGMAS
from mdm.driver import Access
from mdm.drivers.headwind import Headwind
from mdm.models import Connector
from mdm.readings import listed_last
from mdm.sync import read_server

NOVEMBER = datetime(2017, 11, 13, 8, tzinfo=UTC)
SLOW = 0.05
MOST_MEMORY, VERY_MANY = 150.0, 100_000
A_SECOND_CHANGED = 1 / 15_000


def measure(size: int, runs: int) -> Iterator[Row]:
    """Unchanged, then 1 % changed, then all changed, then unchanged from a server that takes 50 ms a page."""
    with seed.store() as path:
        Connector.create(name="bench", kind="headwind", url="http://127.0.0.1", login="bench", created=NOVEMBER)
        with serving(size) as url:
            yield Row("memory of a first sync", size, peak(lambda: sync(url, size)), MOST_MEMORY, 1.0, "MiB")
            yield in_turn("sync unchanged / download + decode", size, lambda: sync(url, size), lambda: download(url, size), goal=1.6, runs=runs)
            yield Row("memory of a sync unchanged", size, peak(lambda: sync(url, size)), MOST_MEMORY, 1.0, "MiB")
            usual = url
            with serving(size, changed=0.01, version="some") as other:
                some = [(sync_timed(other, size), sync_timed(usual, size), sync_timed(usual, size)) for _ in range(runs)]
            yield Row("sync 1 % changed / unchanged", size, median(one[0] for one in some), median(one[2] for one in some), 1.25)
            with serving(size, changed=1.0, version="all") as other:
                yield from _all_changed(path, other, size)
                sync(usual, size)
        with serving(size, delay=SLOW) as url:
            often = runs if size < VERY_MANY else 1
            yield in_turn("sync, 50 ms a page / sequential", size, lambda: sync(url, size), lambda: download(url, size), goal=0.45, runs=often)


def _all_changed(path: Path, url: str, size: int) -> Iterator[Row]:
    """Against the pace that is wanted, and against its pages downloaded and decoded and its rows written by `executemany` in a copy of the file."""
    before = path.with_name("before.db")
    copy_to(before)
    last = _head()[0]
    took = sync_timed(url, size)
    rows = _written_after(last)
    bare = timed(lambda: download(url, size)) + timed(lambda: _executemany(before, rows))
    yield Row("sync all changed / 15 000 devices a second", size, took, size * A_SECOND_CHANGED, 1.0)
    yield Row("sync all changed / download + decode + executemany of its rows", size, took, bare, 1.8)


def _written_after(last: int) -> Sequence[tuple[str, Sequence[Any]]]:
    """What a reading wrote in the order of its devices, by statement."""
    columns = _UPDATE_PLAIN.split(" SET ")[1].split(" WHERE ")[0].replace(" = ?", "")
    events = list(read_many(f"SELECT {_columns(_EVENT_SQL)} FROM event WHERE position > ? ORDER BY position", [last]))
    facts = list(read_many(f"SELECT {_columns(_FACT_SQL)} FROM fact WHERE position > ? ORDER BY position", [last]))
    return (_UPDATE_PLAIN, list(read_many(f"SELECT {columns}, id FROM sighting ORDER BY id"))), (_EVENT_SQL, events), (_FACT_SQL, facts)


def _columns(insert: str) -> str:
    return insert.split("(")[1].split(")")[0]


def _executemany(path: Path, told: Sequence[tuple[str, Sequence[Any]]]) -> None:
    """The same statements on the same rows with the same pragmas, a thousand rows a commit."""
    here = apsw.Connection(str(path))
    for name, value in {**PRAGMAS, "journal_mode": "wal"}.items():
        here.execute(f"PRAGMA {name} = {value}").fetchall()
    for start in range(0, max(len(rows) for _, rows in told), PAGE):
        here.execute("BEGIN IMMEDIATE")
        for sql, rows in told:
            here.executemany(sql, rows[start : start + PAGE])
        here.execute("COMMIT")
    here.close()


def sync(url: str, size: int) -> None:
    connector = Connector.get()
    driver = Headwind(Access(url, "bench", "bench", expected=listed_last(connector)), clock=lambda: NOVEMBER, page_size=PAGE)
    run = read_server(connector, driver, now=NOVEMBER)
    if (run.state, run.seen) != ("complete", size):
        raise RuntimeError(f"the reading is {run.state}: {run.message}")


def sync_timed(url: str, size: int) -> float:
    return timed(lambda: sync(url, size))


def download(url: str, size: int) -> None:
    with requests.Session() as session:
        for number in range(1, -(-size // PAGE) + 1):
            answer = session.post(f"{url}/rest/private/devices/search", json={"pageNum": number, "pageSize": PAGE}, timeout=30)
            msgspec.json.decode(answer.content)
