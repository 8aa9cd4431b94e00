"""The database handle: SQLite through apsw by default, any other engine by URL; the only file that knows which one it is.

SQLite runs in WAL with `synchronous=FULL` (a commit acknowledged is on disk) on a library without the WAL-reset fault
(fixed in 3.51.3; the apsw wheel carries its own). Every read-then-write transaction is `IMMEDIATE` and waits its turn at one
fair lock: SQLite's own busy wait is not fair and starves writers under load. On PostgreSQL the same transaction is read committed
and holds one advisory lock for its length: a verb that reads then writes never meets another writer, of whichever process.

SQL by hand is the same on both: `?` marks through `write_many`, names unquoted and lower case, `ON CONFLICT` with its columns and
`table.column` on the right of `SET`, booleans as `true`, no `rowid`, no `LIKE` that counts on case, no row order without ORDER BY,
aggregates that name every plain column in GROUP BY.
"""

from __future__ import annotations

import functools
import json
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

import msgspec
import peewee
from peewee import BigIntegerField, Database, DatabaseProxy, DateField, Model, TextField
from playhouse.apsw_ext import APSWDatabase

from inventory import postgres
from inventory.errors import Refused

F = TypeVar("F", bound=Callable[..., Any])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SAFE_SQLITE = (3, 51, 3)
BUSY_SECONDS = 30
FALSE_IF_UNSAID = peewee.SQL("DEFAULT FALSE")
PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -16384, "temp_store": "memory"}

database: DatabaseProxy = DatabaseProxy()


class FairLock:
    """A lock that serves its waiters in the order of their arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self) -> None:
        with self._guard:
            if not self._held:
                self._held = True
                return
            turn = threading.Event()
            self._waiting.append(turn)
        turn.wait()

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


_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_written_at_once = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> str:
    return _written(value)


def canonical_words(value: Any) -> str:
    """The same text, several times faster, of a value without any fraction: texts, whole numbers, booleans, lists and objects."""
    try:
        return _written_at_once(value).decode()
    except (UnicodeEncodeError, OverflowError):
        return _written(value)


def connect(url: str) -> Database:
    """Bind the handle to `url` (`sqlite:///path`, `postgresql://…`); opens nothing yet. `Refused` on an unknown or unsafe engine."""
    if url.startswith(postgres.SCHEME):
        pool = postgres.bound_to(url)
        database.initialize(pool)
        return pool
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise Refused(f"CARTABLE_DATABASE = « {shown(url)} » : adresse inconnue ; écrire sqlite:///chemin/du/fichier.db")
    if APSWDatabase.server_version < SAFE_SQLITE:
        raise Refused("La bibliothèque SQLite est antérieure à 3.51.3 (défaut WAL) : réinstaller le paquet apsw.")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    bound = APSWDatabase(path, pragmas=PRAGMAS, timeout=BUSY_SECONDS)
    database.initialize(bound)
    return bound


def shown(url: str) -> str:
    """An address without its password."""
    return url if url.startswith("sqlite:") else postgres.without_password(url)


def on_postgres(handle: Any = database) -> bool:
    """Whether the engine of the bound database, or of another handle, is PostgreSQL."""
    return isinstance(getattr(handle, "obj", handle), postgres.Postgres)


def engine_version() -> str:
    if on_postgres():
        with database.connection_context() if database.is_closed() else _nothing():
            return "PostgreSQL " + str(database.execute_sql("SHOW server_version").fetchone()[0])
    return "SQLite " + ".".join(map(str, APSWDatabase.server_version))


@contextmanager
def _transaction() -> Iterator[None]:
    if database.in_transaction():
        with database.savepoint():
            yield
        return
    _write_turn.acquire()
    try:
        with database.connection_context() if database.is_closed() else _nothing(), _writing():
            yield
    finally:
        _write_turn.release()


@contextmanager
def _writing() -> Iterator[None]:
    if not on_postgres():
        with database.atomic("IMMEDIATE"):
            yield
        return
    with database.atomic():
        postgres.take_write_turn(database)
        yield


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
def snapshot(handle: Any = database) -> Iterator[None]:
    """Every read of the block sees one and the same committed state, of the bound database or of another handle."""
    if handle.in_transaction():
        yield
        return
    with handle.connection_context() if handle.is_closed() else _nothing(), handle.atomic():
        if on_postgres(handle):
            handle.execute_sql(postgres.READ_ONLY)
        yield


def write_many(sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Run one statement (`?` marks) over many rows of stored values; far faster than a model for each."""
    if rows:
        sql = sql.replace("?", "%s") if on_postgres() else sql
        with postgres.plain_refusals(), peewee.__exception_wrapper__:
            database.connection().cursor().executemany(sql, rows)


def read_many(sql: str, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
    """The rows of one statement (`?` marks) as stored values, one at a time."""
    return iter(database.execute_sql(sql.replace("?", database.param), parameters))


def append_only(table: str) -> None:
    """Have the database itself refuse to update or delete rows of `table`."""
    if on_postgres():
        postgres.append_only(database, table)
        return
    for verb in ("UPDATE", "DELETE"):
        database.execute_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def continue_numbers(tables: Iterable[type[Table]]) -> None:
    """After rows were written with their numbers: the next of each table comes after its greatest (SQLite does so by itself)."""
    for table in tables if on_postgres() else ():
        if isinstance(table._meta.primary_key, peewee.AutoField):
            postgres.continue_numbers(database, table._meta.table_name, table._meta.primary_key.column_name)


def integrity() -> list[str]:
    """What the engine's own checks complain of (pages, indexes, foreign keys); empty when sound."""
    if on_postgres():
        return postgres.integrity(database)
    pages = [row[0] for row in database.execute_sql("PRAGMA integrity_check") if row[0] != "ok"]
    keys = [f"foreign key: {row[0]} row {row[1]} -> {row[2]}" for row in database.execute_sql("PRAGMA foreign_key_check")]
    return pages + keys


def copy_to(path: Path) -> None:
    """A consistent copy of the live SQLite database in one new file, while others go on reading and writing."""
    with database.connection_context() if database.is_closed() else _nothing():
        database.execute_sql("VACUUM INTO ?", (str(path),))


IntegrityError = peewee.IntegrityError
