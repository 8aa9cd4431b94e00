"""A whole page of Headwind decoded at once, straight into the allow-list of fields (Law 7): what is not named here is never made.

A page with anything unexpected in it is not read here but record by record, so that a fault is named and its record refused alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Raw, Struct, field

from mdm.drivers.digests import digest, digests
from mdm.drivers.fields import LAST_MILLISECOND

FORM = b"headwind 1"
"""To be changed with any change of what a report makes of a record: every digest changes, and devices are looked at again."""
ALLOWED = frozenset({
    "id", "number", "serial", "lastUpdate", "enrollTime", "androidVersion", "configurationId", "mdmMode", "kioskMode", "groups", "info",
})  # fmt: skip
ALLOWED_INFO = frozenset({"model", "serial", "androidVersion", "batteryLevel", "permissions", "applications", "mdmMode", "kioskMode"})
SAMPLE = 20
Milliseconds = Annotated[int, Meta(ge=0, le=LAST_MILLISECOND)]


class _App(Struct, gc=False):
    pkg: str | None = None
    version: str | None = None


class Info(Struct, gc=False):
    """What is kept of what a tablet tells of itself."""

    model: str | None = None
    serial: str | None = None
    androidVersion: str | None = None
    batteryLevel: int | None = None
    permissions: list[int] | None = None
    applications: list[_App] | None = None
    mdmMode: bool | None = None
    kioskMode: bool | None = None


class _Group(Struct, gc=False):
    name: str | None = None


class Record(Struct, gc=False):
    """What is kept of a device."""

    id: int
    number: str | None = None
    serial: str | None = None
    lastUpdate: Milliseconds | None = None
    enrollTime: Milliseconds | None = None
    androidVersion: str | None = None
    configurationId: int | None = None
    mdmMode: bool | None = None
    groups: list[_Group] | None = None
    info: Info | None = None


class _RequiredApp(Struct, gc=False):
    pkg: str | None = None
    version: str | None = None
    action: int | None = None
    selected: bool | None = None
    skipVersion: bool | None = None


class _Configuration(Struct, gc=False):
    name: str | None = None
    applications: list[_RequiredApp] | None = None


class _Devices(Struct, gc=False):
    items: list[Record]
    totalItemsCount: int


class _Data(Struct, gc=False):
    devices: _Devices
    configurations: dict[str, _Configuration] = field(default_factory=dict)


class _Envelope(Struct, gc=False):
    status: Literal["OK", "WARNING"]
    data: _Data


class _RawDevices(Struct, gc=False):
    items: list[Raw]


class _RawData(Struct, gc=False):
    devices: _RawDevices


class _RawEnvelope(Struct, gc=False):
    data: _RawData


_page = msgspec.json.Decoder(_Envelope)
_raw_page = msgspec.json.Decoder(_RawEnvelope)
_packed = msgspec.msgpack.Encoder().encode


class _Marks(dict[int | None, bytes]):
    """For each configuration, what the digest of a device that bears it must also depend on."""

    def __init__(self, configurations: Mapping[str, Any]) -> None:
        self._told = configurations

    def __missing__(self, key: int | None) -> bytes:
        told = FORM + _packed(self._told.get(str(key)))
        return self.setdefault(key, hashlib.blake2b(told, digest_size=8).digest())


@dataclass(frozen=True, slots=True)
class Reading:
    """A page whose every record is sound."""

    ids: list[str]
    told: list[str]
    items: list[Record]
    configurations: Mapping[str, Any]
    declared: int
    dropped: int


class Quick:
    """Reads the pages of one server. Fields dropped are counted on a few records of its first page, and then by that measure."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._dropped_each: float | None = None

    def read(self, content: bytes) -> Reading | None:
        """None for a page that must be read record by record."""
        try:
            return self._read(content)
        except (msgspec.DecodeError, UnicodeError, RecursionError, OverflowError):
            return None

    def _read(self, content: bytes) -> Reading | None:
        told = _page.decode(content).data
        items, declared = told.devices.items, told.devices.totalItemsCount
        if not 0 <= declared <= self._most:
            return None
        marks = _Marks(told.configurations)
        told_of = digests([_packed(item) + marks[item.configurationId] for item in items])
        configurations = msgspec.to_builtins(told.configurations)
        return Reading([str(item.id) for item in items], told_of, items, configurations, declared, self._dropped(content, len(items)))

    def _dropped(self, content: bytes, count: int) -> int:
        if self._dropped_each is None or count <= SAMPLE:
            some = _raw_page.decode(content).data.devices.items[:SAMPLE]
            self._dropped_each = sum(dropped(msgspec.json.decode(raw)) for raw in some) / max(len(some), 1)
        return round(self._dropped_each * count)


class Digests:
    """The digests of records read alone: the same as in a page read at once, None for a record that would not be read there."""

    def __init__(self, configurations: Mapping[str, Any]) -> None:
        told = _converted(configurations, dict[str, _Configuration])
        self._marks = None if told is None else _Marks(told)

    def of(self, item: Any) -> str | None:
        record = _converted(item, Record)
        if record is None or self._marks is None:
            return None
        try:
            return _digest(record, self._marks)
        except (UnicodeEncodeError, OverflowError):
            return None


def _converted(told: Any, kind: Any) -> Any:
    try:
        return msgspec.convert(told, kind)
    except (msgspec.ValidationError, UnicodeError, RecursionError, OverflowError):
        return None


def _digest(record: Record, marks: _Marks) -> str:
    return digest(_packed(record) + marks[record.configurationId])


def dropped(item: Any) -> int:
    """How many fields of a record are left where they are: telephone, address, place, names."""
    if not isinstance(item, dict):
        return 0
    info = item.get("info")
    return len(item.keys() - ALLOWED) + (len(info.keys() - ALLOWED_INFO) if isinstance(info, dict) else 0)
