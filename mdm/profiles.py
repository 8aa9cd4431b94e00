"""The configured tablets on which a profile failed, by what their server told of each alone: a configuration that is no longer the expected one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from inventory.db import read_many
from inventory.discrepancy import Discrepancy, Drifted, Kind
from inventory.queries.tablets import states
from inventory.scope import Scope
from inventory.sight import TabletState
from inventory.words import tell
from mdm.details import Known, ProfileState, known_of

SOME = 500
_FAILED = (
    "SELECT t.id, sighting.id, device_detail.id FROM device_detail JOIN connector ON connector.id = device_detail.connector_id "
    "JOIN sighting ON sighting.connector = connector.name AND sighting.mdm_id = device_detail.device JOIN tablet t ON t.serial = sighting.serial "
    "WHERE sighting.serial <> '' AND sighting.status = 'enrolled' AND sighting.absent_runs = 0 AND device_detail.fetched IS NOT NULL "
    "AND device_detail.told LIKE ? AND NOT t.withdrawn AND t.stage IN ('configured', 'delivered', 'in_service') "
    "ORDER BY t.id, device_detail.id"
)


def failed_profiles(scope: Scope) -> Iterator[Discrepancy]:
    """One discrepancy for each profile that failed on a configured tablet of a scope; one that is only awaited contradicts nothing."""
    rows = {(tablet, device): detail for tablet, device, detail in read_many(_FAILED, (f'%"{ProfileState.FAILED.value}"%',))}
    ids = sorted({tablet for tablet, _ in rows})
    for start in range(0, len(ids), SOME):
        some = states(scope, ids=ids[start : start + SOME])
        speaking = {rows[place]: state for state in some if state.seen and (place := (state.id, state.seen.sighting_id)) in rows}
        for detail, known in known_of(list(speaking)).items():
            yield from _of_device(speaking[detail], known)


def _of_device(state: TabletState, known: Known) -> Iterator[Discrepancy]:
    """Those of the device that speaks for a tablet, as old as its detail; another record of the same serial number is a duplicate."""
    seen = replace(state.seen, told_at=known.fetched) if state.seen else None
    for name, found in known.profiles:
        if found is ProfileState.FAILED:
            drifted = Drifted(f"profile:{name}", tell("Profil « {name} »", name=name), ProfileState.VERIFIED.value, ProfileState.FAILED.value)
            yield Discrepancy(Kind.DRIFT, state.serial, state, seen, drifted=drifted)
