"""SQLite as `inventory.db` uses it, through apsw: WAL, a commit acknowledged is on disk; no other module imports this one.

The library must be free of the WAL-reset fault (fixed in 3.51.3); the apsw wheel carries its own.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw
import peewee
from peewee import Database
from playhouse.apsw_ext import APSWDatabase

from inventory.errors import Refused

SAFE = (3, 51, 3)
BUSY_SECONDS = 30
LOOK_AGAIN = 0.001
_NAP = threading.Event()  # never set: a wait that ends by its time
SHORTEST_INDEXED = 3
PRAGMAS = {"journal_mode": "wal", "synchronous": "full", "foreign_keys": 1, "cache_size": -16384, "temp_store": "file"}


def _wait(looked: int) -> bool:
    """Wait a millisecond before the database is looked at again: SQLite's own waits grow to a hundred, and are outrun by any job that writes often."""
    _NAP.wait(LOOK_AGAIN)
    return looked < BUSY_SECONDS / LOOK_AGAIN


class Sqlite(APSWDatabase):
    """A handle that keeps its connections from one user to the next while it is held open: a new one reads the whole schema first."""

    def __init__(self, path: str, **settings: Any) -> None:
        super().__init__(path, **settings)
        self.held, self._idle = False, deque[apsw.Connection]()

    def _connect(self) -> apsw.Connection:
        try:
            return self._idle.pop()
        except IndexError:
            fresh = super()._connect()
            fresh.set_busy_handler(_wait)
            return fresh

    def _close(self, connection: apsw.Connection) -> None:
        """Keep it, unless it still reads: the next user would see the database of then."""
        if self.held and connection.txn_state() == apsw.SQLITE_TXN_NONE:
            self._idle.append(connection)
        else:
            super()._close(connection)

    def let_go(self) -> None:
        """Close what is kept, and keep nothing more."""
        self.held = False
        while self._idle:
            super()._close(self._idle.pop())


def bound_to(path: str) -> Database:
    """A handle over one file, not open yet; raises `Refused` on an unsafe library."""
    if APSWDatabase.server_version < SAFE:
        raise Refused("La bibliothèque SQLite est antérieure à 3.51.3 (défaut WAL) : réinstaller le paquet apsw.")
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    return Sqlite(path, pragmas=PRAGMAS, timeout=BUSY_SECONDS)


def version() -> str:
    return "SQLite " + ".".join(map(str, APSWDatabase.server_version))


def append_only(database: Any, table: str, verbs: Sequence[str]) -> None:
    """Refuse some verbs on `table`'s rows, as an integrity error."""
    for verb in verbs:
        database.execute_sql(
            f"CREATE TRIGGER IF NOT EXISTS {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def look_again(database: Any, tables: Sequence[str], *, quickly: bool) -> None:
    """Nothing: its plans follow the shape of the statements here, not the counts of rows."""


def search_index(database: Any, table: str, columns: Sequence[str]) -> None:
    """An FTS5 index of trigrams over the table's own content, kept by triggers, case and accents aside."""
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


def rows_holding(database: Any, table: str, fragment: str, most: int) -> list[int] | None:
    """The ids of at most `most` rows that hold a fragment; None if it is too short for the index."""
    if len(fragment) < SHORTEST_INDEXED:
        return None
    phrase = '"' + fragment.replace('"', '""').replace("\0", "") + '"'
    sql = f"SELECT rowid FROM {table}_search WHERE {table}_search MATCH ? LIMIT ?"  # noqa: S608 a table of ours
    return [row[0] for row in database.execute_sql(sql, (phrase, most))]


def indexes_fragments(database: Any, table: str) -> bool:
    return database.execute_sql("SELECT 1 FROM sqlite_master WHERE name = ?", (f"{table}_search",)).fetchone() is not None


def integrity(database: Any) -> list[str]:
    """Pages, indexes and foreign keys that are wrong."""
    pages = [row[0] for row in database.execute_sql("PRAGMA integrity_check") if row[0] != "ok"]
    keys = [f"foreign key: {row[0]} row {row[1]} -> {row[2]}" for row in database.execute_sql("PRAGMA foreign_key_check")]
    return pages + keys


def can_write(database: Any, seconds: float) -> bool:
    """Write a table and take it back; False if another process writes for longer than `seconds`."""
    try:
        with _patience(database, seconds), database.atomic("IMMEDIATE") as attempt:
            database.execute_sql("CREATE TABLE health_attempt (id INTEGER)")
            attempt.rollback()
    except peewee.OperationalError as fault:
        if _caused_by(fault, apsw.BusyError):
            return False
        raise
    return True


def others_write(database: Any, known: int | None) -> tuple[bool, int]:
    """By the version of the file, which changes when another connection has written (`PRAGMA data_version`)."""
    version = int(database.execute_sql("PRAGMA data_version").fetchone()[0])
    return known not in (None, version), version


def at_once(database: Any, write: Callable[[], object]) -> bool:
    """Write in one transaction; False if another process writes."""
    try:
        with _patience(database, 0), database.atomic("IMMEDIATE"):
            write()
    except peewee.OperationalError as fault:
        if _caused_by(fault, apsw.BusyError):
            return False
        raise
    return True


@contextmanager
def _patience(database: Any, seconds: float) -> Iterator[None]:
    """Have this thread's connection wait no longer than `seconds` for another process that writes."""
    connection = database.connection()
    connection.set_busy_timeout(int(seconds * 1000))
    try:
        yield
    finally:
        connection.set_busy_handler(_wait)


@contextmanager
def held_open(database: Any) -> Iterator[None]:
    """Keep the database's files open; what the log holds is written back to the database's own file at the end.

    The first connection makes the `-wal` and `-shm` files, which a full disk refuses: reading would end there too. While one
    connection stays, reading goes on.
    """
    handle: Sqlite = database.obj
    kept = apsw.Connection(handle.database)
    handle.held = True
    try:
        kept.execute("SELECT 1 FROM sqlite_master").fetchall()
        yield
        handle.let_go()
        with suppress(apsw.Error):  # left in the log, it is as safe
            kept.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    finally:
        handle.let_go()
        kept.close()


def only_reads(fault: BaseException) -> bool:
    """Whether the file may not be written."""
    return _caused_by(fault, apsw.ReadOnlyError)


def disk_is_full(fault: BaseException) -> bool:
    """Whether the engine refused a write for want of room, by its own code (SQLITE_FULL)."""
    return _caused_by(fault, apsw.FullError)


def _caused_by(fault: BaseException | None, kind: type[BaseException]) -> bool:
    """Whether the engine's own fault, which peewee wraps in the DB-API's, is of a kind."""
    while fault is not None and not isinstance(fault, kind):
        fault = fault.__cause__ or fault.__context__
    return fault is not None
