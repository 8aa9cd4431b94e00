"""What is behind a figure: the rows of its table that are counted, or whose column is summed. A figure that is not their sum is a fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any


@dataclass(frozen=True, slots=True)
class Behind:
    """Which rows count, those whose `column` is one of `among` (all of them without a column), and the column to add up (rows counted without one)."""

    column: str = ""
    among: tuple[object, ...] = ()
    total: str = ""


def rows_behind(behind: Behind, rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The rows of a table, each a value by column key, that a figure is made of."""
    return [row for row in rows if not behind.column or row[behind.column] in behind.among]


def recount(behind: Behind, rows: Sequence[Mapping[str, Any]]) -> Decimal:
    """The figure, from its rows alone; an empty cell is nothing."""
    counted = rows_behind(behind, rows)
    if not behind.total:
        return Decimal(len(counted))
    return sum((Decimal(row[behind.total]) for row in counted if row[behind.total] is not None), Decimal(0))


def told(behind: Behind) -> dict[str, Any]:
    """The rule as JSON values."""
    return {"column": behind.column, "among": list(behind.among), "total": behind.total}


def read(values: Mapping[str, Any]) -> Behind:
    """The rule that `told` gave."""
    return Behind(values["column"], tuple(values["among"]), values["total"])
