"""Who has the database open for long: the pages and the worker share a lock on a file beside it, a restore wants it alone.

The lock is the kernel's (flock(2)), or the server's (an advisory lock): a process that is killed gives it back.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from inventory import postgres
from inventory.db import database, on_postgres
from inventory.errors import Refused


@contextmanager
def at_work(database_file: Path) -> Iterator[None]:
    """Be known to work on the database; raises `Refused` while it is being restored."""
    busy = "La base est en cours de restauration ou de copie : attendre sa fin, puis relancer."
    with postgres.present(database.obj, busy) if on_postgres() else _locked(database_file, fcntl.LOCK_SH, busy):
        yield


@contextmanager
def alone(database_file: Path) -> Iterator[None]:
    """Have the database to oneself; raises `Refused` while pages are served or a worker runs."""
    busy = "Les pages ou le calendrier tournent sur cette base : arrêter « cartable serve » et « cartable worker », puis relancer."
    with postgres.alone(database.obj, busy) if on_postgres() else _locked(database_file, fcntl.LOCK_EX, busy):
        yield


@contextmanager
def in_turn(database_file: Path) -> Iterator[None]:
    """Wait for whoever makes the database now: two that open a new file at once may find it locked by the other."""
    folder = os.open(database_file.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


@contextmanager
def _locked(database_file: Path, kind: int, busy: str) -> Iterator[None]:
    database_file.parent.mkdir(parents=True, exist_ok=True)
    with open(database_file.with_name(database_file.name + ".lock"), "a", encoding="ascii") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except OSError as fault:
            raise Refused(busy) from fault
        yield
