"""One reading of a register of assets: proved complete, then kept beside the inventory, to be compared. It is no sighting of any tablet.

Nothing is erased: an asset that is listed no more keeps the day on which it last was. A reading of what changed only adds to the last whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from peewee import fn

from inventory.columns import MomentField
from inventory.db import atomic, read_many, write_many
from inventory.sets import one_of, write_set
from mdm.driver import DeviceReport, Driver
from mdm.models import Connector, PeerAsset, SyncRun
from mdm.run_state import Extent, RunState
from mdm.staging import Staged
from mdm.sync import Tell, note_reading, read_and

_stored = MomentField().db_value
_KEEP = (
    "INSERT INTO peer_asset (connector_id, asset, serial, number, model, place, listed) VALUES (?,?,?,?,?,?,?) "
    "ON CONFLICT (connector_id, asset) DO UPDATE SET serial = excluded.serial, number = excluded.number, model = excluded.model, "
    "place = excluded.place, listed = excluded.listed"
)
_KNOWN = "SELECT id, asset, serial, number, model, place FROM peer_asset WHERE connector_id = ? AND "


def read_register(
    connector: Connector, driver: Driver, *, now: datetime, tell: Tell | None = None, since: datetime | None = None
) -> SyncRun:  # fmt: skip
    """Read one register; the outcome, good or bad, is the run that is returned. Raises `Refused` if one is under way."""
    return read_and(lambda run, staged: _settle(run, connector, staged, now), connector, driver, now=now, tell=tell, since=since)


def _settle(run: SyncRun, connector: Connector, staged: Staged, now: datetime) -> None:
    note_reading(run, staged)
    fault = staged.fault()
    run.state, run.message = (RunState.PARTIAL if fault else RunState.COMPLETE).value, fault or ""
    if fault:
        return
    mine = PeerAsset.connector == connector
    last = PeerAsset.select(fn.MAX(PeerAsset.listed)).where(mine)
    listed = now if run.kind == Extent.FULL.value else last.scalar() or now
    for batch in staged.batches():
        changed = _keep(connector, batch, listed)
        run.changed, run.unchanged = run.changed + changed, run.unchanged + len(batch) - changed
    run.absent = PeerAsset.select().where(mine & (PeerAsset.listed < listed)).count()


@atomic
def _keep(connector: Connector, batch: Sequence[DeviceReport], listed: datetime) -> int:
    """Write a batch as it was told; how many of its assets say something new."""
    among, marks = one_of("asset", [one.mdm_id for one in batch])
    known = {row[1:]: row[0] for row in read_many(_KNOWN + among, (connector.id, *marks))}
    rows = [(one.mdm_id, one.serial, one.number, one.model, one.group) for one in batch]
    fresh, moment = [row for row in rows if row not in known], _stored(listed)
    write_many(_KEEP, [(connector.id, *row, moment) for row in fresh])
    write_set("UPDATE peer_asset SET listed = ? WHERE id = ?", [(moment, known[row]) for row in rows if row in known])
    return len(fresh)
