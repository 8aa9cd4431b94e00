"""The events that MicroMDM and NanoMDM send of their tablets: property lists in base64, once each, in no order that can be relied on."""

from __future__ import annotations

import plistlib
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from mdm.simulator.apis.spoken import CANARY, LATITUDE, LONGITUDE, MODEL, SYSTEM
from mdm.simulator.told import Told


def events(device: Told) -> Iterator[dict[str, Any]]:
    """What one tablet's server says of it: that it enrols, gives its token, and answers what it was asked."""
    if device.enrolled is None or device.contact is None:
        return
    common = {"UDID": device.udid, "Challenge": b"apple", "Topic": "com.apple.mgmt.example"}
    first = {"SerialNumber": device.label, "ProductName": MODEL, "OSVersion": SYSTEM, "DeviceName": CANARY + "iPad de Léa", "IMEI": CANARY}
    yield _event(device, "mdm.Authenticate", device.enrolled, "checkin_event", common | first | {"MessageType": "Authenticate"})
    yield _event(device, "mdm.TokenUpdate", device.enrolled, "checkin_event", common | {"MessageType": "TokenUpdate", "PushMagic": CANARY})
    told = {
        "UDID": device.udid, "SerialNumber": device.label, "DeviceName": device.name.encode(errors="replace").decode(), "OSVersion": SYSTEM,
        "ProductName": MODEL, "IsSupervised": True, "BatteryLevel": device.battery / 100, "WiFiMAC": CANARY + "02:00:5e:10:00:01",
        "PhoneNumber": CANARY, "ServiceSubscriptions": [{"IMEI": CANARY, "PhoneNumber": CANARY}], "Location": [LATITUDE, LONGITUDE],
    }  # fmt: skip
    command = f"00000000-0000-4000-8000-{device.id:012}"
    answer = {"CommandUUID": command, "Status": "Acknowledged", "UDID": device.udid, "QueryResponses": told}
    yield _event(device, "mdm.Connect", device.contact, "acknowledge_event", answer, status="Acknowledged", command_uuid=command)
    yield _event(device, "mdm.Connect", device.contact, "acknowledge_event", {"Status": "Idle", "UDID": device.udid}, status="Idle")


def answer(device: Told, command: str, status: str, at: datetime) -> dict[str, Any]:
    """What one tablet answers to a command."""
    said = {"CommandUUID": command, "Status": status, "UDID": device.udid}
    return _event(device, "mdm.Connect", at, "acknowledge_event", said, status=status, command_uuid=command)


def _event(device: Told, topic: str, at: datetime, part: str, properties: dict[str, Any], **more: str) -> dict[str, Any]:
    payload = b64encode(plistlib.dumps(properties)).decode()
    return {
        "topic": topic, "event_id": f"{device.id}-{topic}-{more.get('status', '')}", "created_at": at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "789Z",
        part: {"udid": device.udid, "url_params": None, "raw_payload": payload, **more},
    }  # fmt: skip
