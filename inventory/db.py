"""The database handle: SQLite through apsw by default, any other engine by URL; the only file that knows which one it is.

SQLite runs in WAL with `synchronous=FULL` (a commit acknowledged is on disk) on a library without the WAL-reset fault
(fixed in 3.51.3; the apsw wheel carries its own). Every read-then-write transaction is `IMMEDIATE` and waits its turn at one
fair lock: SQLite's own busy wait is not fair and starves writers under load.
"""

from __future__ import annotations

import functools
import json
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import apsw
import peewee
from peewee import BigIntegerField, Database, DatabaseProxy, DateField, Model, TextField
from playhouse.apsw_ext import APSWDatabase

from inventory.errors import Refused

F = TypeVar("F", bound=Callable[..., Any])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SAFE_SQLITE = (3, 51, 3)
BUSY_SECONDS = 30
FALSE_IF_UNSAID = peewee.SQL("DEFAULT FALSE")
SHORTEST_INDEXED = 3
PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -16384, "temp_store": "memory"}

database: DatabaseProxy = DatabaseProxy()


class FairLock:
    """A lock that serves its waiters in the order of their arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, seconds: float | None = None) -> bool:
        """Wait for one's turn, for ever or at most `seconds`; False when it has not come."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(seconds):
            return True
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False


_write_turn = FairLock()


class Table(Model):
    """Base of every table of every room."""

    class Meta:
        database = database
        legacy_table_names = False


class _Descriptor:
    """A field read from a row is its value: said to the type checker alone."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, model: Any = None) -> Any: ...

        def __set__(self, row: Any, value: Any) -> None: ...


class MomentField(_Descriptor, BigIntegerField):
    """An aware UTC moment, stored as whole microseconds since 1970: exact, sortable and alike on every engine."""

    def db_value(self, value: datetime | None) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment must be aware, not {value!r}")
        return (value - EPOCH) // MICROSECOND

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class AmountField(_Descriptor, BigIntegerField):
    """An amount in euros: `Decimal` outside, whole cents inside, never a binary float."""

    def db_value(self, value: Decimal | None) -> int | None:
        if value is None:
            return None
        cents = Decimal(value) * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"an amount has at most two decimals, not {value}")
        return int(cents)

    def python_value(self, value: int | None) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class DayField(_Descriptor, DateField):
    """A date, bound as its ISO text: what every engine takes for a date."""

    def db_value(self, value: date | None) -> str | None:
        return None if value is None else value.isoformat()


class JsonField(_Descriptor, TextField):
    """A JSON value in canonical form (sorted keys, no spaces): equal values are equal texts."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else canonical(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


def canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def connect(url: str) -> Database:
    """Bind the handle to `url` (`sqlite:///path`); opens nothing yet. Raises `Refused` on an unknown or unsafe engine."""
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise Refused(f"CARTABLE_DATABASE = « {url} » : adresse inconnue ; écrire sqlite:///chemin/du/fichier.db")
    if APSWDatabase.server_version < SAFE_SQLITE:
        raise Refused("La bibliothèque SQLite est antérieure à 3.51.3 (défaut WAL) : réinstaller le paquet apsw.")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    bound = APSWDatabase(path, pragmas=PRAGMAS, timeout=BUSY_SECONDS)
    database.initialize(bound)
    return bound


def engine_version() -> str:
    return "SQLite " + ".".join(map(str, APSWDatabase.server_version))


@contextmanager
def _transaction() -> Iterator[None]:
    if database.in_transaction():
        with database.savepoint():
            yield
        return
    _write_turn.acquire()
    try:
        with database.connection_context() if database.is_closed() else _nothing(), database.atomic("IMMEDIATE"):
            yield
    finally:
        _write_turn.release()


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@overload
def atomic(verb: F) -> F: ...
@overload
def atomic(verb: None = None) -> Any: ...
def atomic(verb: Any = None) -> Any:
    """One read-then-write transaction, all or nothing: `@atomic` on a verb or `with atomic():` around a block."""
    if verb is None:
        return _transaction()

    @functools.wraps(verb)
    def inside(*args: Any, **kwargs: Any) -> Any:
        with _transaction():
            return verb(*args, **kwargs)

    return inside


@contextmanager
def snapshot() -> Iterator[None]:
    """Every read of the block sees one and the same committed state."""
    if database.in_transaction():
        yield
        return
    with database.connection_context() if database.is_closed() else _nothing(), database.atomic():
        yield


