"""The journal: append-only, hash-chained, written in the transaction of the change; and its one fold.

A line says: `axis` of `subject` took `value` at `at`, learned at `noted`, from `source`, said by `actor`, with `note`. Its digest is
SHA-256 (FIPS 180-4) over the previous digest and the canonical JSON of the line, so that removing, adding or altering any line
breaks every later one.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, NamedTuple

from peewee import ModelSelect

from inventory.columns import JsonField, MomentField, canonical, canonical_bytes
from inventory.db import atomic, database, read_many
from inventory.memory import once
from inventory.models import Event, Fact, Person, Remark
from inventory.sets import axes_of, within, write_set

START = "0" * 64
_TOLD = "subject, subject_id, axis, value, detail, at, noted, position"
FEW, A_PART = 500, 5_000
_moment = MomentField().db_value
_back: Callable[[int], Any] = MomentField().python_value
_detail: Callable[[str], Any] = JsonField().python_value
_EVENT_SQL = (
    "INSERT INTO event (position, subject, subject_id, axis, value, detail, at, noted, actor_id, source, note_digest, previous, "
    "digest) VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)"
)
_KINDS: tuple[Any, ...] = (int, str, int, str, str, str, int, int, int | None, str, str, str, str)
_FACT_SQL = (
    "INSERT INTO fact (subject, subject_id, axis, value, detail, at, noted, position) VALUES (?,?,?,?,?,?,?,?) "
    "ON CONFLICT (subject, axis, subject_id) DO UPDATE SET value = excluded.value, detail = excluded.detail, at = excluded.at, "
    "noted = excluded.noted, position = excluded.position "
    "WHERE excluded.at > fact.at OR (excluded.at = fact.at AND excluded.position > fact.position)"
)
_SAME_AXIS = "e.subject = f.subject AND e.axis = f.axis AND e.subject_id = f.subject_id"
_NOT_THE_FOLD = (
    "SELECT f.subject, f.subject_id, f.axis FROM fact f WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.position = f.position "  # noqa: S608 our own names
    f"AND {_SAME_AXIS} AND e.value = f.value AND e.detail = f.detail AND e.at = f.at AND e.noted = f.noted) "
    f"UNION SELECT f.subject, f.subject_id, f.axis FROM fact f WHERE EXISTS (SELECT 1 FROM event e WHERE {_SAME_AXIS} "
    "AND e.at >= f.at AND (e.at > f.at OR e.position > f.position)) "
    f"UNION SELECT e.subject, e.subject_id, e.axis FROM event e WHERE NOT EXISTS (SELECT 1 FROM fact f WHERE {_SAME_AXIS}) ORDER BY 1, 2, 3"
)
"""The facts that are not a line of the journal, or not its last of their axis, and the axes that have none."""


class Entry(NamedTuple):
    """A line to append; `noted`, its place and its digest are the journal's. A detail told as text is already canonical."""

    subject: str
    subject_id: int
    axis: str
    value: str
    at: datetime
    detail: Mapping[str, Any] | str = "{}"
    note: str = ""


class Line(NamedTuple):
    """A line of the journal as read back."""

    subject: str
    subject_id: int
    axis: str
    value: str
    detail: Mapping[str, Any]
    at: datetime
    noted: datetime
    position: int


class When(NamedTuple):
    """A look at the past: the state at `moment` as it could be told at `known` (None: with all that is known now)."""

    moment: datetime
    known: datetime | None = None


