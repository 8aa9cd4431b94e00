"""Many rows at once, where the engines differ: PostgreSQL copies them into a table of the transaction and takes them from there as one set."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import peewee

from inventory.db import database, on_postgres, write_many
from inventory.postgres import plain_refusals

WORTH_A_COPY = 50
COPIED = "copied_rows"
INSERTED = re.compile(r"INSERT INTO (\S+) \(([^)]+)\) VALUES \([?, ]+\)(.*)")
UPDATED = re.compile(r"UPDATE (\S+) SET (.+) WHERE (\S+) = \?")


def write_set(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement (`?` marks) over rows of stored values whose keys all differ, inside a transaction.

    Raises `ValueError` for a statement that is neither `INSERT … VALUES (?, …)` nor `UPDATE … SET a = ?, … WHERE id = ?`.
    """
    if len(rows) < WORTH_A_COPY or not on_postgres():
        return write_many(sql, rows)
    with plain_refusals(), peewee.__exception_wrapper__, database.connection().cursor() as cursor:
        copied, taken = _through_a_copy(sql)
        cursor.execute(copied)
        with cursor.copy(f"COPY {COPIED} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute(taken)
        cursor.execute(f"DROP TABLE {COPIED}")


@lru_cache(maxsize=64)
def _through_a_copy(sql: str) -> tuple[str, str]:
    """The statement that makes the table of a copy, and the one that takes its rows."""
    if found := INSERTED.fullmatch(sql):
        table, columns, rest = found.groups()
        return _copied(table, columns), f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {COPIED} {rest}"  # noqa: S608 our own names
    found = UPDATED.fullmatch(sql)
    if not found:
        raise ValueError(f"not a statement for a set: {sql}")
    table, assigned, key = found.groups()
    columns = [part.split("=")[0].strip() for part in assigned.split(",")]
    taken = ", ".join(f"{column} = {COPIED}.{column}" for column in columns)
    return _copied(table, ", ".join([*columns, key])), f"UPDATE {table} SET {taken} FROM {COPIED} WHERE {table}.{key} = {COPIED}.{key}"  # noqa: S608 the same


def _copied(table: str, columns: str) -> str:
    return f"CREATE TEMP TABLE {COPIED} AS SELECT {columns} FROM {table} LIMIT 0"  # noqa: S608 our own names


def one_of(column: str, values: Sequence[str]) -> tuple[str, Sequence[Any]]:
    """A condition that a column is one of some texts, and its parameters: PostgreSQL takes a list as one."""
    marks = ",".join("?" * len(values)) or "NULL"
    return (f"{column} = ANY(?)", [list(values)]) if on_postgres() else (f"{column} IN ({marks})", values)
