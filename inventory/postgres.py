"""PostgreSQL as `inventory.db` and `config.presence` use it: psycopg 3 behind peewee's pool; no other module imports this one.

Texts sort by their code points, as SQLite sorts them, so the database must be in C order and UTF-8:
`CREATE DATABASE cartable TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'`. Integers have 64 bits, as SQLite's have.
"""

from __future__ import annotations

import importlib.util
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import peewee
from peewee import Database, PostgresqlDatabase
from playhouse.pool import PooledPostgresqlDatabase

from inventory.errors import Refused
from inventory.postgres_search import indexes_fragments, rows_holding, search_index
from inventory.words import tell

__all__ = ["indexes_fragments", "rows_holding", "search_index"]
SCHEME = "postgresql://"
MOST_CONNECTIONS = 32
WAIT_SECONDS = 30
SAMPLE = 10
TRIES, PAUSE_SECONDS, PRESENCE_SECONDS = 20, 0.25, 5.0
_WAITING = (
    "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND classid = 0 AND objid = %s AND objsubid = 1 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
WRITE_TURN, PRESENCE = 0x0CA27AB1, 0x0CA27AB2
WIDE = {"INT": "BIGINT", "AUTO": "BIGSERIAL"}
READ_ONLY = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
PROBE = "SELECT 1"
LOCK_NOT_AVAILABLE, DISK_FULL, ONLY_READS = "55P03", "53100", "25006"


class _Fresh(PostgresqlDatabase):
    """New connections: while this process is at work each holds a share of its presence, so that it outlives a restart of the server."""

    presence_refused: str | None = None

    def _connect(self) -> Any:
        fresh = super()._connect()
        if self.presence_refused and not _locked(fresh, "pg_try_advisory_lock_shared"):
            fresh.close()
            raise Refused(self.presence_refused)
        return fresh


class Postgres(PooledPostgresqlDatabase, _Fresh):
    """A pool that gives no connection the server has dropped, and tries again for five seconds while it restarts."""

    url = ""

    def __init__(self, *given: Any, **settings: Any) -> None:
        super().__init__(*given, **settings)
        self.searched: dict[str, Sequence[str]] = {}

    def execute_sql(self, sql: str, params: Any = None) -> Any:
        with plain_refusals():
            return super().execute_sql(sql, params)

    def _is_closed(self, conn: Any) -> bool:
        try:
            conn.execute(PROBE)
        except Exception:
            return True
        return False

    def connect(self, reuse_if_open: bool = False) -> bool:
        if reuse_if_open and not self.is_closed() and not self.is_connection_usable():
            self.manual_close()
        for _ in range(TRIES):
            try:
                return bool(super().connect(reuse_if_open))
            except peewee.OperationalError:
                if not self.is_closed():
                    raise
                threading.Event().wait(PAUSE_SECONDS)
        return bool(super().connect(reuse_if_open))


def bound_to(url: str) -> Database:
    """A pool over `url`, not connected yet. Raises `Refused` where psycopg is missing or the address has no database."""
    if importlib.util.find_spec("psycopg") is None:
        raise Refused("PostgreSQL demande psycopg : installer « cartable[postgres] ».")
    if not urlsplit(url).path.strip("/"):
        raise Refused("CARTABLE_DATABASE : il manque le nom de la base ; écrire postgresql://hôte/base")
    pool = Postgres(
        url, prefer_psycopg3=True, max_connections=MOST_CONNECTIONS, timeout=WAIT_SECONDS, client_encoding="utf8",
        connect_timeout=5, field_types=WIDE,
    )  # fmt: skip
    pool.url = url
    return pool


def without_password(url: str) -> str:
    """The address as it may be shown: its password, in the address or among its parameters, is left out."""
    parts = urlsplit(url)
    person, at, place = parts.netloc.rpartition("@")
    return urlunsplit((parts.scheme, person.partition(":")[0] + at + place, parts.path, "", ""))


def at_once(database: Any, write: Callable[[], object]) -> bool:
    """Write in one transaction: the server makes writers of other rows wait for nobody."""
    with database.atomic():
        write()
    return True


def take_write_turn(database: Any) -> None:
    """Wait for the one writer of all processes; the turn ends with the transaction."""
    database.execute_sql("SELECT pg_advisory_xact_lock(%s)", (WRITE_TURN,))


def others_write(database: Any, known: int | None) -> tuple[bool, int]:
    """By who waits for the turn to write, in this database (a key of one number: `objsubid` 1)."""
    waiting = database.execute_sql(_WAITING, (WRITE_TURN,)).fetchone()[0]
    return waiting > 0, 0


@contextmanager
def plain_refusals() -> Iterator[None]:
    """A value that the server cannot hold is refused in French."""
    try:
        yield
    except (peewee.DataError, UnicodeEncodeError) as fault:
        raise Refused(tell("La base ne garde pas cette valeur : caractère nul, caractère isolé ou nombre trop grand ; la corriger.")) from fault


@contextmanager
def present(pool: Any, refused: str) -> Iterator[None]:
    """Share the database with others at work; raises `Refused` with this sentence while one has it alone."""
    pool.close_idle()
    pool.presence_refused, ended = refused, threading.Event()
    try:
        with pool.connection_context():
            pass
        threading.Thread(target=_stay_present, args=[pool, ended], name="presence", daemon=True).start()
        yield
    finally:
        ended.set()
        pool.presence_refused = None
        pool.close_idle()


def _stay_present(pool: Any, ended: threading.Event) -> None:
    """Look at a connection now and then: after a restart of the server, the share of one that was dropped is taken again."""
    while not ended.wait(PRESENCE_SECONDS):
        with suppress(Exception), pool.connection_context():
            pass


@contextmanager
def alone(pool: Any, refused: str) -> Iterator[None]:
    """Have the database to oneself among those at work; raises `Refused` with this sentence while others are."""
    held = _Fresh._connect(pool)
    try:
        if not _locked(held, "pg_try_advisory_lock"):
            raise Refused(refused)
        yield
    finally:
        held.close()


def _locked(connection: Any, function: str) -> bool:
    locked = bool(connection.execute(f"SELECT {function}({PRESENCE})").fetchone()[0])
    connection.commit()
    return locked


def append_only(database: Any, table: str, verbs: Sequence[str]) -> None:
    """Refuse some verbs on `table`'s rows, as an integrity error."""
    database.execute_sql(
        f"CREATE OR REPLACE FUNCTION {table}_refuses() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN RAISE EXCEPTION '{table} is append-only' USING ERRCODE = '23000'; END $$"
    )
    for verb in verbs:
        database.execute_sql(
            f"CREATE OR REPLACE TRIGGER {table}_refuses_{verb.lower()} BEFORE {verb} ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION {table}_refuses()"
        )


def look_again(database: Any, tables: Sequence[str], *, quickly: bool) -> None:
    with database.atomic():
        if quickly:
            database.execute_sql(f"SET LOCAL default_statistics_target = {SAMPLE}")
        for table in tables:
            database.execute_sql(f"ANALYZE {table}")


def can_write(database: Any, seconds: float) -> bool:
    """Write a table and take it back; False if the server gives no turn in `seconds`."""
    try:
        with database.atomic() as attempt:
            database.execute_sql(f"SET LOCAL lock_timeout = {int(seconds * 1000)}")
            database.execute_sql("CREATE TABLE health_attempt (id INTEGER)")
            attempt.rollback()
    except peewee.OperationalError as fault:
        if _state(fault) == LOCK_NOT_AVAILABLE:
            return False
        raise
    return True


@contextmanager
def held_open(database: Any) -> Iterator[None]:
    """Nothing: the server keeps its own files."""
    yield


def disk_is_full(fault: BaseException) -> bool:
    """Whether the server refused a write for want of room (SQLSTATE 53100)."""
    return _state(fault) == DISK_FULL


def only_reads(fault: BaseException) -> bool:
    """Whether the server is a standby, or was told to write nothing (SQLSTATE 25006)."""
    return _state(fault) == ONLY_READS


def _state(fault: BaseException | None) -> str:
    """The SQLSTATE of the server's own fault, which peewee wraps in the DB-API's."""
    while fault is not None and not getattr(fault, "sqlstate", None):
        fault = fault.__cause__ or fault.__context__
    return str(getattr(fault, "sqlstate", ""))


def continue_numbers(database: Any, table: str, column: str) -> None:
    """Have the sequence of a table go on after its greatest number."""
    greatest = f'SELECT MAX("{column}") FROM "{table}"'  # noqa: S608 our own names
    database.execute_sql(f"SELECT setval(pg_get_serial_sequence('\"{table}\"', '{column}'), COALESCE(({greatest}), 1), ({greatest}) IS NOT NULL)")


def integrity(database: Any) -> list[str]:
    """Constraints or indexes that the server does not hold valid, and an order of texts that is not Cartable's."""
    keys = database.execute_sql("SELECT conname FROM pg_constraint WHERE NOT convalidated")
    indexes = database.execute_sql("SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid")
    order = database.execute_sql("SELECT datcollate FROM pg_database WHERE datname = current_database()").fetchone()[0]
    wrong = [] if order in ("C", "POSIX", "C.UTF-8", "C.utf8") else [f"ordre des textes {order} : recréer la base en LC_COLLATE 'C'"]
    return [f"constraint not valid: {row[0]}" for row in keys] + [f"index not valid: {row[0]}" for row in indexes] + wrong
