"""Fragments of words in PostgreSQL, by its index of trigrams; `inventory.postgres` alone hands these on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

SHORTEST_INDEXED = 3
TRIGRAMS_OFFERED = (
    "SELECT EXISTS (SELECT 1 FROM pg_available_extensions WHERE name = 'pg_trgm') AND has_database_privilege(current_database(), 'CREATE')"
)
SEARCHED = (
    "SELECT a.attname FROM pg_class i JOIN pg_attribute a ON a.attrelid = i.oid JOIN pg_namespace n ON n.oid = i.relnamespace "
    "WHERE i.relname = %s AND n.nspname = current_schema() ORDER BY a.attnum"
)


def search_index(database: Any, table: str, columns: Sequence[str]) -> None:
    """A GIN index of trigrams (pg_trgm) where the server offers them to the owner of a database; elsewhere the rows themselves are looked through."""
    if database.execute_sql(TRIGRAMS_OFFERED).fetchone()[0]:
        database.execute_sql("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        inside = ", ".join(f"{column} gin_trgm_ops" for column in columns)
        database.execute_sql(f"CREATE INDEX IF NOT EXISTS {table}_search ON {table} USING gin ({inside})")


def rows_holding(database: Any, table: str, fragment: str, most: int) -> list[int] | None:
    """The ids of at most `most` rows that hold a fragment; None if it is too short for the index, or there is none."""
    if len(fragment) < SHORTEST_INDEXED or not (columns := _searched(database, table)):
        return None
    alike = " OR ".join(f"{column} ILIKE %s" for column in columns)
    sql = f"SELECT id FROM {table} WHERE {alike} LIMIT %s"  # noqa: S608 names of ours
    pattern = "%" + re.sub(r"([\\%_])", r"\\\1", fragment) + "%"
    return [row[0] for row in database.execute_sql(sql, (*[pattern] * len(columns), most))]


def _searched(database: Any, table: str) -> Sequence[str]:
    """The columns of a table's index of fragments, asked of the server once; none while it is not there."""
    known: dict[str, Sequence[str]] = database.obj.searched
    if not known.get(table):
        known[table] = [row[0] for row in database.execute_sql(SEARCHED, (f"{table}_search",))]
    return known[table]


def indexes_fragments(database: Any, table: str) -> bool:
    return False
