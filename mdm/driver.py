"""What a driver is: it reads one MDM server and turns its records into reports. It decides nothing and keeps no secret in a message."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import ClassVar, Protocol

import msgspec


class App(msgspec.Struct, frozen=True):
    """An application that the server requires: its package, the version required and the one installed (None: absent)."""

    pkg: str
    required: str
    installed: str | None = None


class DeviceReport(msgspec.Struct, frozen=True):
    """One device as its server tells it: an allow-list of fields (no user, no address, no place), moments aware in UTC.

    `serial` is normalised and may be blank; `status` is an `MdmStatus` key; `remarks` are stable keys; None is *not told*.
    """

    mdm_id: str
    serial: str
    number: str
    status: str
    last_contact: datetime | None = None
    enrolled_at: datetime | None = None
    model: str = ""
    os_version: str = ""
    configuration: str = ""
    managed: bool | None = None
    permissions_granted: bool | None = None
    apps: tuple[App, ...] = ()
    battery: int | None = None
    group: str = ""
    remarks: tuple[str, ...] = ()


class Refusal(msgspec.Struct, frozen=True):
    """A record that cannot be read: its id as told, and why, in French."""

    record: str
    reason: str


class Page(msgspec.Struct, frozen=True):
    """One page of a server's list: what it declares as its total, and how many fields were dropped (Law 7)."""

    reports: list[DeviceReport]
    refusals: list[Refusal]
    declared: int | None
    digest: str
    dropped: int = 0


class MdmError(Exception):
    """A server that cannot be read; `permanent` when trying again will not help. Never holds a secret."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


@dataclass(frozen=True, slots=True)
class Access:
    """Where a server is and who reads it; the password is in no representation."""

    url: str
    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of server can tell."""

    platforms: tuple[str, ...]
    tells_total: bool
    tells_configuration: bool
    tells_apps: bool
    tells_battery: bool


class Driver(Protocol):
    """Reads one server."""

    capabilities: ClassVar[Capabilities]

    @property
    def requests(self) -> int:
        """Requests sent so far."""
        ...

    def sign_in(self) -> None:
        """Open a session; raises `MdmError`."""
        ...

    def pages(self) -> Iterator[Page]:
        """Every page of the devices; raises `MdmError`."""
        ...

    def find(self, mdm_id: str, number: str) -> DeviceReport | None:
        """Look one device up; None if the server says that it does not exist, `MdmError` if it cannot tell."""
        ...
