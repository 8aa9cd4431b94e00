"""The database's schema: numbered migrations, run whole or not at all, by one process at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from peewee import CharField
from playhouse.migrations import Runner

from config.clock import now
from config.presence import in_turn
from inventory.columns import MomentField
from inventory.db import Table, atomic, database, integrity, on_postgres, snapshot
from inventory.errors import Refused
from inventory.french import counted

MIGRATIONS = Path(__file__).parent / "migrations"


class SchemaMigration(Table):
    """A migration that was run; the library's own table of it holds a naive time of the machine."""

    name = CharField(primary_key=True)
    applied = MomentField(default=now)


def migrate() -> list[str]:
    """Run what is missing, in order, in one transaction; safe twice, and by two processes at once. Returns what it ran."""
    with _turn(), database.connection_context():
        runner = _runner()
        # The outer context only lifts foreign keys, which SQLite does not do inside a transaction: a table is rebuilt by its copy.
        with runner.migrator.migration_context(atomic=False), atomic():
            _refuse_unknown(runner)
            ran = list(runner.up())
            _refuse_broken(ran)
    return ran


def _turn() -> AbstractContextManager[None]:
    """PostgreSQL's writers wait for one another in the server; a file of SQLite is opened by one at a time."""
    return nullcontext() if on_postgres() else in_turn(Path(str(database.obj.database)))


def refuse_other_schema() -> None:
    """Raise `Refused` unless the database has exactly the migrations this version ships."""
    with snapshot():
        runner = _runner()
        _refuse_unknown(runner)
        missing = _shipped(runner) - set(runner.applied())
    if missing:
        raise Refused(f"La base n'a pas reçu {counted(len(missing), 'migration', 'migrations')} ({min(missing)}…) : lancer « cartable init ».")


def missing() -> list[str]:
    """The migrations that a database with data still has to receive, in order; none for a new one. `Refused` on an unknown schema."""
    with snapshot():
        runner = _runner()
        _refuse_unknown(runner)
        done = set(runner.applied())
        return sorted(_shipped(runner) - done) if done else []


def applied() -> list[str]:
    """The migrations that the database bears, in order."""
    return sorted(_runner().applied())


def _runner() -> Runner:
    runner = Runner(database.obj, directory=str(MIGRATIONS))
    runner.History = SchemaMigration
    return runner


def _shipped(runner: Runner) -> set[str]:
    return {migration.name for migration in runner.migrations()}


def _refuse_unknown(runner: Runner) -> None:
    unknown = set(runner.applied()) - _shipped(runner)
    if unknown:
        raise Refused(
            f"La base porte un schéma inconnu de cette version ({min(unknown)}) : installer la version de Cartable qui l'a créée."
        )


def _refuse_broken(ran: list[str]) -> None:
    """Undo the whole, by raising, if what was run left the database unsound."""
    complaints = integrity() if ran else []
    if complaints:
        raise Refused(f"La migration laisserait une base abîmée ({complaints[0]}) : rien n'a été changé.")
