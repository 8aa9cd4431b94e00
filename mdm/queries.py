"""What the room shows of its connectors: runs, quarantines, and how fresh each server's word is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from peewee import ModelSelect

from inventory.models import Sighting
from inventory.queries.visible import visible
from inventory.scope import Scope
from mdm.models import Connector, SyncRun
from mdm.run_state import RunState

COUNTED = (RunState.COMPLETE.value, RunState.RELEASED.value)


@dataclass(frozen=True, slots=True)
class Listened:
    """A connector, its last run, the last one that counted, and how many devices it knows."""

    connector: Connector
    last: SyncRun | None
    last_counted: SyncRun | None
    devices: int


def listened(scope: Scope) -> list[Listened]:
    """Every active connector, how fresh its word is, and how many devices of the scope it knows."""
    return [
        Listened(row, _last(row), _last(row, COUNTED), visible(scope, Sighting).where(Sighting.connector == row.name).count())
        for row in Connector.select().where(Connector.active).order_by(Connector.name)
    ]


def _last(row: Connector, states: Sequence[str] = ()) -> SyncRun | None:
    query = SyncRun.select().where(SyncRun.connector == row)
    if states:
        query = query.where(SyncRun.state.in_(states))
    return query.order_by(SyncRun.id.desc()).first()


def runs(scope: Scope, limit: int = 30) -> list[SyncRun]:
    """The last runs, newest first, with their connector."""
    return list(_seen_by(scope).order_by(SyncRun.id.desc()).limit(limit))


def quarantines(scope: Scope) -> list[SyncRun]:
    """The readings that wait for a person."""
    waiting = SyncRun.state == RunState.QUARANTINED.value
    return list(_seen_by(scope).where(waiting).order_by(SyncRun.id))


def _seen_by(scope: Scope) -> ModelSelect:
    """A run counts the devices of every school: it is seen from everywhere only."""
    query = SyncRun.select(SyncRun, Connector).join(Connector)
    return query if scope.everywhere else query.where(SyncRun.id.in_([]))
