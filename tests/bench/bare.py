"""`python -m bench.bare FILE PORT`: the least that a write over HTTP can be: the same server, a fair lock, four statements, a commit on disk.

It knows nobody, checks nothing and chains nothing: read a row, change it, close its history, open another, as `record_stage` must at the least.
"""

from __future__ import annotations

import sys
import threading
from itertools import count

import apsw
import waitress
from flask import Flask
from flask.typing import ResponseReturnValue

from config.web import THREADS
from inventory.fair_lock import FairLock

BUSY_MILLISECONDS = 30_000
TABLES = (
    "CREATE TABLE device (id INTEGER PRIMARY KEY, serial, stage, at)",
    "CREATE TABLE device_history (device_id, valid_from, valid_to, stage, PRIMARY KEY (device_id, valid_from)) WITHOUT ROWID",
)


def filled(path: str, devices: int) -> None:
    """A file of so many devices, each with one line of history."""
    here = apsw.Connection(path)
    here.execute("PRAGMA journal_mode = wal")
    here.execute("BEGIN")
    for table in TABLES:
        here.execute(table)
    here.executemany("INSERT INTO device VALUES (?, ?, 'expected', 0)", ((n, f"BENCH{n:09d}") for n in range(1, devices + 1)))
    here.execute("INSERT INTO device_history SELECT id, 0, NULL, stage FROM device")
    here.execute("COMMIT")
    here.close()


class _Hand(threading.local):
    """A connection for each thread, with the pragmas of the product."""

    def __init__(self, path: str) -> None:
        self.base = apsw.Connection(path)
        self.base.set_busy_timeout(BUSY_MILLISECONDS)
        self.base.execute("PRAGMA synchronous = full")


def bare_app(path: str) -> Flask:
    app, turn, hand, moments = Flask("bare"), FairLock(), _Hand(path), count(1)

    @app.get("/health/live")
    def live() -> ResponseReturnValue:
        return "ok"

    @app.post("/tablettes/<int:tablet>/etape")
    def stage(tablet: int) -> ResponseReturnValue:
        now, base = next(moments), hand.base
        turn.acquire()
        try:
            base.execute("BEGIN IMMEDIATE")
            base.execute("SELECT stage FROM device WHERE id = ?", (tablet,)).fetchall()
            base.execute("UPDATE device SET stage = 'ordered', at = ? WHERE id = ?", (now, tablet))
            base.execute("UPDATE device_history SET valid_to = ? WHERE device_id = ? AND valid_to IS NULL", (now, tablet))
            base.execute("INSERT INTO device_history VALUES (?, ?, NULL, 'ordered')", (tablet, now))
            base.execute("COMMIT")
        finally:
            turn.release()
        return "", 302, {"Location": "/"}

    return app


if __name__ == "__main__":
    waitress.serve(bare_app(sys.argv[1]), host="127.0.0.1", port=int(sys.argv[2]), threads=THREADS)
