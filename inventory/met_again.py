"""Rows met again: a list that is read again names nearly always the same things, in the order in which their rows were written.

The next rows of the table are therefore read in one walk, and only what is not among them is looked for by its name: a walk costs half of as
many searches. What is found either way is the row as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any

from inventory.db import read_many
from inventory.sets import one_of

A_QUESTION, SCATTERED = 1000, 4


class MetAgain:
    """The rows of `table` that fulfil `condition` (with its `marks`), told by the digest that they keep in `told`, which is that of one `name` only."""

    def __init__(self, table: str, name: str, condition: str, marks: Sequence[Any]) -> None:
        self._called_so = f"SELECT told, id FROM {table} WHERE {condition} AND told IS NOT NULL AND "  # noqa: S608 our own names
        near = f"SELECT * FROM {table} WHERE id >= ? ORDER BY id LIMIT ?"  # noqa: S608 the same; no index of the condition leads as fast
        self._next_ones = f"SELECT told, id FROM ({near}) AS near WHERE {condition} AND told IS NOT NULL LIMIT ?"  # noqa: S608 the same
        self._name, self._marks, self._next = name, marks, 0

    def rows(self, names: Sequence[str], told: Sequence[str | None]) -> list[int | None]:
        """The row of each thing, by its name and the digest of what it tells now; None for one that kept another, or none."""
        found = list(map(self._following(len(told)).get, told))
        if None in found:
            places = [place for place, row in enumerate(found) if row is None]
            known = self._called([names[place] for place in places])
            for place in places:
                found[place] = known.get(told[place])
        self._follow([row for row in found if row is not None])
        return found

    def _follow(self, rows: Sequence[int]) -> None:
        """Go on after these rows, if they lie together."""
        together = rows and 0 <= rows[-1] - rows[0] < SCATTERED * len(rows)
        self._next = rows[-1] + 1 if together else 0

    def _following(self, count: int) -> Mapping[str | None, int]:
        if not self._next:
            return {}
        return dict(read_many(self._next_ones, (self._next, SCATTERED * count, *self._marks, count)))

    def _called(self, names: Sequence[str]) -> Mapping[str | None, int]:
        questions = (one_of(self._name, names[start : start + A_QUESTION]) for start in range(0, len(names), A_QUESTION))
        return dict(chain.from_iterable(read_many(self._called_so + among, (*self._marks, *marks)) for among, marks in questions))
