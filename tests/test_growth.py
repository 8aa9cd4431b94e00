"""A table that grows from nothing is counted by an engine that plans by counts; SQLite is left as it is."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from inventory import growth
from inventory.actions.sightings import take_in
from inventory.db import look_again, on_postgres, read_many
from inventory.growth import Growth
from mdm.driver import DeviceReport


def counted() -> int:
    """How many columns of sightings the engine knows something of."""
    known = "pg_stats WHERE tablename = 'sighting'" if on_postgres() else "sqlite_master WHERE name LIKE 'sqlite_stat%'"
    return int(next(read_many(f"SELECT count(*) FROM {known}"))[0])


def test_it_is_asked_when_the_new_rows_are_ten_times_as_many_and_at_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[tuple[int, tuple[str, ...], bool]]()
    written = 0
    monkeypatch.setattr(growth, "look_again", lambda *tables, quickly=False: asked.append((written, tables, quickly)))
    grows = Growth("sighting")
    for _ in range(300):
        written += 100
        grows.wrote(100)
    grows.ended("event", "fact")
    assert asked == [(1_000, ("sighting",), True), (10_000, ("sighting",), True), (30_000, ("sighting", "event", "fact"), False)]
    few = Growth("sighting")
    few.wrote(999)
    few.ended("event")
    assert len(asked) == 3, "a few rows more change no plan"


def test_only_devices_never_heard_of_are_new_and_postgresql_alone_counts(store: Path, now: datetime) -> None:
    told = [DeviceReport(str(number), f"S{number}", f"N{number}", "enrolled") for number in range(20)]
    assert [take_in("mdm", told[start:], now=now)[0].fresh for start in (12, 0, 0)] == [8, 12, 0]
    assert counted() == 0
    look_again("sighting", quickly=True)
    assert bool(counted()) == on_postgres()
