"""Room for who else writes, between the transactions of a long job.

A process that commits and begins again at once keeps all others out: they look each millisecond whether the database is free, and
it never is. PostgreSQL serves its waiters in order, but one of theirs for each long transaction of ours.
"""

from __future__ import annotations

import threading
from time import perf_counter

from inventory.db import database, others_write

GLANCE = 0.003
"""Seconds in which who waits for SQLite has looked."""
LONGEST = 0.25
_NAP = threading.Event()  # never set: a wait that ends by its time


class Courtesy:
    """Gives others as long as the job's last transaction took, if there are others."""

    def __init__(self) -> None:
        self._known, self._began = others_write(None)[1], perf_counter()

    def give_way(self) -> None:
        """Called after each transaction; inside one there is nobody to give way to."""
        if database.in_transaction():
            return
        took = min(perf_counter() - self._began, LONGEST)
        _NAP.wait(GLANCE)
        others, self._known = others_write(self._known)
        if others:
            _NAP.wait(took)
            self._known = others_write(None)[1]
        self._began = perf_counter()
