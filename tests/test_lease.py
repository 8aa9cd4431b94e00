"""One worker at a time, even when one falls asleep, dies, or comes back from the dead."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from databases import address

from config import lease
from config.models import Lease
from inventory import db

NIGHT = datetime(2017, 10, 29, 0, 30, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def table(tmp_path: Path) -> Iterator[None]:
    db.connect(address(tmp_path))
    with db.database.connection_context():
        db.database.create_tables([Lease])
        yield


def acquire(holder: str, now: datetime) -> int | None:
    return lease.acquire("worker", holder, now, 60)


def test_the_second_worker_waits_for_the_first() -> None:
    assert acquire("granettes", NIGHT) == 1
    assert acquire("puyricard", NIGHT + MINUTE / 2) is None
    assert acquire("granettes", NIGHT + MINUTE / 2) == 1, "its own lease, still"


def test_a_sleeper_loses_its_lease_and_cannot_renew_it() -> None:
    asleep = acquire("granettes", NIGHT)
    awake = acquire("puyricard", NIGHT + 2 * MINUTE)
    assert (asleep, awake) == (1, 2)
    assert not lease.renew("worker", 1, NIGHT + 2 * MINUTE, 60)
    assert lease.renew("worker", 2, NIGHT + 2 * MINUTE, 60)
    lease.release("worker", 1)
    assert acquire("granettes", NIGHT + 2 * MINUTE) is None, "an old token gives nothing back"


def test_tokens_only_grow_through_releases_and_ends() -> None:
    tokens = []
    for turn, holder in enumerate(("granettes", "puyricard", "granettes", "granettes")):
        token = acquire(holder, NIGHT + turn * MINUTE)
        assert token is not None
        tokens.append(token)
        if turn == 0:
            lease.release("worker", token)
    assert tokens == [1, 2, 3, 4]


def test_a_renewed_lease_goes_on() -> None:
    acquire("granettes", NIGHT)
    for minute in range(1, 10):
        assert lease.renew("worker", 1, NIGHT + minute * MINUTE, 90)
        assert acquire("puyricard", NIGHT + minute * MINUTE) is None


def test_a_worker_that_was_killed_is_not_waited_for() -> None:
    told = "from config import lease; print(lease.this_process())"
    dead = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout.strip()
    alive, another = lease.this_process(), lease.this_process()
    assert alive != another
    assert acquire(dead, NIGHT) == 1
    assert acquire(alive, NIGHT) == 2, "even with the clock stopped"
    assert acquire(another, NIGHT) is None, "a living process is waited for"


def test_a_process_that_took_over_the_identifier_of_a_dead_one_is_not_taken_for_it() -> None:
    machine, identifier, start, mark = lease.this_process().split("/")
    assert int(identifier) == os.getpid()
    assert acquire(f"{machine}/{identifier}/{int(start) - 1}/{mark}", NIGHT) == 1
    assert acquire("puyricard", NIGHT) == 2


def test_a_worker_of_another_machine_is_waited_for_to_the_end_of_its_lease() -> None:
    _, identifier, _, mark = lease.this_process().split("/")
    assert acquire(f"another:boot:1/{identifier}/1/{mark}", NIGHT) == 1
    assert acquire("puyricard", NIGHT) is None
    assert acquire("puyricard", NIGHT + MINUTE) == 2
