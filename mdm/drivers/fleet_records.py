"""What is read of Fleet's records, by the names of its API; the rest of them is never made."""

from __future__ import annotations

from typing import Generic, TypeVar

from msgspec import Struct

T = TypeVar("T")


class Mdm(Struct, gc=False):
    enrollment_status: str | None = None


class Profile(Struct, gc=False):
    name: str | None = None
    status: str | None = None
    operation_type: str | None = None


class Managed(Struct, gc=False):
    device_status: str | None = None
    profiles: list[Profile] | None = None


class HostDetail(Struct, gc=False):
    """What only the record of one host tells."""

    battery_level: float | None = None
    last_mdm_checked_in_at: str | None = None
    is_mdm_lost_mode_enabled: bool | None = None
    mdm: Managed | None = None


class Host(Struct, gc=False):
    id: int
    hardware_serial: str | None = None
    display_name: str | None = None
    platform: str | None = None
    os_version: str | None = None
    hardware_model: str | None = None
    detail_updated_at: str | None = None
    seen_time: str | None = None
    last_mdm_checked_in_at: str | None = None
    last_mdm_enrolled_at: str | None = None
    last_enrolled_at: str | None = None
    battery_level: float | None = None
    team_name: str | None = None
    fleet_name: str | None = None
    mdm: Mdm | None = None


class HostMark(Struct, gc=False):
    id: int
    updated_at: str | None = None


class Hosts(Struct, Generic[T]):
    hosts: list[T]


class Envelope(Struct, Generic[T]):
    host: T
