"""What a driver is: it reads one MDM server and turns its records into reports. It decides nothing and keeps no secret in a message."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any, ClassVar, Protocol, runtime_checkable

import msgspec

from inventory.paris import PARIS


class App(msgspec.Struct, frozen=True, gc=False):
    """An application that the server requires: its package, the version required and the one installed (None: absent)."""

    pkg: str
    required: str
    installed: str | None = None


class DeviceReport(msgspec.Struct, frozen=True, gc=False):
    """One device as its server tells it: an allow-list of fields (no user, no address, no place), moments aware in UTC.

    `serial` is normalised and may be blank; `status` is an `MdmStatus` key; `remarks` are stable keys; None is *not told*.
    `told` is the digest of the record as its server tells it, its identifier and the rest of the allow-list: the same digest is the same
    report, of the same device.
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
    told: str | None = None


class Detail(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a server tells of one device asked alone, and not in its list: an allow-list too; None is *not told*. `profiles`: name and state as told."""

    battery: int | None = None
    lost: bool | None = None
    mdm_contact: datetime | None = None
    profiles: tuple[tuple[str, str], ...] = ()


NAMELESS = "?"


class Refusal(msgspec.Struct, frozen=True):
    """A record that cannot be read: its id as told (`NAMELESS` if that cannot be read either), and why, in French."""

    record: str
    reason: str


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a server's list: what it declares as its total, and how many fields were dropped (Law 7).

    `ids` and `told` name its devices and digest what is told of each; `report` makes the report of one, by its place: most devices
    tell what they told last time, and need none.
    """

    ids: Sequence[str]
    told: Sequence[str | None]
    report: Callable[[int], DeviceReport]
    refusals: Sequence[Refusal]
    declared: int | None
    dropped: int = 0

    @classmethod
    def of(cls, reports: Sequence[DeviceReport], refusals: Sequence[Refusal], declared: int | None, dropped: int = 0) -> Page:
        """A page whose records were all read."""
        ids, told = [one.mdm_id for one in reports], [one.told for one in reports]
        return cls(ids, told, reports.__getitem__, refusals, declared, dropped)

    @property
    def reports(self) -> list[DeviceReport]:
        """Every report of the page."""
        return [self.report(place) for place in range(len(self.ids))]

    @property
    def digest(self) -> str:
        """Tells the page from another by the devices that it names."""
        named = "\n".join([*self.ids, *(refusal.record for refusal in self.refusals)])
        return hashlib.blake2b(named.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class MdmError(Exception):
    """A server that cannot be read; `permanent` when trying again will not help. Never holds a secret."""

    def __init__(self, message: str, *, permanent: bool = False) -> None:
        super().__init__(message)
        self.permanent = permanent


class Memory(Protocol):
    """What one server's webhook told of its devices, by their own identifiers (`mdm.hooks.Heard`)."""

    def recall(self, devices: Sequence[str]) -> Mapping[str, Any]:
        """What was heard of these devices; those never heard are left out."""
        ...

    def after(self, device: str, most: int) -> Sequence[tuple[str, Any]]:
        """What was heard of the next devices in the order of their identifiers."""
        ...

    def since(self, moment: datetime) -> Sequence[tuple[str, Any]]:
        """What is known of the devices heard since a moment."""
        ...

    def answers(self, device: str, command: str) -> Sequence[str]:
        """The states that a device answered to one command."""
        ...


class Nothing:
    """A memory of a server that sends no event."""

    def recall(self, devices: Sequence[str]) -> Mapping[str, Any]:
        return {}

    def after(self, device: str, most: int) -> Sequence[tuple[str, Any]]:
        return []

    def since(self, moment: datetime) -> Sequence[tuple[str, Any]]:
        return []

    def answers(self, device: str, command: str) -> Sequence[str]:
        return []


@dataclass(frozen=True, slots=True)
class Access:
    """Where a server is and who reads it; the password is in no representation.

    `zone` is that of the moments it writes without one; `ca` a file of the authorities that vouch for it (None: the usual ones);
    `options` what else its kind asks for; `memory` what its webhook told; `expected` how many devices it listed last time.
    """

    url: str
    login: str
    password: str = field(repr=False)
    zone: tzinfo = PARIS
    ca: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    memory: Memory = field(default_factory=Nothing)
    expected: int = 0


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a kind of server can tell; `peer` is a register of assets, which sees no device and enrols none; `listens` has no
    list, and is known by the events that it sends; `keyless` may be read without a password."""

    platforms: tuple[str, ...]
    tells_total: bool
    tells_configuration: bool = False
    tells_apps: bool = False
    tells_battery: bool = False
    tells_contact: bool = True
    tells_enrolment: bool = True
    tells_managed: bool = True
    tells_group: bool = True
    changed_since: bool = False
    details: bool = False
    peer: bool = False
    listens: bool = False
    keyless: bool = False


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


@runtime_checkable
class Changing(Protocol):
    """A driver whose server can tell what changed since a moment."""

    def changed(self, since: datetime) -> Iterator[Page] | None:
        """Every device that may have changed since a moment of our clock, others too maybe; None where this very server cannot tell.

        Raises `MdmError` when some may be missing.
        """
        ...


@runtime_checkable
class Detailed(Protocol):
    """A driver whose server tells more of a device that is asked alone."""

    @property
    def requests(self) -> int: ...

    def detail(self, mdm_id: str) -> Detail | None:
        """What is told of one device, in one request that is never tried again; None for one that does not exist, `MdmError` if nothing was told."""
        ...


@runtime_checkable
class Described(Protocol):
    """A driver whose server tells what it is, and what the account may do."""

    def described(self) -> str:
        """Its version and the rights of the account, in French; raises `MdmError`."""
        ...
