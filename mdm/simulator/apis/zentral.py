"""Zentral's API, its quirks included: moments without a zone, in UTC; at most 500 devices a page; no battery."""

from __future__ import annotations

import plistlib
from datetime import datetime
from typing import Any

from mdm.simulator.apis.spoken import CANARY, MODEL, SYSTEM, Api
from mdm.simulator.exchange import Ask, Reply
from mdm.simulator.orders import COMMANDS
from mdm.simulator.told import Told

LIST = "/api/mdm/devices/"
MOST = 500


def naive(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") if moment else None


class ZentralApi(Api):
    spoilt_field = "last_seen_at"

    def answer(self, ask: Ask) -> Reply:
        token = ask.headers.get("authorization", "")
        if token not in (f"Token {self.mdm.password}", f"Token {COMMANDS}"):
            return Reply(401, {"detail": "Invalid token."})
        if ask.path.startswith(LIST) and ask.path != LIST:
            return self._command(ask) if token == f"Token {COMMANDS}" else Reply(403, {"detail": "You do not have permission."})
        if ask.path != LIST:
            return Reply(404, {"detail": "Not found."})
        if ask.method != "GET":
            return Reply(405, {"detail": "Method not allowed."})
        devices, size, start = self.mdm.devices(), min(ask.number("limit", 50), MOST), ask.number("offset", 0)
        serial = ask.query.get("serial_number")
        devices = [one for one in devices if serial in (None, one.serial)]
        if ask.query.get("ordering") == "-updated_at":
            devices = sorted(devices, key=lambda one: (one.changed, one.id), reverse=True)
        rows = self.records(self.window(devices, start, size))
        told = {"count": len(devices), "next": None, "previous": None, "results": rows}
        return Reply(200, told, page=(start == 0, start + size >= len(devices)))

    def _command(self, ask: Ask) -> Reply:
        """Queue a command, or tell how one stands."""
        orders, parts, told = self.mdm.orders, ask.path.removeprefix(LIST).strip("/").split("/"), ask.body or {}
        if parts[0] == "commands":
            found = any(one.uuid == parts[1] for one in orders.received)
            return Reply(200, {"uuid": parts[1], "status": "Acknowledged" if orders.obeys else None}) if found else Reply(404, {"detail": "Not found."})
        if ask.method != "POST" or self.known(parts[0]) is None:
            return Reply(404, {"detail": "Not found."})
        if parts[1] == "erase" and not {"disallow_proximity_setup", "preserve_data_plan"} <= told.keys():
            return Reply(400, {"preserve_data_plan": ["This field is required."]})
        asked = plistlib.loads(str(told["command"]).encode()) if parts[1] == "send_custom_command" else {"RequestType": parts[1], "Message": told.get("message")}
        name = f"11111111-0000-4000-8000-{len(orders.received):012}"
        orders.take(asked["RequestType"], parts[0], self.mdm.at, words=asked.get("Message"), uuid=name)
        return Reply(201, {"uuid": name, "enrolled_device": int(parts[0]), "status": None, "time": None})

    def record(self, device: Told) -> dict[str, Any]:
        return {
            "id": device.id, "udid": device.udid, "serial_number": device.serial, "name": device.name, "model": MODEL, "platform": "iPadOS",
            "os_version": SYSTEM if device.enrolled else "", "build_version": "", "supervised": True if device.enrolled else None,
            "users": [{"long_name": CANARY + "Léa Martin", "short_name": CANARY}], "realm_user": {"email": CANARY, "username": CANARY},
            "last_ip": CANARY + "192.0.2.10", "last_seen_at": naive(device.contact), "last_notified_at": naive(device.contact),
            "checkout_at": None, "blocked_at": None, "blueprint": 2 if device.configured else 1, "awaiting_configuration": False,
            "created_at": naive(device.since), "updated_at": naive(device.changed),
        }  # fmt: skip
