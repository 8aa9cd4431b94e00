"""The power cut, thousands of times, on a disk that keeps what was synced and does what it likes with the rest.

`PYTHONPATH=.:tests python tests/proof/power_cut.py --cuts 10000`. A killed process does not show this: the kernel still writes what it was handed. Here
the engine writes to a disk of our own (an apsw VFS): writes wait until their file is synced, and a cut, which may fall in the midst
of any write or sync, drops some of those that wait, tears others by sectors of 512 bytes, and so puts them out of order. What was
acknowledged must be there at the next start, and the database sound. `--synchronous normal` is the planted fault: it loses some.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import apsw
from proof.disk import DISK, Disk, Store

from config import schema
from config.checks import complaints
from inventory import db, sqlite
from inventory.actions.places import note_fact, register_class, register_school
from inventory.actions.records import Hand
from inventory.db import database
from inventory.models import Event, MobileClass

NOVEMBER = datetime(2017, 11, 13, 7, tzinfo=UTC)
LIFE = 100  # cuts that one database goes through before a new one takes its place
MOST_STEPS = 150  # writes and syncs before the cut: about twelve make a transaction


@dataclass
class Outcome:
    """What a run showed."""

    cuts: int = 0
    acknowledged: int = 0
    lost: int = 0
    complaints: list[str] = field(default_factory=list)


@contextmanager
def _opened(path: str, **pragmas: Any) -> Iterator[None]:
    """The application's own database with the application's own settings, on our disk."""
    db.connect(f"sqlite:///{path}")
    database.obj.init(path, vfs=DISK, timeout=1, pragmas={"locking_mode": "exclusive"} | sqlite.PRAGMAS | pragmas)
    database.connect()
    try:
        yield
    finally:
        with suppress(apsw.IOError, db.OperationalError):
            database.close()


def _new_town(folder: Path) -> bytes:
    """A database with one class, as a file's content."""
    file = folder / "town.db"
    db.connect(f"sqlite:///{file}")
    schema.migrate()
    hand = Hand(None, NOVEMBER)
    with database.connection_context():
        school = {"uai": "0131204n", "name": "École primaire Les Granettes", "zone": "B", "rhythm": "4.5-wednesday"}
        values = {"code": "AIX-CM01", "school": register_school(school, hand)[0], "slots": 16, "expected": 14}
        window = {"window_first": NOVEMBER.date(), "window_last": (NOVEMBER + timedelta(days=40)).date()}
        register_class(values | window, [("charger", "Câbles de charge", 16)], hand)
    return file.read_bytes()


def _work(disk: Disk, numbers: Iterator[int], acknowledged: set[int]) -> None:
    """Record one step after the other until the power is cut; what returned is acknowledged."""
    row = MobileClass.get()
    for number in numbers:
        hand = Hand(None, NOVEMBER + timedelta(seconds=number))
        try:
            note_fact(row, "step:order", "done", hand, detail={"number": number}, note=f"bon n° {number}")
        except (db.OperationalError, apsw.IOError):
            if not disk.cut:
                raise
            return
        acknowledged.add(number)


def _look(acknowledged: set[int], outcome: Outcome) -> None:
    """What is there of what was acknowledged, and what the check has to say."""
    written = {event.detail["number"] for event in Event.select().where(Event.axis == "step:order")}
    outcome.lost += len(acknowledged - written)
    acknowledged.intersection_update(written)
    outcome.complaints.extend(complaints())


def run(cuts: int, seed: int = 1, synchronous: str | None = None) -> Outcome:
    """Cut the power `cuts` times; `synchronous` replaces the application's own setting."""
    dice, outcome, planted = random.Random(seed), Outcome(), {"synchronous": synchronous} if synchronous else {}
    with tempfile.TemporaryDirectory() as folder:
        path, town = f"{folder}/disk.db", _new_town(Path(folder))
        disk = Disk()
        for number in range(cuts):
            if number % LIFE == 0:
                disk.files = {path: Store(bytearray(town), bytearray(town), named=True)}
                acknowledged, numbers = set[int](), count(1)
            with _opened(path, wal_autocheckpoint=dice.randint(5, 100), **planted):
                disk.steps_left = dice.randint(1, MOST_STEPS)
                before = len(acknowledged)
                _work(disk, numbers, acknowledged)
                outcome.acknowledged += len(acknowledged) - before
            disk.power_again(dice)
            outcome.cuts += 1
            with _opened(path):
                _look(acknowledged, outcome)
                disk.steps_left = 0 if dice.random() < 0.5 else None  # closed, or cut again before it could be
            disk.power_again(dice)
            if number % 1000 == 999:
                print(f"{number + 1} cuts", file=sys.stderr, flush=True)
        disk.unregister()
    return outcome


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--cuts", type=int, default=10_000)
    ask.add_argument("--seed", type=int, default=1)
    ask.add_argument("--synchronous", choices=["full", "normal"], help="in the place of the application's own setting")
    asked = ask.parse_args()
    found = run(asked.cuts, asked.seed, asked.synchronous)
    print(
        f"{found.cuts} power cuts ({asked.synchronous or sqlite.PRAGMAS['synchronous']}): {found.acknowledged} writes acknowledged, "
        f"{found.lost} lost, {len(found.complaints)} complaints of the check"
    )
    raise SystemExit(1 if found.lost or found.complaints or not found.acknowledged else 0)


if __name__ == "__main__":
    main()
