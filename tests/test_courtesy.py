"""A long job made of many transactions lets another process write between them, and does not wait for nobody."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import databases
import pytest

from inventory import courtesy, db
from inventory.courtesy import Courtesy

ROOT = Path(__file__).parent.parent
NAP = threading.Event()  # never set: a wait that ends by its time
TRANSACTIONS = 25
OTHER = """
import sys
from pathlib import Path
from inventory import db
db.connect(sys.argv[1]).connect()
print("ready", flush=True)
count = 0
while not Path(sys.argv[2]).exists():
    with db.atomic():
        db.write_many("INSERT INTO note VALUES (?)", [(count,)])
    count += 1
print(count)
"""


def job() -> None:
    """Transactions of some twenty milliseconds, one right after the other."""
    manners = Courtesy()
    for number in range(TRANSACTIONS):
        with db.atomic():
            db.write_many("INSERT INTO note VALUES (?)", [(-number,)])
            NAP.wait(0.02)
        manners.give_way()


def test_who_else_writes_gets_more_turns_than_the_job_has(store: Path) -> None:
    db.database.execute_sql("CREATE TABLE note (number INTEGER)")
    over = store.with_name("over")
    command = [sys.executable, "-c", OTHER, databases.address(store.parent), str(over)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None and other.stdout.readline() == "ready\n"
        job()
        over.touch()
        assert int(other.stdout.read()) > 2 * TRANSACTIONS


def test_a_job_alone_waits_no_longer_than_a_glance(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    manners = Courtesy()
    monkeypatch.setattr(courtesy, "_NAP", type("Nap", (), {"wait": lambda self, seconds: waited.append(seconds)})())
    for _ in range(3):
        with db.atomic():
            db.database.execute_sql("CREATE TABLE IF NOT EXISTS note (number INTEGER)")
            db.write_many("INSERT INTO note VALUES (?)", [(1,)])
        manners.give_way()
    assert waited == [courtesy.GLANCE] * 3
    with db.atomic():
        manners.give_way()
    assert waited == [courtesy.GLANCE] * 3, "who waits inside a transaction only makes others wait longer"
