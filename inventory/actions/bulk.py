"""Many rows saved at once: one statement run over all of them, where a model's own `save` builds its SQL anew for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from peewee import Field, fn

from inventory.db import Table, write_many


def save_all(rows: Sequence[Table], only: Sequence[str] | None = None) -> None:
    """Update the rows that have an id (all their fields, or `only` some), then insert the others, which get theirs."""
    each = {id(row): row for row in rows}.values()
    known = [row for row in each if row.get_id() is not None]
    if known:
        _update(known, only)
    new = [row for row in each if row.get_id() is None]
    if new:
        _insert(new)
    for row in each:
        row._dirty.clear()


def _update(rows: Sequence[Table], only: Sequence[str] | None) -> None:
    meta = rows[0]._meta
    fields = [field for field in _fields(rows[0]) if only is None or field.name in only]
    assigned = ", ".join(f'"{field.column_name}" = ?' for field in fields)
    sql = f'UPDATE "{meta.table_name}" SET {assigned} WHERE "{meta.primary_key.column_name}" = ?'  # noqa: S608 our own names
    write_many(sql, [(*_stored(row, fields), row.get_id()) for row in rows])


def _insert(rows: Sequence[Table]) -> None:
    """Insert, then read the ids back by the field that is the row's own name in the trade (serial number, UAI, code)."""
    model, meta, fields = type(rows[0]), rows[0]._meta, _fields(rows[0])
    own = next(field for field in fields if field.unique and not field.null)
    last = model.select(fn.MAX(meta.primary_key)).scalar() or 0
    columns = ", ".join(f'"{field.column_name}"' for field in fields)
    marks = ", ".join("?" * len(fields))
    write_many(f'INSERT INTO "{meta.table_name}" ({columns}) VALUES ({marks})', [_stored(row, fields) for row in rows])  # noqa: S608 our own names
    ids = dict(model.select(own, meta.primary_key).where(meta.primary_key > last).tuples())
    for row in rows:
        setattr(row, meta.primary_key.name, ids[row.__data__[own.name]])


def _fields(row: Table) -> list[Field]:
    return [field for field in row._meta.sorted_fields if field is not row._meta.primary_key]


def _stored(row: Table, fields: Sequence[Field]) -> tuple[Any, ...]:
    told = row.__data__
    return tuple(field.db_value(told.get(field.name)) for field in fields)
