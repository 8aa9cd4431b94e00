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
from mdm.staging import BATCH, Staged
from mdm.sync import Tell, note_reading, read_and

_stored = MomentField().db_value
_KEEP = (
    "INSERT INTO peer_asset (connector_id, asset, serial, number, model, place, told, listed) VALUES (?,?,?,?,?,?,?,?) "
    "ON CONFLICT (connector_id, asset) DO UPDATE SET serial = excluded.serial, number = excluded.number, model = excluded.model, "
    "place = excluded.place, told = excluded.told, listed = excluded.listed"
)
_KNOWN = "SELECT id, asset, serial, number, model, place FROM peer_asset WHERE connector_id = ? AND "
_SAME = "SELECT told, id FROM peer_asset WHERE connector_id = ? AND listed = ? AND told IS NOT NULL AND "
_LISTED = "FROM peer_asset WHERE connector_id = ? AND listed = ?"


class _LastListing:
    """The assets of a register as its last whole reading listed them; it manages none."""

    def __init__(self, connector: Connector) -> None:
        self.listed = PeerAsset.select(fn.MAX(PeerAsset.listed)).where(PeerAsset.connector == connector).scalar()
        self._mine = (connector.id, _stored(self.listed))

    def same(self, assets: Sequence[str]) -> dict[str | None, int]:
        found = dict[str | None, int]()
        for start in range(0, len(assets), BATCH):
            among, marks = one_of("asset", assets[start : start + BATCH])
            found.update(read_many(_SAME + among, (*self._mine, *marks)))
        return found

    def managed(self, assets: Sequence[str]) -> dict[str, tuple[int, str]]:
        return {}

    @atomic
    def listed_again(self, same: Sequence[int], listed: datetime) -> None:
        """Note that these rows are listed at another moment, all in one statement, and that the others were last listed when they were."""
        others = list[int]()
        if next(read_many(f"SELECT count(*) {_LISTED}", self._mine))[0] != len(same):
            told = set(same)
            others = [row_id for (row_id,) in read_many(f"SELECT id {_LISTED}", self._mine) if row_id not in told]
        write_many("UPDATE peer_asset SET listed = ? WHERE connector_id = ? AND listed = ?", [(_stored(listed), *self._mine)])
        write_set("UPDATE peer_asset SET listed = ? WHERE id = ?", [(self._mine[1], row_id) for row_id in others])


def read_register(
    connector: Connector, driver: Driver, *, now: datetime, tell: Tell | None = None, since: datetime | None = None
) -> SyncRun:  # fmt: skip
    """Read one register; the outcome, good or bad, is the run that is returned. Raises `Refused` if one is under way."""
    last = _LastListing(connector)
    return read_and(lambda run, staged: _settle(run, connector, last, staged, now), connector, driver, last, now=now, tell=tell, since=since)


def _settle(run: SyncRun, connector: Connector, last: _LastListing, staged: Staged, now: datetime) -> None:
    note_reading(run, staged)
    fault = staged.fault()
    run.state, run.message = (RunState.PARTIAL if fault else RunState.COMPLETE).value, fault or ""
    if fault:
        return
    listed = now if run.kind == Extent.FULL.value else last.listed or now
    if listed != last.listed:
        last.listed_again(staged.same, listed)
    run.unchanged = len(staged.same)
    for batch in staged.batches():
        changed = _keep(connector, batch, listed)
        run.changed, run.unchanged = run.changed + changed, run.unchanged + len(batch) - changed
    run.absent = PeerAsset.select().where((PeerAsset.connector == connector) & (PeerAsset.listed < listed)).count()


@atomic
def _keep(connector: Connector, batch: Sequence[DeviceReport], listed: datetime) -> int:
    """Write a batch as it was told; how many of its assets say something new."""
    among, marks = one_of("asset", [one.mdm_id for one in batch])
    known = {row[1:] for row in read_many(_KNOWN + among, (connector.id, *marks))}
    rows, moment = [(one.mdm_id, one.serial, one.number, one.model, one.group) for one in batch], _stored(listed)
    write_set(_KEEP, [(connector.id, *row, one.told, moment) for row, one in zip(rows, batch, strict=True)])
    return sum(row not in known for row in rows)
