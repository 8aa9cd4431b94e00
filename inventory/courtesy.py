"""Room for who else writes, between the transactions of a long job.

A process that commits and begins again at once keeps all others out: they look each millisecond whether the database is free, and
it never is. PostgreSQL serves its waiters in order, but one of theirs for each long transaction of ours.
"""

from __future__ import annotations

import threading
from time import perf_counter

from inventory.db import database, on_postgres, read_many

GLANCE = 0.003
"""Seconds in which who waits for SQLite has looked."""
LONGEST = 0.25
_NAP = threading.Event()  # never set: a wait that ends by its time
_WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"


class Courtesy:
    """Gives others as long as the job's last transaction took, if there are others."""

    def __init__(self) -> None:
        self._version, self._began = self._versions(), perf_counter()

    def give_way(self) -> None:
        """Called after each transaction; inside one there is nobody to give way to."""
        if database.in_transaction():
            return
        took = min(perf_counter() - self._began, LONGEST)
        _NAP.wait(GLANCE)
        version = self._versions()
        if version != self._version or (version and on_postgres()):
            _NAP.wait(took)
            version = self._versions()
        self._version, self._began = version, perf_counter()

    def _versions(self) -> int:
        """On SQLite a number that changes when another connection has written; on PostgreSQL how many wait."""
        ((number,),) = read_many(_WAITING if on_postgres() else "PRAGMA data_version")
        return int(number)
