"""Fleet's API (4.63 and, with `version` 4.82 or later, its new words), its quirks included.

No total in the list; `after` sent with `page` gives the same page for ever; old and new words together are refused; a moment never
reached is the year 2000 or the year 1; the contact of a tablet is the MDM's, told device by device only.
"""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from mdm.simulator.apis.spoken import CANARY, LATITUDE, LONGITUDE, MODEL, SYSTEM, Api
from mdm.simulator.exchange import Ask, Reply
from mdm.simulator.orders import COMMANDS
from mdm.simulator.told import Told

BASE = "/api/v1/fleet"
NEVER, YEAR_ONE = "2000-01-01T00:00:00Z", "0001-01-01T00:00:00Z"
RENAMED_IN = (4, 82)
DONE = {"refetch": "unlocked", "lock": "locked", "unlock": "unlocked", "wipe": "wiped"}


def rfc3339(moment: datetime | None, never: str = NEVER) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else never


class FleetApi(Api):
    spoilt_field = "detail_updated_at"
    version = "4.63.0"
    premium = True
    busy = 0
    """The status that a host asked alone gets in place of its record, 0 for none."""

    def answer(self, ask: Ask) -> Reply:
        path = ask.path.removeprefix(BASE)
        if (ask.method, path) == ("POST", "/login"):
            return self._login(ask)
        token = ask.headers.get("authorization", "").removeprefix("Bearer ")
        if token not in {self.mdm.password, COMMANDS, *self.mdm.tokens}:
            return _error(401, "Authentication required")
        if ask.method == "POST" and path.count("/") == 3 and path.rpartition("/")[2] in DONE:
            return self._command(path, token)
        if ask.method != "GET":
            return _error(405, "Method Not Allowed")
        if path == "/hosts":
            return self._list(ask)
        if path.startswith("/hosts/") and path != "/hosts/count":
            if self.busy:
                return _error(self.busy, "Too busy")
            found = self.known(path.removeprefix("/hosts/"))
            return Reply(200, {"host": self._detail(found)}) if found else _error(404, "Resource Not Found")
        known = {"/me": {"user": {"name": CANARY, "global_role": "observer"}}, "/version": {"version": self.version}, "/hosts/count": {"count": len(self.mdm.devices())}}
        return Reply(200, known[path]) if path in known else _error(404, "Resource Not Found")

    def _command(self, path: str, token: str) -> Reply:
        """Refetch, lock, unlock or wipe one host: a role that only observes may not, a licence may be missing."""
        _, _, mdm_id, what = path.split("/")
        if token != COMMANDS:
            return _error(403, "Permission Denied")
        if self.known(mdm_id) is None:
            return _error(404, "Resource Not Found")
        if what != "refetch" and not self.premium:
            return _error(402, "Requires Fleet Premium license")
        self.mdm.orders.take(what, mdm_id, self.mdm.at)
        self.mdm.orders.states[mdm_id] = what
        return Reply(200, {"device_status": "unlocked", "pending_action": what})

    def _login(self, ask: Ask) -> Reply:
        told = ask.body or {}
        if (told.get("email"), told.get("password")) != (self.mdm.login, self.mdm.password):
            return _error(401, "Authentication failed")
        token = secrets.token_urlsafe(24)
        self.mdm.tokens.add(token)
        return Reply(200, {"user": {"name": CANARY, "email": CANARY}, "token": token})

    def _list(self, ask: Ask) -> Reply:
        if "team_id" in ask.query and "fleet_id" in ask.query:
            return _error(400, "Specify only one of team_id and fleet_id")
        devices, size = self.mdm.devices(), ask.number("per_page", 0) or 10**6
        key, last_first = ask.query.get("order_key", "id"), ask.query.get("order_direction") == "desc"
        if key not in ("id", "h.updated_at"):
            return _error(422, f"Error 1052: Column '{key}' in order clause is ambiguous")
        if key == "h.updated_at":
            devices = sorted(devices, key=lambda one: (one.changed.replace(microsecond=0), one.id), reverse=last_first)
        start = ask.number("page", 0) * size
        if "after" in ask.query:
            start = 0 if "page" in ask.query else sum(not _is_after(one, key, ask.query["after"], last_first) for one in devices)
        return Reply(200, {"hosts": self.records(self.window(devices, start, size))}, page=(start == 0, start + size >= len(devices)))

    def record(self, device: Told) -> dict[str, Any]:
        state = "On (automatic)" if device.enrolled else "Pending"
        team = {"team_id": 1, "team_name": device.group}
        if tuple(int(part) for part in self.version.split(".")[:2]) >= RENAMED_IN:
            team |= {"fleet_id": 1, "fleet_name": device.group}
        return {
            "id": device.id, "uuid": device.udid if device.enrolled else "", "hardware_serial": device.serial, "hostname": device.name,
            "computer_name": device.name, "display_name": device.name or f"iPad ({device.serial})", "platform": "ipados",
            "os_version": f"iPadOS {SYSTEM}" if device.enrolled else "", "hardware_model": MODEL, "hardware_vendor": "",
            "detail_updated_at": rfc3339(device.contact), "seen_time": rfc3339(device.since), "last_enrolled_at": rfc3339(device.enrolled),
            "last_restarted_at": YEAR_ONE, "updated_at": rfc3339(device.changed), "status": "offline", "primary_ip": CANARY + "192.0.2.10", "public_ip": CANARY,
            "primary_mac": CANARY + "02:00:5e:10:00:01", "gigs_disk_space_available": 41.2, "percent_disk_space_available": 64, **team,
            "mdm": {"enrollment_status": state, "name": "Fleet", "server_url": CANARY, "connected_to_fleet": True}, "issues": {},
        }  # fmt: skip

    def _detail(self, device: Told) -> dict[str, Any]:
        told, asked = self.record(device), self.mdm.orders.states.get(str(device.id), "unlock")
        pending = "" if self.mdm.orders.obeys or asked == "refetch" else asked
        told["mdm"] |= {"device_status": DONE[asked] if self.mdm.orders.obeys else "unlocked", "pending_action": pending}
        told["mdm"]["profiles"] = [
            {"profile_uuid": "a1", "name": "Écoles 2017.1", "status": "verified" if device.configured else "pending", "operation_type": "install", "detail": CANARY},
            {"profile_uuid": "a2", "name": "Ancien", "status": "verifying", "operation_type": "remove", "detail": ""},
        ]  # fmt: skip
        return told | {
            "last_mdm_checked_in_at": rfc3339(device.contact), "battery_level": device.battery / 100, "wifi_mac": CANARY,
            "users": [{"username": CANARY + "lea.martin"}], "geolocation": {"lat": LATITUDE, "lon": LONGITUDE}, "udid": device.udid,
        }  # fmt: skip


def _is_after(device: Told, key: str, after: str, last_first: bool) -> bool:
    """Beyond the last value met, in the order asked: those that bear the very same are left out too."""
    if key == "id":
        return device.id > int(after)
    changed = device.changed.strftime("%Y-%m-%d %H:%M:%S")
    return changed < after if last_first else changed > after


def _error(status: int, message: str) -> Reply:
    return Reply(status, {"message": message, "errors": [{"name": "base", "reason": message}]})
