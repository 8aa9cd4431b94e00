"""What the room shows of its connectors: runs, quarantines, and how fresh each server's word is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from inventory.models import Sighting
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


def listened() -> list[Listened]:
    """Every active connector and how fresh its word is."""
    return [
        Listened(row, _last(row), _last(row, COUNTED), Sighting.select().where(Sighting.connector == row.name).count())
        for row in Connector.select().where(Connector.active).order_by(Connector.name)
    ]


def _last(row: Connector, states: Sequence[str] = ()) -> SyncRun | None:
    query = SyncRun.select().where(SyncRun.connector == row)
    if states:
        query = query.where(SyncRun.state.in_(states))
    return query.order_by(SyncRun.id.desc()).first()


def runs(limit: int = 30) -> list[SyncRun]:
    """The last runs, newest first, with their connector."""
    return list(SyncRun.select(SyncRun, Connector).join(Connector).order_by(SyncRun.id.desc()).limit(limit))


def quarantines() -> list[SyncRun]:
    """The readings that wait for a person."""
    waiting = SyncRun.state == RunState.QUARANTINED.value
    return list(SyncRun.select(SyncRun, Connector).join(Connector).where(waiting).order_by(SyncRun.id))