@atomic
def append(entries: Sequence[Entry], *, noted: datetime, actor: Person | None, source: str) -> list[int]:
    """Append `entries` in order and refresh the folded facts; returns their positions."""
    position, previous = _head()
    told, said_by, stored = _moment(noted), actor.id if actor else None, lru_cache(_moment)
    first, events, remarks = position + 1, [], []
    latest: dict[tuple[str, int, str], tuple[Any, ...]] = {}
    for subject, subject_id, axis, value, at, detail, note in entries:
        position += 1
        salt, note_digest = _sealed(note) if note else ("", "")
        said = (subject, subject_id, axis, value, detail if isinstance(detail, str) else canonical(dict(detail)), stored(at), told)
        line = (position, *said, said_by, source, note_digest)
        digest = chain_digest(previous, line)
        events.append((*line, previous, digest))
        before = latest.get(said[:3])
        if before is None or before[5] <= said[5]:
            latest[said[:3]] = (*said, position)
        if note:
            remarks.append((position, salt, note))
        previous = digest
    write_set(_EVENT_SQL, events)
    write_set(_FACT_SQL, list(latest.values()))  # of one axis the latest
    write_set("INSERT INTO remark (event_id, salt, text) VALUES (?,?,?)", remarks)
    return list(range(first, position + 1))


def chain_digest(previous: str, line: Sequence[Any]) -> str:
    return hashlib.sha256(previous.encode() + canonical_bytes(line)).hexdigest()


def head() -> tuple[int, str]:
    """The last line's position and digest: print it on an export and nobody can rewrite what came before."""
    return _head()


def facts(
    subject: str, *, axes: Iterable[str] | None = None, ids: Iterable[int] | ModelSelect | None = None, when: When | None = None
) -> dict[tuple[int, str], Line]:
    """The fold: the last line of each (subject id, axis), now or as it could be told `when`; `ids` may be a subquery."""
    model = Fact if when is None else Event
    named = None if axes is None else tuple(sorted(axes))
    if ids is None or isinstance(ids, ModelSelect) or len(few := tuple(sorted(set(ids)))) > FEW:
        return _folded(model, subject, named, ids, when)
    return dict(once(("facts", subject, named, few, when), lambda: _folded(model, subject, named, few, when)))


def _folded(
    model: type[Event] | type[Fact], subject: str, axes: Iterable[str] | None, ids: Iterable[int] | ModelSelect | None, when: When | None
) -> dict[tuple[int, str], Line]:
    return {(line.subject_id, line.axis): line for line in _lines(model, subject, axes, ids, when)}


def lines(
    subject: str, *, axes: Iterable[str] | None = None, ids: Iterable[int] | None = None, when: When | None = None
) -> Iterator[Line]:
    """Every line of some subjects up to `when`, subject by subject in the order of their moments."""
    yield from _lines(Event, subject, axes, ids, when)


def history(subject: str, subject_id: int, *, axes: Iterable[str] | None = None) -> list[Event]:
    """The journal of one subject, newest first, with its people and remarks."""
    query = (
        Event.select(Event, Person, Remark)
        .left_outer_join(Person)
        .switch(Event)
        .left_outer_join(Remark)
        .where((Event.subject == subject) & (Event.subject_id == subject_id))
    )
    query = query.where(Event.axis.in_(axes_of(subject) if axes is None else list(axes)))
    return list(query.order_by(Event.at.desc(), Event.position.desc()))


def value_at(subject: str, subject_id: int, axis: str, moment: datetime) -> Line | None:
    """The last line of one axis at `moment`, found from the end: an axis may have thousands of lines (the notes of a cart)."""
    sql = f"SELECT {_TOLD} FROM event WHERE subject = ? AND axis = ? AND subject_id = ? AND at <= ? ORDER BY at DESC, position DESC LIMIT 1"  # noqa: S608 our own names
    return next(map(_line, read_many(sql, (subject, axis, subject_id, _moment(moment)))), None)


def _line(row: Sequence[Any]) -> Line:
    return Line(row[0], row[1], row[2], row[3], _detail(row[4]), _back(row[5]), _back(row[6]), row[7])


