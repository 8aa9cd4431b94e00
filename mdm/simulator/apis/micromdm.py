"""MicroMDM's API, its quirks included: one POST that lists all, in no order, `null` for none; HTTP 500 for whatever is not found."""

from __future__ import annotations

from base64 import b64encode
from datetime import datetime
from typing import Any

from mdm.simulator.apis.spoken import CANARY, Api
from mdm.simulator.exchange import Ask, Reply
from mdm.simulator.told import Told


def nanoseconds(moment: datetime | None) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "789Z" if moment else "0001-01-01T00:00:00Z"


class MicroMdmApi(Api):
    spoilt_field = "last_seen"

    def answer(self, ask: Ask) -> Reply:
        if ask.headers.get("authorization") != "Basic " + b64encode(f"micromdm:{self.mdm.password}".encode()).decode():
            return Reply(401, {"error": "unauthorized"}, {"WWW-Authenticate": 'Basic realm="micromdm"'})
        if ask.path.startswith("/v1/commands"):
            return self._command(ask)
        if (ask.method, ask.path) != ("POST", "/v1/devices"):
            return Reply(500, {"error": f"not found: {ask.path}"}) if ask.path.startswith("/v1/") else Reply(404, {})
        devices, serials = self.mdm.devices(), (ask.body or {}).get("filter_serial")
        if serials:
            unknown = set(serials) - {one.label for one in devices}
            if unknown:
                return Reply(500, {"error": f"not found: Device {min(unknown)}"})
            devices = [one for one in devices if one.label in serials]
        shown = self.window(sorted(devices, key=lambda one: one.udid[::-1]), 0, max(len(devices), 1))
        return Reply(200, {"devices": self.records(shown) or None}, page=(True, True))

    def _command(self, ask: Ask) -> Reply:
        """Queue a command under the name that it bears, or tell the queue of a device."""
        orders, told = self.mdm.orders, ask.body or {}
        if ask.method == "GET":
            udid = ask.path.rpartition("/")[2]
            return Reply(200, {"commands": [{"uuid": one.uuid, "payload": ""} for one in orders.received if one.device == udid]})
        if ask.method != "POST" or not any(one.udid == told.get("udid") for one in self.mdm.devices()):
            return Reply(500, {"error": "not found: Device"})
        orders.take(str(told.get("request_type")), str(told["udid"]), self.mdm.at, words=told.get("message"), uuid=str(told.get("command_uuid", "")))
        return Reply(201, {"payload": {"command_uuid": told.get("command_uuid"), "command": {"request_type": told.get("request_type")}}})

    def record(self, device: Told) -> dict[str, Any]:
        return {
            "serial_number": device.label, "udid": device.udid if device.enrolled else "", "enrollment_status": bool(device.enrolled),
            "last_seen": nanoseconds(device.contact), "dep_profile_status": CANARY,
        }  # fmt: skip
