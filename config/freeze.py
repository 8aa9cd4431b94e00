"""Maintenance: write the first migration from the live models, `python -m config.freeze 0001_start`.

The file it writes is frozen: it names tables and columns in peewee's engine-neutral types and imports no model, so that it goes on
meaning what it meant when models change. It may be written anew until a version is released with it; after that, a change of the
models is a new migration written by hand, and `tests/test_schema.py` says when one is missing.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any

import peewee

from config import models as config_models
from config.schema import MIGRATIONS
from deploy import models as deploy_models
from inventory import models as inventory_models
from inventory.db import Table
from mdm import models as mdm_models

LIVE: tuple[type[Table], ...] = (
    *inventory_models.TABLES, *mdm_models.TABLES, *deploy_models.TABLES, *config_models.TABLES,
)  # fmt: skip
APPEND_ONLY = ("event", "evidence_file", "field_act", "field_decision", "handover", "handover_signature", "quarter_issue", "quarter_file")
NEVER_REWRITTEN = ("security_event",)
WIDTH = 116
FRAME = '''"""{title}, frozen by `python -m config.freeze`: what the tables were, whatever the models become."""

from peewee import {fields}

from inventory.db import append_only


def table(name, /, *indexes, composite=None, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique), its composite key."""
    meta = {{"table_name": name, "indexes": indexes, **({{"primary_key": CompositeKey(*composite)}} if composite else {{}})}}
    return type(Model)(name, (Model,), {{"Meta": type("Meta", (), meta), **columns}})


{tables}
TABLES = (
{names}
)
APPEND_ONLY = ({append_only},)


def up(migrator, db):
    """Create every table; rows of the append-only ones are then refused any change by the database itself."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    for name in APPEND_ONLY:
        append_only(name)
'''


def frozen(title: str) -> str:
    """The text of a migration that creates every live table."""
    types = {_type(field) for model in LIVE for field in model._meta.sorted_fields} | {"CompositeKey", "Model"}
    return FRAME.format(
        title=title, fields="(\n" + "".join(f"    {name},\n" for name in sorted(types)) + ")",
        tables="\n".join(_table(model) for model in LIVE), names=_filled(model.__name__ for model in LIVE),
        append_only=", ".join(map(_quoted, APPEND_ONLY)),
    )  # fmt: skip


def _table(model: type[Table]) -> str:
    columns = (f"{field.name}={_field(field)}" for field in model._meta.sorted_fields)
    return f"{model.__name__} = table(\n{_filled([_quoted(model._meta.table_name), *_indexes(model), *columns])}\n)"


def _filled(parts: Iterable[str]) -> str:
    """Parts with their commas, as many on a line as it holds; none is cut."""
    lines = [""]
    for part in parts:
        room = WIDTH - len(lines[-1]) - len(part)
        lines[-1:] = [f"{lines[-1]} {part},"] if room >= 2 else [lines[-1], f" {part},"]
    return "\n".join(f"   {line}" for line in lines)


def _quoted(value: Any) -> str:
    return repr(value).replace("'", '"')


def _indexes(model: type[Table]) -> Iterator[str]:
    for columns, unique in model._meta.indexes:
        yield _quoted((tuple(columns), unique))
    if isinstance(model._meta.primary_key, peewee.CompositeKey):
        yield f"composite={_quoted(model._meta.primary_key.field_names)}"


def _type(field: Any) -> str:
    """The engine-neutral type under a field of ours."""
    return next(kind.__name__ for kind in type(field).__mro__ if kind.__module__ == peewee.__name__)


def _field(field: Any) -> str:
    """What the database keeps of a column; defaults, choices and names of relations leave no trace in it."""
    said = [field.rel_model.__name__] if isinstance(field, peewee.ForeignKeyField) else []
    if field.primary_key and not isinstance(field, peewee.AutoField):
        said.append("primary_key=True")
    said += [f"{name}=True" for name in ("unique", "null") if getattr(field, name)]
    if field.index and not field.unique and not isinstance(field, peewee.ForeignKeyField):
        said.append("index=True")
    if isinstance(field, peewee.CharField) and field.max_length != 255:
        said.append(f"max_length={field.max_length}")
    if field.column_name != field.name and not isinstance(field, peewee.ForeignKeyField):
        said.append(f"column_name={_quoted(field.column_name)}")
    if isinstance(field, peewee.ForeignKeyField) and field.on_delete:
        said.append(f"on_delete={_quoted(field.on_delete)}")
    return f"{_type(field)}({', '.join(said)})"


if __name__ == "__main__":
    if sys.argv[1:] != ["0001_start"]:
        sys.exit(f"{__doc__}")
    (MIGRATIONS / "0001_start.py").write_text(frozen("The first schema"), encoding="utf-8")
