"""Many rows saved at once: one statement run over all of them, where a model's own `save` builds its SQL anew for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import Field, fn

from inventory.db import Table
from inventory.sets import write_set


def save_all(rows: Sequence[Table], only: Sequence[str] | None = None) -> None:
    """Update the rows that have an id (all their fields, or `only` some), then insert the others, which get theirs."""
    if not rows:
        return
    own, each = rows[0]._meta.primary_key.name, {id(row): row for row in rows}.values()
    known = [row for row in each if row.__data__.get(own) is not None]
    if known:
        _update(known, only)
    new = [row for row in each if row.__data__.get(own) is None]
    if new:
        _insert(new)
    for row in each:
        row._dirty.clear()


def _update(rows: Sequence[Table], only: Sequence[str] | None) -> None:
    meta = rows[0]._meta
    fields = [field for field in _fields(rows[0]) if only is None or field.name in only]
    assigned = ", ".join(f'"{field.column_name}" = ?' for field in fields)
    sql = f'UPDATE "{meta.table_name}" SET {assigned} WHERE "{meta.primary_key.column_name}" = ?'  # noqa: S608 our own names
    write_set(sql, _stored(rows, [*fields, meta.primary_key]))


def _insert(rows: Sequence[Table]) -> None:
    """Insert, then read the ids back by the field that is the row's own name in the trade (serial number, UAI, code)."""
    model, meta, fields = type(rows[0]), rows[0]._meta, _fields(rows[0])
    own = next(field for field in fields if field.unique and not field.null)
    last = model.select(fn.MAX(meta.primary_key)).scalar() or 0
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join("?" * len(fields))
    write_set(f'INSERT INTO "{meta.table_name}" ({columns}) VALUES ({marks})', _stored(rows, fields))  # noqa: S608 our own names
    ids = dict(model.select(own, meta.primary_key).where(meta.primary_key > last).tuples())
    for row in rows:
        setattr(row, meta.primary_key.name, ids[row.__data__[own.name]])


def _fields(row: Table) -> list[Field]:
    return [field for field in row._meta.sorted_fields if field is not row._meta.primary_key]


def _stored(rows: Sequence[Table], fields: Sequence[Field]) -> list[tuple[Any, ...]]:
    columns = [(field.name, field.db_value) for field in fields]
    return [tuple([stored(row.__data__.get(name)) for name, stored in columns]) for row in rows]
