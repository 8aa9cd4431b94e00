"""A reading of the whole fleet against merely downloading its pages and decoding them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

import msgspec
import requests

from bench import seed
from bench.harness import Row, in_turn, peak, timed
from bench.headwind import PAGE, serving
from mdm.driver import Access
from mdm.drivers.headwind import Headwind
from mdm.models import Connector
from mdm.sync import listed_last, read_server

NOVEMBER = datetime(2017, 11, 13, 8, tzinfo=UTC)
SLOW = 0.05
MOST_MEMORY = 150.0
A_SECOND_CHANGED = 1 / 15_000


def measure(size: int, runs: int) -> Iterator[Row]:
    """Unchanged, then 1 % changed, then all changed, then unchanged from a server that takes 50 ms a page."""
    with seed.store():
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
                yield Row("sync all changed / 15 000 devices a second", size, sync_timed(other, size), size * A_SECOND_CHANGED, 1.0)
                sync(usual, size)
        with serving(size, delay=SLOW) as url:
            yield in_turn("sync, 50 ms a page / sequential", size, lambda: sync(url, size), lambda: download(url, size), goal=0.45, runs=1)


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
