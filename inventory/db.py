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
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar, overload

import peewee
from peewee import Database, DatabaseProxy, Model

from inventory import memory, postgres, sqlite
from inventory.errors import Refused
from inventory.fair_lock import FairLock
from inventory.selection import Selection

F = TypeVar("F", bound=Callable[..., Any])
FALSE_IF_UNSAID = peewee.SQL("DEFAULT FALSE")
EMPTY_IF_UNSAID = peewee.SQL("DEFAULT ''")

database: DatabaseProxy = DatabaseProxy()


_write_turn = FairLock()


class Table(Model):
    """Base of every table of every room."""

    class Meta:
        database = database
        legacy_table_names = False

    @classmethod
    def select(cls, *fields: Any) -> Selection:
        return Selection(cls, fields or cls._meta.sorted_fields, is_default=not fields)


def connect(url: str) -> Database:
    """Bind the handle to `url` (`sqlite:///path`, `postgresql://…`); opens nothing yet. `Refused` on an unknown or unsafe engine."""
    if url.startswith(postgres.SCHEME):
        pool = postgres.bound_to(url)
        database.initialize(pool)
        return pool
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise Refused(f"CARTABLE_DATABASE = « {shown(url)} » : adresse inconnue ; écrire sqlite:///chemin/du/fichier.db")
    bound = sqlite.bound_to(path)
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
        with database.connection_context() if database.is_closed() else nullcontext():
            return "PostgreSQL " + str(database.execute_sql("SHOW server_version").fetchone()[0])
    return sqlite.version()


def _engine() -> Any:
    """The module of the bound engine."""
    return postgres if on_postgres() else sqlite


@contextmanager
def _transaction() -> Iterator[None]:
    if database.in_transaction():
        with database.savepoint():
            yield
        return
    memory.end()
    _write_turn.acquire()
    try:
        with database.connection_context() if database.is_closed() else nullcontext(), _writing():
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


def others_write(known: int | None) -> tuple[bool, int]:
    """Whether another process wrote since what was `known` of it, or waits to; and what is known now. None: nothing was."""
    return _engine().others_write(database, known)


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
    memory.end()
    with handle.connection_context() if handle.is_closed() else nullcontext(), handle.atomic():
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


def append_only(table: str, verbs: Sequence[str] = ("UPDATE", "DELETE")) -> None:
    """Have the database itself refuse to update or delete rows of `table`, or one of the two."""
    _engine().append_only(database, table, verbs)


def look_again(*tables: str, quickly: bool = False) -> None:
    """After very many rows changed at once: let the engine count them, `quickly` by a small sample, where it plans by counts made now and then."""
    _engine().look_again(database, tables, quickly=quickly)


def index(name: str, table: str, expressions: str, only: str = "") -> None:
    """An index over columns or expressions in brackets, of every row or of those that fulfil a condition, alike on every engine."""
    database.execute_sql(f"CREATE INDEX {name} ON {table} ({expressions}){f' WHERE {only}' if only else ''}")


def search_index(table: str, columns: Sequence[str]) -> None:
    """Index every fragment of three letters or more of `columns`; the database itself keeps it fresh."""
    _engine().search_index(database, table, columns)


def rows_holding(table: str, fragment: str, most: int) -> list[int] | None:
    """The ids of at most `most` rows that hold a fragment, case and accents aside; None where no index can tell."""
    return memory.once(("rows holding", table, fragment, most), lambda: _engine().rows_holding(database, table, fragment, most))


def indexes_fragments(table: str) -> bool:
    """Whether a row of a table costs the writing of its index of fragments too."""
    return _engine().indexes_fragments(database, table)


def continue_numbers(tables: Iterable[type[Table]]) -> None:
    """After rows were written with their numbers: the next of each table comes after its greatest (SQLite does so by itself)."""
    for table in tables if on_postgres() else ():
        if isinstance(table._meta.primary_key, peewee.AutoField):
            postgres.continue_numbers(database, table._meta.table_name, table._meta.primary_key.column_name)


def integrity() -> list[str]:
    """What the engine's own checks complain of (pages, indexes, foreign keys); empty when sound."""
    return _engine().integrity(database)


def disk_is_full(fault: BaseException) -> bool:
    """Whether a write was refused for want of room."""
    return _engine().disk_is_full(fault)


def only_reads(fault: BaseException) -> bool:
    """Whether a write was refused because the database answers reads alone: a standby of PostgreSQL, a file that nobody may write."""
    return _engine().only_reads(fault)


def can_write(seconds: float = 1) -> bool:
    """Write a table and take it back: False if no turn came in `seconds`; raises `OperationalError` when the engine refuses."""
    if not _write_turn.acquire(seconds):
        return False
    try:
        return _engine().can_write(database, seconds)
    finally:
        _write_turn.release()


def in_passing(write: Callable[[], object]) -> bool:
    """Write what can as well be written later: now if nobody else writes, or not at all; whether it was written."""
    if not _write_turn.acquire(0):
        return False
    try:
        return bool(_engine().at_once(database, write))
    finally:
        _write_turn.release()


@contextmanager
def held_open() -> Iterator[None]:
    """Keep the database's files open, and put them in order at the end, where the engine has any."""
    with _engine().held_open(database):
        yield


def copy_to(path: Path) -> None:
    """A consistent copy of the live SQLite database in one new file, while others go on reading and writing."""
    with database.connection_context() if database.is_closed() else nullcontext():
        database.execute_sql("VACUUM INTO ?", (str(path),))


IntegrityError = peewee.IntegrityError
OperationalError = peewee.OperationalError
DatabaseError = peewee.DatabaseError
InternalError = peewee.InternalError
