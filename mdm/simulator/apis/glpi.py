"""GLPI's API with Flyve MDM's agents, its quirks included.

A range past the end is an error 400; a GET with a body is refused; moments are local, text is escaped, a row is keyed by the numbers of search
options; `flyve` False is a GLPI without the plugin.
"""

from __future__ import annotations

import html
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inventory.paris import PARIS
from mdm.simulator.apis.spoken import CANARY, MODEL, Api
from mdm.simulator.exchange import Ask, Reply
from mdm.simulator.told import Told

BASE = "/apirest.php"


def local(moment: datetime | None) -> str | None:
    return moment.astimezone(PARIS).strftime("%Y-%m-%d %H:%M:%S") if moment else None


class GlpiApi(Api):
    spoilt_field = "40"
    flyve = True

    def answer(self, ask: Ask) -> Reply:
        if ask.method == "GET" and ask.has_body:
            return _error(400, "ERROR_JSON_PAYLOAD_FORBIDDEN")
        path = ask.path.removeprefix(BASE)
        if path == "/initSession":
            return self._open(ask)
        if ask.headers.get("session-token") not in self.mdm.tokens:
            return _error(401, "ERROR_SESSION_TOKEN_INVALID")
        if ask.method != "GET":
            return _error(405, "ERROR_METHOD_NOT_ALLOWED")
        if path == "/search/Computer":
            return self._search(ask)
        if path == "/PluginFlyvemdmAgent" and self.flyve:
            return self._agents(ask)
        return _error(400, "ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM")

    def _open(self, ask: Ask) -> Reply:
        if ask.headers.get("authorization") != f"user_token {self.mdm.password}":
            return _error(401, "ERROR_GLPI_LOGIN_USER_TOKEN")
        token = secrets.token_urlsafe(20)
        self.mdm.tokens.add(token)
        return Reply(200, {"session_token": token})

    def _search(self, ask: Ask) -> Reply:
        devices, (start, end) = self.mdm.devices(), _range(ask)
        devices = [one for one in devices if _meets(one, ask.query)]
        if start and start >= len(devices):
            return _error(400, "ERROR_RANGE_EXCEED_TOTAL")
        rows = self.records(self.window(devices, start, end - start + 1))
        told = {"totalcount": len(devices), "count": len(rows), "sort": 2, "order": "ASC", "content-range": f"{start}-{end}/{len(devices)}"}
        if rows:
            told["data"] = rows
        last = end + 1 >= len(devices)
        return Reply(200 if last else 206, told, page=(start == 0, last))

    def _agents(self, ask: Ask) -> Reply:
        devices, (start, end) = [one for one in self.mdm.devices() if one.enrolled], _range(ask)
        if start and start >= len(devices):
            return _error(400, "ERROR_RANGE_EXCEED_TOTAL")
        agents = [
            {
                "id": one.id + 50_000, "name": CANARY + "lea.martin@ecole.example", "computers_id": one.id, "users_id": 16,
                "enroll_status": "enrolled", "last_contact": local(one.contact), "is_online": 1, "mdm_type": "android",
            } for one in devices[start : end + 1]
        ]  # fmt: skip
        return Reply(200 if end + 1 >= len(devices) else 206, agents)

    def record(self, device: Told) -> dict[str, Any]:
        entity = f"Root entity > {device.group}" if device.group else "Root entity > "
        return {
            "1": html.escape(device.name), "2": device.id, "5": html.escape(device.label), "19": local(device.edited), "40": MODEL,
            "70": CANARY + "Léa Martin", "80": html.escape(entity),
        }  # fmt: skip


def _meets(device: Told, asked: Mapping[str, str]) -> bool:
    """Whether a computer meets the criteria of a search, taken in their order; one without criteria meets them all."""
    met, place = True, 0
    while f"criteria[{place}][field]" in asked:
        field, value = asked[f"criteria[{place}][field]"], asked[f"criteria[{place}][value]"]
        holds = str(device.id) == value if field == "2" else (local(device.edited) or "") > value
        met = met or holds if place and asked.get(f"criteria[{place}][link]") == "OR" else met and holds
        place += 1
    return met


def _range(ask: Ask) -> tuple[int, int]:
    start, _, end = ask.query.get("range", "0-49").partition("-")
    return int(start), int(end)


def _error(status: int, code: str) -> Reply:
    return Reply(status, [code, "Voir la documentation."])
