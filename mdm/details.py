"""What a server tells of one device at a time, asked in rotation after the list was taken in: the one asked longest ago first.

A reading sends as many of these requests as the operator's file allows and no more, each once. Each answer is kept as it comes, so that whatever stops it is
followed from there; a device that is not answered waits its turn again. Nothing of it changes what the list tells: a detail is shown beside it, with its own age.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from peewee import fn

from inventory.db import atomic, read_many
from inventory.models import Tablet
from inventory.queries.sightings import LIVE
from inventory.status import Status
from mdm.driver import Detail, Detailed, MdmError
from mdm.models import Connector, DeviceDetail, SyncRun
from mdm.sync import Tell

IN_A_ROW = 3
"""Failures after which a reading asks no more."""
_OLDEST = (
    "SELECT sighting.mdm_id FROM sighting LEFT JOIN device_detail ON device_detail.connector_id = ? AND device_detail.device = sighting.mdm_id "
    "WHERE sighting.connector = ? AND sighting.status IN (?,?) AND sighting.absent_runs = 0 "
    "ORDER BY coalesce(device_detail.asked, 0), sighting.id LIMIT ?"
)
_detail = msgspec.json.Decoder(Detail)


class ProfileState(Status):
    """What a server tells of a profile on a device."""

    VERIFIED = "verified", "vérifié", "circle-check", "good"
    VERIFYING = "verifying", "en vérification", "clock", "plain"
    PENDING = "pending", "en attente", "clock", "watch"
    FAILED = "failed", "en échec", "circle-x", "bad"


@dataclass(frozen=True, slots=True)
class Known:
    """What one server last told of one device alone, and when."""

    connector: str
    told: Detail
    fetched: datetime

    @property
    def profiles(self) -> Sequence[tuple[str, ProfileState | None]]:
        """The profiles by name; the state is None where the server used another word."""
        states = {one.value: one for one in ProfileState}
        return [(name, states.get(state)) for name, state in self.told.profiles]


def fetch(run: SyncRun, connector: Connector, driver: Detailed, budget: int, *, clock: Callable[[], datetime], tell: Tell | None = None) -> None:
    """Ask for the details whose turn it is, within a budget of requests, and note in the run how many came. A fault of the server ends it, and no more."""
    before, kept, failures = driver.requests, 0, 0
    for device in oldest(connector, budget):
        if driver.requests - before >= budget or failures == IN_A_ROW:
            break
        try:
            told = driver.detail(device)
            _keep(connector, device, told, clock())
            kept, failures = kept + (told is not None), 0
        except MdmError as fault:
            _keep(connector, device, None, clock())
            run.message, failures = f"détails : {fault}", IN_A_ROW if fault.permanent else failures + 1
        run.details, run.requests = kept, run.requests + driver.requests - before
        before, budget = driver.requests, budget - (driver.requests - before)
        run.save(only=[SyncRun.details, SyncRun.requests, SyncRun.message])
        if tell:
            tell(kept, None)


def oldest(connector: Connector, most: int) -> Sequence[str]:
    """The devices managed and listed whose turn it is: never asked first, then asked longest ago."""
    return [device for (device,) in read_many(_OLDEST, (connector.id, connector.name, *LIVE, most))]


@atomic
def _keep(connector: Connector, device: str, told: Detail | None, now: datetime) -> None:
    """Keep an answer; without one, only that it was asked for."""
    row = DeviceDetail.get_or_none((DeviceDetail.connector == connector) & (DeviceDetail.device == device))
    row = row or DeviceDetail(connector=connector, device=device, told="{}")
    row.asked = now
    if told is not None:
        row.told, row.fetched = msgspec.json.encode(told).decode(), now
    row.save()


def of_tablet(tablet: Tablet) -> list[Known]:
    """What servers tell of one tablet alone, by the serial number that they know it by."""
    if not tablet.serial:
        return []
    sql = (
        "SELECT connector.name, device_detail.id FROM device_detail JOIN connector ON connector.id = device_detail.connector_id "
        "JOIN sighting ON sighting.connector = connector.name AND sighting.mdm_id = device_detail.device "
        "WHERE sighting.serial = ? AND sighting.status IN (?,?) AND device_detail.fetched IS NOT NULL ORDER BY connector.name, device_detail.id"
    )
    names = {row_id: name for name, row_id in read_many(sql, (tablet.serial, *LIVE))}
    return list(known_of(list(names)).values()) if names else []


def known_of(rows: Sequence[int]) -> dict[int, Known]:
    """What some rows of details tell, by row."""
    found = DeviceDetail.select(DeviceDetail, Connector.name).join(Connector).where(DeviceDetail.id.in_(list(rows))).order_by(DeviceDetail.id)
    return {row.id: Known(row.connector.name, _detail.decode(row.told), row.fetched) for row in found}


def rotation(connector: Connector) -> tuple[int, datetime | None]:
    """How many devices of a connector have a detail, and when the oldest was told."""
    mine = (DeviceDetail.connector == connector) & DeviceDetail.fetched.is_null(False)
    row = DeviceDetail.select(fn.COUNT(DeviceDetail.id).alias("number"), fn.MIN(DeviceDetail.fetched).alias("oldest")).where(mine).get()
    return int(row.number), DeviceDetail.fetched.python_value(row.oldest) if isinstance(row.oldest, int) else row.oldest