def write_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement (`?` marks) over many rows of stored values; far faster than a model for each."""
    if rows:
        database.connection().cursor().executemany(sql, rows)


def append_only(table: str, verbs: Sequence[str] = ("UPDATE", "DELETE")) -> None:
    """Have the database itself refuse to update or delete rows of `table`, or one of the two."""
    for verb in verbs:
        database.execute_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def search_index(table: str, columns: Sequence[str]) -> None:
    """Index every fragment of three letters or more of `columns`, case and accents aside; the database itself keeps it fresh."""
    names, news, olds = (", ".join(mark + column for column in columns) for mark in ("", "new.", "old."))
    stale = f"INSERT INTO {table}_search ({table}_search, rowid, {names}) VALUES ('delete', old.id, {olds});"  # noqa: S608 names of ours
    fresh = f"INSERT INTO {table}_search (rowid, {names}) VALUES (new.id, {news});"  # noqa: S608 names of ours
    database.execute_sql(
        f"CREATE VIRTUAL TABLE {table}_search USING fts5({names}, content='{table}', content_rowid='id', "
        "tokenize='trigram remove_diacritics 1', columnsize=0)"
    )
    for verb, after, body in (
        ("insert", "INSERT", fresh), ("delete", "DELETE", stale), ("update", f"UPDATE OF {names}", stale + fresh),
    ):  # fmt: skip
        database.execute_sql(f"CREATE TRIGGER {table}_search_{verb} AFTER {after} ON {table} BEGIN {body} END")
    database.execute_sql(f"INSERT INTO {table}_search ({table}_search) VALUES ('rebuild')")  # noqa: S608 a table of ours


def index(name: str, table: str, expressions: str) -> None:
    """An index over expressions of columns, alike on every engine."""
    database.execute_sql(f"CREATE INDEX {name} ON {table} ({expressions})")


def rows_holding(table: str, fragment: str, most: int) -> list[int] | None:
    """The ids of at most `most` rows that hold a fragment; None if it is too short for the index."""
    if len(fragment) < SHORTEST_INDEXED:
        return None
    phrase = '"' + fragment.replace('"', '""').replace("\0", "") + '"'
    sql = f"SELECT rowid FROM {table}_search WHERE {table}_search MATCH ? LIMIT ?"  # noqa: S608 a table of ours
    return [row[0] for row in database.execute_sql(sql, (phrase, most))]


def integrity() -> list[str]:
    """What the engine's own checks complain of (pages, indexes, foreign keys); empty when sound."""
    pages = [row[0] for row in database.execute_sql("PRAGMA integrity_check") if row[0] != "ok"]
    keys = [f"foreign key: {row[0]} row {row[1]} -> {row[2]}" for row in database.execute_sql("PRAGMA foreign_key_check")]
    return pages + keys


def can_write(seconds: float = 1) -> bool:
    """Write a table and take it back: False if no turn came in `seconds`; raises `OperationalError` when the engine refuses."""
    if not _write_turn.acquire(seconds):
        return False
    try:
        with _patience(seconds), database.atomic("IMMEDIATE") as attempt:
            database.execute_sql("CREATE TABLE health_attempt (id INTEGER)")
            attempt.rollback()
    except OperationalError as fault:
        if _caused_by(fault, apsw.BusyError):
            return False
        raise
    finally:
        _write_turn.release()
    return True


@contextmanager
def _patience(seconds: float) -> Iterator[None]:
    """Have this thread's connection wait no longer than `seconds` for another process that writes."""
    connection = database.connection()
    connection.set_busy_timeout(int(seconds * 1000))
    try:
        yield
    finally:
        connection.set_busy_timeout(BUSY_SECONDS * 1000)


@contextmanager
def held_open() -> Iterator[None]:
    """Keep the database's files open; what the log holds is written back to the database's own file at the end.

    The first connection makes the `-wal` and `-shm` files, which a full disk refuses: reading would end there too. While one
    connection stays, reading goes on.
    """
    kept = apsw.Connection(database.obj.database)
    try:
        kept.execute("SELECT 1 FROM sqlite_master").fetchall()
        yield
        with suppress(apsw.Error):  # left in the log, it is as safe
            kept.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    finally:
        kept.close()


def copy_to(path: Path) -> None:
    """A consistent copy of the live database in one new file, while others go on reading and writing."""
    with database.connection_context() if database.is_closed() else _nothing():
        database.execute_sql("VACUUM INTO ?", (str(path),))


def disk_is_full(fault: BaseException) -> bool:
    """Whether the engine refused a write for want of room, by its own code (SQLITE_FULL)."""
    return _caused_by(fault, apsw.FullError)


def _caused_by(fault: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether the engine's own fault, which peewee wraps in the DB-API's, is of a kind."""
    while fault is not None and not isinstance(fault, kind):
        fault = fault.__cause__ or fault.__context__
    return fault is not None


IntegrityError = peewee.IntegrityError
OperationalError = peewee.OperationalError
