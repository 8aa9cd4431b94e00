"""A comparison of the whole town that finds nothing new, against merely reading the serial numbers of both sides; then what its pages read."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from bench import seed
from bench.harness import Row, in_turn, timed
from inventory.actions.gaps import survey
from inventory.db import read_many
from inventory.discrepancy import Kind
from inventory.queries.gap_counts import by_age, by_kind
from inventory.queries.gaps import gaps
from inventory.queries.listing import Ask
from inventory.scope import EVERYWHERE

NOVEMBER = datetime(2017, 11, 13, 8, tzinfo=UTC)
A_SECOND_OPENED = 1 / 2_500
A_PAGE = 0.05


def measure(size: int, runs: int) -> Iterator[Row]:
    """One tablet in sixteen is unknown to the MDM: opened once, then compared again; a page of the list, and its counts."""
    with seed.store():
        seed.town(size)
        seed.autumn(size)
        opened = timed(lambda: survey(NOVEMBER))
        yield Row("first comparison / 2 500 discrepancies opened a second", size, opened, max(_standing(), 250) * A_SECOND_OPENED, 1.0)
        yield in_turn("comparison again / serial numbers read", size, lambda: survey(NOVEMBER), _both_sides, goal=8, runs=runs)
        yield Row("a page of discrepancies", size, timed(_page), A_PAGE, 1.0)
        yield Row("discrepancies counted by kind and by age", size, timed(_counts), A_PAGE, 1.0)


def _standing() -> int:
    return sum(by_kind(EVERYWHERE, None).values())


def _both_sides() -> None:
    for table in ("tablet", "sighting"):
        list(read_many(f"SELECT id, serial FROM {table} ORDER BY serial"))


def _page() -> None:
    ask = Ask(filters={"ecart": Kind.NEVER_ENROLLED.value, "etat": "debout"}, sort="ouvert", now=NOVEMBER)
    gaps(ask, None, scope=EVERYWHERE)


def _counts() -> None:
    by_kind(EVERYWHERE, None)
    by_age(EVERYWHERE, None, NOVEMBER)
