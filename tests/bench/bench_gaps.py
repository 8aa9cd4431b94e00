"""A comparison of the whole town that finds nothing new, and what its pages read: each against a pace that is wanted."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from statistics import median

from bench import seed
from bench.harness import Row, timed
from inventory.actions.gaps import survey
from inventory.discrepancy import Kind
from inventory.queries.gap_counts import by_age, by_kind
from inventory.queries.gaps import gaps
from inventory.queries.listing import Ask
from inventory.scope import EVERYWHERE

NOVEMBER = datetime(2017, 11, 13, 8, tzinfo=UTC)
A_SECOND = 1 / 25_000
FEW = 2_500
A_PAGE = 0.05


def measure(size: int, runs: int) -> Iterator[Row]:
    """One tablet in sixteen is unknown to the MDM: opened once, then compared again; a page of the list, and its counts."""
    with seed.autumn_of(size, writes=True):
        yield Row("first comparison / 25 000 tablets a second", size, timed(lambda: survey(NOVEMBER)), max(size, FEW) * A_SECOND, 1.0)
        again = median(timed(lambda: survey(NOVEMBER)) for _ in range(runs))
        yield Row("comparison that finds nothing new / 50 000 tablets a second", size, again, max(size, FEW) * A_SECOND / 2, 1.0)
        yield Row("a page of discrepancies", size, timed(_page), A_PAGE, 1.0)
        yield Row("discrepancies counted by kind and by age", size, timed(_counts), A_PAGE, 1.0)


def _page() -> None:
    ask = Ask(filters={"ecart": Kind.NEVER_ENROLLED.value, "etat": "debout"}, sort="ouvert", now=NOVEMBER)
    gaps(ask, None, scope=EVERYWHERE)


def _counts() -> None:
    by_kind(EVERYWHERE, None)
    by_age(EVERYWHERE, None, NOVEMBER)