def _lines(
    model: type[Event] | type[Fact], subject: str, axes: Iterable[str] | None, ids: Iterable[int] | ModelSelect | None, when: When | None
) -> Iterator[Line]:
    """Written by hand: a page asks for lines some twenty times, and building each statement from models cost half of it."""
    where: list[str] = ["subject = ?"]
    told: list[Any] = [subject]
    wanted = None if ids is None or isinstance(ids, ModelSelect) else set(ids)
    if axes is None and wanted is not None and len(wanted) <= FEW:
        axes = axes_of(subject)
    if axes is not None:
        where.append(within("axis", named := sorted(axes)))
        told += named
    if when is not None:
        moments = [("at", when.moment), *([("noted", when.known)] if when.known is not None else [])]
        where += [f"{name} <= ?" for name, _ in moments]
        told += [_moment(moment) for _, moment in moments]
    if wanted is not None and not wanted:
        return
    if isinstance(ids, ModelSelect):
        inside, marks = ids.sql()
        where.append(f"subject_id IN ({inside})")
        told += marks
    elif wanted is not None and len(wanted) <= FEW:
        where.append(within("subject_id", few := sorted(wanted)))
        told += few
    sql = f"SELECT {_TOLD} FROM {model._meta.table_name} WHERE {' AND '.join(where)} ORDER BY axis, subject_id, at, position"  # noqa: S608 our own names
    for row in read_many(sql, told):
        if wanted is None or row[1] in wanted:
            yield _line(row)


def _head() -> tuple[int, str]:
    row = next(read_many("SELECT position, digest FROM event ORDER BY position DESC LIMIT 1"), None)
    return (row[0], row[1]) if row else (0, START)


def _sealed(note: str) -> tuple[str, str]:
    """A salt, and the digest of a note with it."""
    salt = secrets.token_hex(16)
    return salt, _note_digest(salt, note)


def _note_digest(salt: str, note: str) -> str:
    return hashlib.sha256((salt + note).encode()).hexdigest() if note else ""


def _sound(row: Sequence[Any]) -> bool:
    """Whether each value is of the kind of its column: a damaged file, or a hand in it, may leave any other there."""
    return all(isinstance(value, kind) for value, kind in zip(row, _KINDS, strict=True))


def complaints() -> Iterator[str]:
    """What is wrong with the journal: the chain, the remarks' digests, and the facts compared with the lines; in little memory, however long it is."""
    previous, position = START, 0
    for row in _every_line():
        position += 1
        if not _sound(row):
            yield f"journal : une valeur de la ligne {row[0]} n'est pas de sa nature (chaîne rompue)"
            previous, position = str(row[12]), row[0] if isinstance(row[0], int) else position
            continue
        line, told_previous, digest = row[:11], row[11], row[12]
        if line[0] != position or told_previous != previous or chain_digest(previous, line) != digest:
            yield f"journal : la ligne {line[0]} ne suit pas la précédente (chaîne rompue)"
        previous, position = digest, line[0]
    for subject, subject_id, axis in database.execute_sql(_NOT_THE_FOLD):
        yield f"fait {subject} {subject_id} « {axis} » : la copie ne vaut pas le pli du journal"
    remarks_sql = (
        "SELECT e.position, e.note_digest, r.salt, r.text FROM event e LEFT JOIN remark r ON r.event_id = e.position "
        "WHERE e.note_digest <> '' OR r.event_id IS NOT NULL"
    )
    for at_position, digest, salt, text in database.execute_sql(remarks_sql):
        if salt is None or (text is not None and _note_digest(str(salt), str(text)) != digest):
            yield f"journal : la note de la ligne {at_position} ne correspond pas à son empreinte"


def _every_line() -> Iterator[tuple[Any, ...]]:
    """The journal from its first line, a part at a time: a server would send it whole."""
    columns, after = _EVENT_SQL.split("(")[1].split(")")[0], 0
    sql = f"SELECT {columns} FROM event WHERE position > ? ORDER BY position LIMIT {A_PART}"  # noqa: S608 our own column list
    while rows := list(read_many(sql, [after])):
        yield from rows
        after = rows[-1][0]
