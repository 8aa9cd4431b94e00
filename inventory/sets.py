"""Many rows at once, where the engines differ.

PostgreSQL copies new rows into their table, and others into a table of the transaction, from where it takes them as one set. SQLite is told some hundred rows a
statement where the table has an index of fragments: that index is written out after each statement that touches it, which costs ten
times what it is to index a row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import Any

import peewee

from inventory.db import database, indexes_fragments, on_postgres, read_many, write_many
from inventory.memory import once
from inventory.postgres import plain_refusals

WORTH_A_COPY, A_STATEMENT = 50, 500
COPIED = "copied_rows"
INSERTED = re.compile(r"INSERT INTO (\S+) \(([^)]+)\) VALUES \([?, ]+\)(.*)")
UPDATED = re.compile(r"UPDATE (\S+) SET (.+) WHERE (\S+) = \?")


def write_set(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement (`?` marks) over rows of stored values whose keys all differ, inside a transaction.

    Raises `ValueError` for a statement that is neither `INSERT … VALUES (?, …)` nor `UPDATE … SET a = ?, … WHERE id = ?`.
    """
    if len(rows) < WORTH_A_COPY or not (on_postgres() or indexes_fragments(_table(sql))):
        return write_many(sql, rows)
    if not on_postgres():
        return _by_statements(sql, rows)
    with plain_refusals(), peewee.__exception_wrapper__, database.connection().cursor() as cursor:
        if straight := _straight(sql):
            return _copy(cursor, straight, rows)
        copied, taken = _through_a_copy(sql)
        cursor.execute(copied)
        _copy(cursor, COPIED, rows)
        cursor.execute(taken)
        cursor.execute(f"DROP TABLE {COPIED}")


def _straight(sql: str) -> str | None:
    """The table and the columns of rows that are new whatever is there; None for any other statement."""
    found = INSERTED.fullmatch(sql)
    return f"{found.group(1)} ({found.group(2)})" if found and not found.group(3).strip() else None


def _copy(cursor: Any, into: str, rows: Sequence[Sequence[Any]]) -> None:
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _table(sql: str) -> str:
    found = INSERTED.fullmatch(sql) or UPDATED.fullmatch(sql)
    if not found:
        raise ValueError(f"not a statement for a set: {sql}")
    return str(found.group(1)).strip('"')


def _by_statements(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    for start in range(0, len(rows), A_STATEMENT):
        some = rows[start : start + A_STATEMENT]
        database.execute_sql(_of_several(sql, len(some), len(some[0])), list(chain.from_iterable(some)))


@lru_cache(maxsize=64)
def _of_several(sql: str, count: int, wide: int) -> str:
    """The statement that does for `count` rows of values what this one does for one."""
    rows = ",".join([f"({','.join('?' * wide)})"] * count)
    if found := INSERTED.fullmatch(sql):
        table, columns, rest = found.groups()
        return f"INSERT INTO {table} ({columns}) VALUES {rows}{rest}"  # noqa: S608 our own names
    table, assigned, key = UPDATED.fullmatch(sql).groups()  # type: ignore[union-attr]
    taken = ", ".join(f"{part.split('=')[0].strip()} = told.column{place}" for place, part in enumerate(assigned.split(","), 1))
    return f"UPDATE {table} SET {taken} FROM (VALUES {rows}) AS told WHERE {table}.{key} = told.column{wide}"  # noqa: S608 our own names


@lru_cache(maxsize=64)
def _through_a_copy(sql: str) -> tuple[str, str]:
    """The statement that makes the table of a copy, and the one that takes its rows."""
    if found := INSERTED.fullmatch(sql):
        table, columns, rest = found.groups()
        return _copied(table, columns), f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {COPIED} {rest}"  # noqa: S608 our own names
    _table(sql)
    table, assigned, key = UPDATED.fullmatch(sql).groups()  # type: ignore[union-attr]
    columns = [part.split("=")[0].strip() for part in assigned.split(",")]
    taken = ", ".join(f"{column} = {COPIED}.{column}" for column in columns)
    return _copied(table, ", ".join([*columns, key])), f"UPDATE {table} SET {taken} FROM {COPIED} WHERE {table}.{key} = {COPIED}.{key}"  # noqa: S608 the same


def _copied(table: str, columns: str) -> str:
    return f"CREATE TEMP TABLE {COPIED} AS SELECT {columns} FROM {table} LIMIT 0"  # noqa: S608 our own names


def one_of(column: str, values: Sequence[str]) -> tuple[str, Sequence[Any]]:
    """A condition that a column is one of some texts, and its parameters: PostgreSQL takes a list as one."""
    marks = ",".join("?" * len(values)) or "NULL"
    return (f"{column} = ANY(?)", [list(values)]) if on_postgres() else (f"{column} IN ({marks})", values)


def axes_of(subject: str) -> tuple[str, ...]:
    """Every axis that was told of a kind of subject, so that the few lines of one are found without reading those of all the others.

    Walked in the index from one axis to the next, whatever the number of their lines: no engine does so by itself.
    """
    walk = (
        "WITH RECURSIVE told (axis) AS (SELECT MIN(axis) FROM fact WHERE subject = ? UNION ALL "
        "SELECT (SELECT MIN(axis) FROM fact WHERE subject = ? AND axis > told.axis) FROM told WHERE told.axis IS NOT NULL) "
        "SELECT axis FROM told WHERE axis IS NOT NULL"
    )
    return once(("axes", subject), lambda: tuple(row[0] for row in read_many(walk, (subject, subject))))


def within(column: str, values: Sequence[Any]) -> str:
    """A condition that a column is one of some values, none of which nothing is."""
    return f"{column} IN ({','.join('?' * len(values))})" if values else "1 = 0"
