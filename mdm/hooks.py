"""What a webhook of MicroMDM or NanoMDM carries (workflow/webhook; service/webhook/event.json), reduced to what a follow-up needs.

An event may come twice, late, or never; none is sent again. What is heard of a device is a fold that gives the same whatever the order of its
events and however often each came. Of the property list that an event carries only an allow-list is read (Law 7).
"""

from __future__ import annotations

import binascii
import plistlib
from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.parsers.expat import ExpatError

import msgspec
from msgspec import Struct

from inventory.mdm_status import MdmStatus
from inventory.serials import normalise
from mdm.drivers.units import fraction, instant, latest, plain

UNREADABLE = (ValueError, ExpatError, RecursionError, OverflowError, AttributeError, TypeError, KeyError, IndexError, binascii.Error)
CONNECT = "mdm.Connect"
ANSWERED = "Acknowledged"
ENDINGS = (ANSWERED, "Error", "CommandFormatError")
"""The states that end a command; « NotNow » is told again later."""


class Heard(Struct, frozen=True):
    """What was heard of one device: the last of each of its moments, and what it last told of itself."""

    serial: str = ""
    name: str = ""
    model: str = ""
    os_version: str = ""
    supervised: bool | None = None
    battery: int | None = None
    begun: datetime | None = None
    token: datetime | None = None
    left: datetime | None = None
    contact: datetime | None = None
    told: datetime | None = None

    @property
    def enrolled(self) -> datetime | None:
        """When its enrolment began, as far as it was heard."""
        return self.begun or self.token

    @property
    def status(self) -> MdmStatus:
        """Enrolled once it gave its token, until it said that it leaves."""
        if self.left and self.left >= (latest(self.token, self.begun) or self.left):
            return MdmStatus.UNENROLLED
        return MdmStatus.ENROLLED if self.token and self.token >= (self.begun or self.token) else MdmStatus.PENDING


class Event(Struct, frozen=True):
    """One event: `key` names it however often it comes; `kept` if it is worth a line, which a mere « nothing to do » is not."""

    key: str
    topic: str
    device: str
    at: datetime
    status: str = ""
    kept: bool = True
    says: Mapping[str, Any] = {}


class _Ids(Struct):
    id: str | None = None
    parent_id: str | None = None


class _Part(Struct):
    udid: str | None = None
    enrollment_id: str | None = None
    ids: _Ids | None = None
    status: str | None = None
    command_uuid: str | None = None
    raw_payload: str | None = None


class _Body(Struct):
    topic: str
    event_id: str | None = None
    created_at: str | None = None
    checkin_event: _Part | None = None
    acknowledge_event: _Part | None = None


_body = msgspec.json.Decoder(_Body)


def event(content: bytes, received: datetime) -> Event:
    """The event of a body; ValueError if it is none. A moment never told, or yet to come, is the one it was received at."""
    try:
        told = _body.decode(content)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as fault:
        raise ValueError("évènement illisible") from fault
    part = told.acknowledge_event or told.checkin_event
    device = _device(part)
    if part is None or not device:
        raise ValueError("évènement sans appareil")
    topic, status = plain(told.topic)[:60], plain(part.status)[:40]
    at = _at(told.created_at, received)
    command = plain(part.command_uuid)
    idle = topic == CONNECT and not command
    own_channel = part.ids is None or not part.ids.parent_id
    says = _says(_properties(part.raw_payload), topic, status) if own_channel else {}
    return Event(_key(told, device, command, status, at), topic, device, at, status, not idle, says)


def _key(told: _Body, device: str, command: str, status: str, at: datetime) -> str:
    """A command answered twice alike is answered once; anything else is named by its own number."""
    if command:
        return answer_key(device, command, status)
    return f"event:{plain(told.event_id)}"[:200] if told.event_id else f"{device}:{told.topic}:{at.isoformat()}"[:200]


def answer_key(device: str, command: str, status: str) -> str:
    """How the answer of a device to a command is named."""
    return f"{device}:{command}:{status}"[:200]


def _device(part: _Part | None) -> str:
    """The device's identifier: that of its parent for a person's channel, which is written `device:person`."""
    if part is None:
        return ""
    ids = part.ids or _Ids()
    return plain(ids.parent_id or part.udid or part.enrollment_id or ids.id).partition(":")[0][:100]


def _at(told: str | None, received: datetime) -> datetime:
    try:
        return min(instant(told) or received, received)
    except (ValueError, OverflowError):
        return received


def _properties(raw: str | None) -> Mapping[str, Any]:
    """The property list, none if it cannot be read: the event itself is still heard."""
    try:
        told = plistlib.loads(b64decode(raw or ""), fmt=plistlib.FMT_XML)
    except UNREADABLE:
        return {}
    return told if isinstance(told, dict) else {}


def _says(told: Mapping[str, Any], topic: str, status: str) -> dict[str, Any]:
    """The facts of a property list: those of a first check-in, or of an answer about the device."""
    if topic == "mdm.Authenticate":
        return _facts(told)
    answers = told.get("QueryResponses")
    return _facts(answers) if topic == CONNECT and status == ANSWERED and isinstance(answers, dict) else {}


def _facts(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told is kept, what is not told stays as it was: an answer holds only what was asked. A name is the town's only where the
    town supervises the tablet; a person's own is left where it is."""

    def text(*names: str) -> str:
        return next((plain(value) for name in names if isinstance(value := told.get(name), str)), "")

    supervised, level = told.get("IsSupervised"), told.get("BatteryLevel")
    found = {
        "serial": normalise(text("SerialNumber")), "model": text("ProductName", "Model"), "os_version": text("OSVersion"),
        "supervised": supervised if isinstance(supervised, bool) else None,
        "battery": fraction(float(level)) if isinstance(level, int | float) and not isinstance(level, bool) else None,
        "name": text("DeviceName") if supervised is True else "",
    }  # fmt: skip
    return {name: value for name, value in found.items() if value not in ("", None)}


def hear(heard: Heard, one: Event) -> Heard:
    """What is known of a device once one more event was heard."""
    marks = {"mdm.Authenticate": "begun", "mdm.TokenUpdate": "token", "mdm.CheckOut": "left"}
    changes: dict[str, Any] = {"contact": latest(heard.contact, one.at)}
    if one.topic in marks:
        changes[marks[one.topic]] = latest(getattr(heard, marks[one.topic]), one.at)
    if one.says:
        newer = heard.told is None or one.at >= heard.told
        changes |= {name: value for name, value in one.says.items() if newer or getattr(heard, name) in ("", None)}
        changes["told"] = latest(heard.told, one.at)
    return msgspec.structs.replace(heard, **changes)
