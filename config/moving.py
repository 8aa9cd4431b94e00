"""A whole database moved to another, on either engine, and proved to be the same row by row.

The source is read in one state, chunk by chunk in the order of the primary keys; the target is written in one transaction, read back,
and kept only if each table has the same rows: count, and SHA-256 over the rows in order.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peewee import BlobField, BooleanField, DateField, sort_models

from config import schema
from config.checks import complaints
from config.freeze import LIVE
from inventory import db, journal
from inventory.errors import Refused
from inventory.french import counted, number

CHUNK = 1000
MOST_SAID = 10
PLAIN: dict[type, Callable[[Any], Any]] = {BooleanField: bool, DateField: str, BlobField: bytes}
Tell = Callable[[int, int | None], None]


@dataclass(frozen=True, slots=True)
class Moved:
    """What both databases hold: (rows, digest) of each table, and the head of the journal."""

    tables: Mapping[str, tuple[int, str]]
    position: int
    digest: str

    @property
    def sentence(self) -> str:
        rows = counted(sum(rows for rows, _ in self.tables.values()), "ligne", "lignes")
        head = f"journal jusqu'à la ligne {number(self.position)}, empreinte {self.digest[:16]}…"
        return f"Copie relue et identique : {rows} de {len(self.tables)} tables, {head}."


def move(source: str, target: str, tell: Tell = lambda done, total: None) -> Moved:
    """Copy every row of the database at `source` to the empty one at `target`, which is bound afterwards; all or nothing.

    Raises `Refused` when they are the same, the source is not at this version's schema, the target has rows, or the copy differs.
    """
    if source == target:
        raise Refused("La source et la cible sont la même base : en donner deux.")
    db.connect(source)
    schema.refuse_other_schema()
    origin = db.database.obj
    db.connect(target)
    schema.migrate()
    with db.snapshot(origin), db.atomic():
        _refuse_rows(target)
        total, sent = sum(_count(origin, model) for model in LIVE), dict[str, tuple[int, str]]()
        for model in sort_models(LIVE):
            sent[model._meta.table_name] = _send(origin, model)
            tell(sum(rows for rows, _ in sent.values()), total)
        db.continue_numbers(LIVE)
        _refuse_difference(sent)
        return Moved(sent, *journal.head())


def move_aside(file: Path) -> None:
    """Copy the bound database, while others go on writing, to a new SQLite file; by another process, as the handle stays bound here."""
    command = [sys.executable, "-m", "config.moving", str(file.resolve())]
    environment, tree = {**os.environ, "CARTABLE_DATABASE": db.database.obj.url}, Path(__file__).parent.parent
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tree, env=environment)  # noqa: S603 this very program
    if done.returncode:
        raise Refused(f"La base ne s'est pas laissé copier : {(done.stderr.strip() or 'raison inconnue').splitlines()[-1]}")


def _refuse_rows(target: str) -> None:
    for model in LIVE:
        if _count(db.database, model):
            raise Refused(f"{db.shown(target)} a déjà des lignes ({model._meta.table_name}) : en donner une neuve, rien n'y est écrasé.")


def _count(handle: Any, model: Any) -> int:
    return int(handle.execute_sql(f'SELECT COUNT(*) FROM "{model._meta.table_name}"').fetchone()[0])  # noqa: S608 our own table


def _send(origin: Any, model: Any) -> tuple[int, str]:
    """Copy a table's rows; their count and digest as they were read."""
    columns = [field.column_name for field in model._meta.sorted_fields]
    names, marks = ", ".join(f'"{name}"' for name in columns), ", ".join("?" * len(columns))
    insert = f'INSERT INTO "{model._meta.table_name}" ({names}) VALUES ({marks})'  # noqa: S608 our own names
    seen, rows = hashlib.sha256(), 0
    for chunk in _chunks(origin, model):
        try:
            db.write_many(insert, chunk)
        except Refused as refusal:
            raise Refused(f"Table {model._meta.table_name} :", *refusal.sentences) from refusal
        _add(seen, chunk)
        rows += len(chunk)
    return rows, seen.hexdigest()


def _chunks(handle: Any, model: Any) -> Iterator[list[tuple[Any, ...]]]:
    """A table's rows in the order of its primary key, values in the one form that both engines take."""
    fields, keys = model._meta.sorted_fields, [field.column_name for field in model._meta.get_primary_keys()]
    plain = [next((form for kind, form in PLAIN.items() if isinstance(field, kind)), None) for field in fields]
    at = [[field.column_name for field in fields].index(key) for key in keys]
    names, order = ", ".join(f'"{field.column_name}"' for field in fields), ", ".join(f'"{key}"' for key in keys)
    select, last = f'SELECT {names} FROM "{model._meta.table_name}"', tuple[Any, ...]()  # noqa: S608 our own names
    while True:
        after = f" WHERE ({order}) > ({', '.join([handle.param] * len(keys))})" if last else ""
        read = handle.execute_sql(f"{select}{after} ORDER BY {order} LIMIT {CHUNK}", last).fetchall()
        if not read:
            return
        yield [tuple(v if v is None or f is None else f(v) for v, f in zip(row, plain, strict=True)) for row in read]
        last = tuple(read[-1][place] for place in at)


def _add(seen: Any, rows: list[tuple[Any, ...]]) -> None:
    for row in rows:
        seen.update(json.dumps(row, default=bytes.hex).encode() + b"\n")


def _refuse_difference(sent: Mapping[str, tuple[int, str]]) -> None:
    faults = [*_differences(sent), *complaints()]
    if faults:
        raise Refused("La copie est défaite, la source est intacte :", *faults[:MOST_SAID])


def _differences(sent: Mapping[str, tuple[int, str]]) -> Iterator[str]:
    for model in LIVE:
        seen, rows = hashlib.sha256(), 0
        for chunk in _chunks(db.database, model):
            _add(seen, chunk)
            rows += len(chunk)
        if (rows, seen.hexdigest()) != sent[model._meta.table_name]:
            yield f"{model._meta.table_name} : {rows} lignes relues ne sont pas les {sent[model._meta.table_name][0]} de la source"


if __name__ == "__main__":
    try:
        move(os.environ["CARTABLE_DATABASE"], f"sqlite:///{Path(sys.argv[1])}")
    except Exception as fault:
        sys.exit(" ".join(str(fault).split()))
