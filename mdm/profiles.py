"""The configured tablets on which a profile failed, by what their server told of each alone: a configuration that is no longer the expected one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inventory.db import read_many
from inventory.discrepancy import Discrepancy, Drifted, Kind
from inventory.queries.tablets import states
from inventory.scope import Scope
from inventory.sight import Seen, TabletState
from inventory.words import tell
from mdm.details import ProfileState, known_of

SOME = 500
_FAILED = (
    "SELECT t.id, device_detail.id FROM device_detail JOIN connector ON connector.id = device_detail.connector_id "
    "JOIN sighting ON sighting.connector = connector.name AND sighting.mdm_id = device_detail.device JOIN tablet t ON t.serial = sighting.serial "
    "WHERE sighting.serial <> '' AND sighting.status = 'enrolled' AND sighting.absent_runs = 0 AND device_detail.fetched IS NOT NULL "
    "AND device_detail.told LIKE ? AND NOT t.withdrawn AND t.stage IN ('configured', 'delivered', 'in_service') "
    "ORDER BY t.id, device_detail.id"
)


def failed_profiles(scope: Scope) -> Iterator[Discrepancy]:
    """One discrepancy for each profile that failed on a configured tablet of a scope; one that is only awaited contradicts nothing."""
    rows = dict(read_many(_FAILED, (f'%"{ProfileState.FAILED.value}"%',)))
    ids = sorted(rows)
    for start in range(0, len(ids), SOME):
        some = ids[start : start + SOME]
        known = known_of([rows[one] for one in some])
        for state in states(scope, ids=some):
            told = known[rows[state.id]]
            for name, found in told.profiles:
                if found is ProfileState.FAILED and state.seen:
                    yield _drift(name, replace(state.seen, told_at=told.fetched), state)


def _drift(name: str, seen: Seen, state: TabletState) -> Discrepancy:
    drifted = Drifted(f"profile:{name}", tell("Profil « {name} »", name=name), ProfileState.VERIFIED.value, ProfileState.FAILED.value)
    return Discrepancy(Kind.DRIFT, state.serial, state, seen, drifted=drifted)
