"""Snipe-IT's API, its quirks included: 500 rows at most whatever is asked, errors inside HTTP 200, text escaped for HTML, moments in
the zone of the application, which none of them says; an order that it does not know is the newest first, without a word."""

from __future__ import annotations

import html
from typing import Any

from mdm.simulator.apis.glpi import local
from mdm.simulator.apis.spoken import CANARY, MODEL, Api
from mdm.simulator.exchange import Ask, Reply
from mdm.simulator.told import Told

LIST = "/api/v1/hardware"
MOST = 500


class SnipeItApi(Api):
    spoilt_field = "asset_tag"

    def answer(self, ask: Ask) -> Reply:
        if ask.headers.get("authorization") != f"Bearer {self.mdm.password}":
            return Reply(401, {"error": "Unauthorized or unauthenticated."})
        if ask.method != "GET":
            return _refused("Method not allowed")
        if ask.path == LIST:
            size, start, devices = min(ask.number("limit", MOST) or MOST, MOST), ask.number("offset", 0), self.mdm.devices()
            if ask.query.get("sort") == "updated_at":
                devices = sorted(devices, key=lambda one: (one.changed, one.id), reverse=ask.query.get("order") == "desc")
            told = {"total": len(devices), "rows": self.records(self.window(devices, start, size))}
            return Reply(200, told, page=(start == 0, start + size >= len(devices)))
        if ask.path.startswith(LIST + "/"):
            found = self.known(ask.path.removeprefix(LIST + "/"))
            return Reply(200, self.record(found)) if found else _refused("Asset does not exist.")
        return Reply(404, {"status": "error", "messages": "404 endpoint not found. Please check your API token.", "payload": None})

    def record(self, device: Told) -> dict[str, Any]:
        return {
            "id": device.id, "name": html.escape(device.name), "asset_tag": html.escape(device.name), "serial": device.label,
            "model": {"id": 7, "name": MODEL}, "location": {"id": 5, "name": device.group} if device.group else None, "rtd_location": None,
            "status_label": {"id": 2, "name": "Ready to Deploy", "status_type": "deployable", "status_meta": "deployed"},
            "assigned_to": {"id": 5, "name": CANARY + "Léa Martin", "email": CANARY, "type": "user"}, "notes": CANARY,
            "created_at": {"datetime": "2017-10-03 08:00:00", "formatted": "2017-10-03 08:00:00"}, "updated_at": {"datetime": local(device.changed), "formatted": local(device.changed)}, "custom_fields": {},
        }  # fmt: skip


def _refused(message: str) -> Reply:
    return Reply(200, {"status": "error", "messages": message, "payload": None})
