"""A table that grows from nothing: an engine that plans by counts of rows is given some before the table is ten times what it last counted."""

from __future__ import annotations

from inventory.db import look_again

VERY_MANY = 1_000


class Growth:
    """What is written to some tables in one go; the rows already there when it began count for nothing."""

    def __init__(self, *tables: str) -> None:
        self._tables, self._written, self._due = tables, 0, VERY_MANY

    def wrote(self, rows: int) -> None:
        """Note so many new rows, and let the engine count when they are many more than it knew."""
        self._written += rows
        if self._written >= self._due:
            look_again(*self._tables, quickly=True)
            self._due = 10 * self._written

    def ended(self, *others: str) -> None:
        """Let the engine count once more, these tables too, if very many rows were new."""
        if self._written >= VERY_MANY:
            look_again(*self._tables, *others)
