"""The database's schema: numbered migrations, run whole or not at all, by one process at a time."""

from __future__ import annotations

from pathlib import Path

from playhouse.migrations import Runner

from inventory.db import atomic, database
from inventory.errors import Refused

MIGRATIONS = Path(__file__).parent / "migrations"


def migrate() -> list[str]:
    """Run what is missing, in order, in one transaction; safe twice, and by two processes at once. Returns what it ran."""
    with database.connection_context(), atomic():
        runner = _runner()
        _refuse_unknown(runner)
        return list(runner.up())


def refuse_other_schema() -> None:
    """Raise `Refused` unless the database has exactly the migrations this version ships."""
    with database.connection_context():
        runner = _runner()
        _refuse_unknown(runner)
        missing = _shipped(runner) - set(runner.applied())
    if missing:
        raise Refused(f"La base n'a pas reçu {len(missing)} migration(s) ({min(missing)}…) : lancer « cartable init ».")


def _runner() -> Runner:
    return Runner(database.obj, directory=str(MIGRATIONS))


def _shipped(runner: Runner) -> set[str]:
    return {migration.name for migration in runner.migrations()}


def _refuse_unknown(runner: Runner) -> None:
    unknown = set(runner.applied()) - _shipped(runner)
    if unknown:
        raise Refused(
            f"La base porte un schéma inconnu de cette version ({min(unknown)}) : installer la version de Cartable qui l'a créée."
        )
