"""One reading of a register of assets: proved complete, then kept beside the inventory, to be compared. It is no sighting of any tablet.

Nothing is erased: an asset that is listed no more keeps the day on which it last was. A reading of what changed only adds to the last whole one.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from inventory.columns import MomentField
from inventory.db import atomic, read_many
from inventory.growth import Growth
from inventory.met_again import MetAgain
from inventory.sets import one_of, write_set
from mdm.driver import NAMELESS, DeviceReport, Driver
from mdm.models import Connector, SyncRun
from mdm.readings import last_whole
from mdm.run_state import Extent, RunState
from mdm.staging import Staged
from mdm.sync import Tell, note_reading, read_and

_stored = MomentField().db_value
_KEEP = (
    "INSERT INTO peer_asset (connector_id, asset, serial, number, model, place, told) VALUES (?,?,?,?,?,?,?) "
    "ON CONFLICT (connector_id, asset) DO UPDATE SET serial = excluded.serial, number = excluded.number, model = excluded.model, "
    "place = excluded.place, told = excluded.told, last_listed = NULL"
)
_KNOWN = "SELECT id, asset, serial, number, model, place FROM peer_asset WHERE connector_id = ? AND "
_ALL = "SELECT count(*) FROM peer_asset WHERE connector_id = ?"
_LEFT = "SELECT count(*) FROM peer_asset WHERE connector_id = ? AND last_listed IS NOT NULL"


class _LastListing:
    """The assets of a register as its last whole reading listed them; it manages none."""

    def __init__(self, connector: Connector) -> None:
        self._connector = connector
        self.same = MetAgain("peer_asset", "asset", "connector_id = ? AND last_listed IS NULL", (connector.id,)).rows

    def managed(self, assets: Sequence[str]) -> dict[str, tuple[int, str]]:
        return {}

    def emptied(self, staged: Staged) -> str | None:
        """Why a list without any asset is not believed, in French; None where there is something in it, or never was."""
        mine = (self._connector.id,)
        nothing = not staged.ids and not staged.refused and _count(_ALL, mine) > _count(_LEFT, mine)
        return "le registre ne liste plus rien ; ce qu'il listait reste cru" if nothing else None

    @atomic
    def only(self, staged: Staged) -> None:
        """Note of the assets listed until now that this reading does not name that they were last listed then.

        One whose record was refused is named; where a refusal names none, or there were too many to keep, it may be any of them."""
        mine = (self._connector.id,)
        unnamed = staged.refused > len(staged.refusals) or any(one.record == NAMELESS for one in staged.refusals)
        if unnamed or _count(_ALL, mine) - _count(_LEFT, mine) == len(staged.same):
            return
        still, refused, then = set(staged.same), {one.record for one in staged.refusals}, _stored(last_whole(self._connector))
        others = read_many("SELECT id, asset FROM peer_asset WHERE connector_id = ? AND last_listed IS NULL", mine)
        left = [(then, row_id) for row_id, asset in others if row_id not in still and asset not in refused]
        write_set("UPDATE peer_asset SET last_listed = ? WHERE id = ?", left)


def _count(sql: str, marks: Sequence[int]) -> int:
    return int(next(read_many(sql, marks))[0])


def read_register(
    connector: Connector, driver: Driver, *, now: datetime, tell: Tell | None = None, since: datetime | None = None
) -> SyncRun:  # fmt: skip
    """Read one register; the outcome, good or bad, is the run that is returned. Raises `Refused` if one is under way."""
    last = _LastListing(connector)
    return read_and(lambda run, staged: _settle(run, connector, last, staged), connector, driver, last, now=now, tell=tell, since=since)


def _settle(run: SyncRun, connector: Connector, last: _LastListing, staged: Staged) -> None:
    note_reading(run, staged)
    whole = run.kind == Extent.FULL.value
    fault = staged.fault() or (last.emptied(staged) if whole else None)
    run.state, run.message = (RunState.PARTIAL if fault else RunState.COMPLETE).value, fault or ""
    if fault:
        return
    run.unchanged, growth = len(staged.same), Growth("peer_asset")
    for batch in staged.batches():
        changed, rows = _keep(connector, batch)
        staged.same.extend(rows)
        run.changed, run.unchanged = run.changed + changed, run.unchanged + len(batch) - changed
        growth.wrote(changed)
    growth.ended()
    if whole:
        last.only(staged)
    run.absent = _count(_LEFT, (connector.id,))


@atomic
def _keep(connector: Connector, batch: Sequence[DeviceReport]) -> tuple[int, list[int]]:
    """Write a batch as it was told; how many of its assets say something new, and the rows of all."""
    among, marks = one_of("asset", [one.mdm_id for one in batch])
    known = {row[1:] for row in read_many(_KNOWN + among, (connector.id, *marks))}
    rows = [(one.mdm_id, one.serial, one.number, one.model, one.group) for one in batch]
    write_set(_KEEP, [(connector.id, *row, one.told) for row, one in zip(rows, batch, strict=True)])
    ids = [row_id for row_id, *_ in read_many(_KNOWN + among, (connector.id, *marks))]
    return sum(row not in known for row in rows), ids
