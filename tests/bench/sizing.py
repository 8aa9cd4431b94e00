"""What a town of each size weighs: disk, memory at rest, readings, backup, check. The figures of `docs/operations.md`.

`PYTHONPATH=.:tests python tests/bench/sizing.py --sizes 28,6000,200000`. Each is a whole town with the journal of its tablets and a first
reading of its MDM; with `--postgresql` it is then moved to a private server of PostgreSQL, whose size and move are told too.
"""

from __future__ import annotations

import argparse
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

from cluster import Cluster

from bench import seed
from bench.bench_sync import NOVEMBER, sync_timed
from bench.harness import timed
from bench.headwind import serving
from config import backups, checks, moving
from inventory import db
from inventory.models import Event
from mdm.models import Connector

MIB = 2**20
HEADINGS = (
    "tablets", "journal lines", "database, MiB", "pages at rest, MiB", "first reading, s", "unchanged, s", "backup, s", "check, s",
)  # fmt: skip
ON_POSTGRES = ("PostgreSQL, MiB", "copy-database, s")


def measured(size: int, postgresql: bool) -> list[str]:
    """One line of the table."""
    with seed.store() as path:
        seed.town(size)
        Connector.create(name="bench", kind="headwind", url="http://127.0.0.1", login="bench", created=NOVEMBER)
        with serving(size) as url:
            first, unchanged = sync_timed(url, size), sync_timed(url, size)
        db.database.execute_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        weighs, lines = path.stat().st_size / MIB, Event.select().count()
        backup = timed(lambda: backups.backup(path.with_name("copy.db"), NOVEMBER))
        check = timed(lambda: list(checks.complaints()))
        figures = [weighs, at_rest(path), first, unchanged, backup, check]
        return [str(size), str(lines), *(f"{one:.1f}" for one in figures), *(moved(path) if postgresql else ())]


def at_rest(path: Path) -> float:
    """The resident memory of the pages' process, in MiB, once it has answered one."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = {name: value for name, value in os.environ.items() if not name.startswith("CARTABLE_")}
    mine = {"CARTABLE_DATABASE": f"sqlite:///{path}", "CARTABLE_PORT": str(port), "CARTABLE_SYNC_MINUTES": "0"}
    process = subprocess.Popen([sys.executable, "-m", "config.cli", "serve"], env=kept | mine)
    try:
        while not _answers(f"http://127.0.0.1:{port}/connexion"):
            process.poll()
        told = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process.pid}/status").read_text())
        return int(told[1]) / 1024 if told else 0.0
    finally:
        process.terminate()
        process.wait()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=30) as answer:
            return bool(answer.status == 200)
    except OSError:
        return threading.Event().wait(0.1)


def moved(path: Path) -> list[str]:
    """The same town on PostgreSQL: its size, and how long the move and its proof took."""
    server = Cluster.made()
    try:
        server.sql("CREATE DATABASE cartable")
        took = timed(lambda: moving.move(f"sqlite:///{path}", server.url("cartable")))
        with db.database.connection_context():
            weighs = db.database.execute_sql("SELECT pg_database_size('cartable')").fetchone()[0] / MIB
        return [f"{weighs:.1f}", f"{took:.1f}"]
    finally:
        db.database.close()
        server.end()


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--sizes", default="28,6000,200000")
    ask.add_argument("--postgresql", action="store_true")
    asked = ask.parse_args()
    headings = HEADINGS + (ON_POSTGRES if asked.postgresql else ())
    for line in headings, ["---:"] * len(headings):
        print(f"| {' | '.join(line)} |")
    for size in map(int, asked.sizes.split(",")):
        print(f"| {' | '.join(measured(size, asked.postgresql))} |", flush=True)


if __name__ == "__main__":
    main()
