"""What is known of a tablet at a moment, a person's word and a machine's word side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus


@dataclass(frozen=True, slots=True)
class Seen:
    """The word of one MDM about one device: what it says, since when, and when the device was last heard."""

    sighting_id: int
    connector: str
    mdm_id: str
    serial: str
    number: str
    status: MdmStatus
    since: datetime
    model: str
    os_version: str
    configuration: str
    managed: bool | None
    permissions_granted: bool | None
    apps: tuple[tuple[str, str, str | None], ...]
    group: str
    enrolled_at: datetime | None
    told_at: datetime
    last_contact: datetime | None
    contact_to_the_day: bool = False
    battery: int | None = None
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TabletState:
    """A tablet as it stood at a moment: its stage (a person's word) and the MDM's word, if any."""

    id: int
    serial: str
    asset_tag: str
    model: str
    class_id: int | None
    slot: int | None
    stage: Stage
    stage_at: datetime | None
    prepared: Stage
    seen: Seen | None

    @property
    def name(self) -> str:
        return self.asset_tag or self.serial

    @property
    def mdm(self) -> MdmStatus:
        return self.seen.status if self.seen else MdmStatus.UNKNOWN


def newer(seen: Seen) -> tuple[bool, datetime, int]:
    """A key by which the record that speaks of a serial number is the greatest: not gone, of the newest enrolment."""
    return seen.status is not MdmStatus.GONE, seen.enrolled_at or datetime.min.replace(tzinfo=seen.told_at.tzinfo), seen.sighting_id
