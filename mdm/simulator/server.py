"""The simulator's server: Headwind's API (hmdm-server v5.39.1) over HTTP on this machine, its quirks included.

It sorts by number, counts before it filters, answers 403 to a dead token, puts its errors inside HTTP 200, and tells more than a
follow-up of tablets may keep: telephone numbers, addresses, places.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import threading
from contextlib import suppress
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from inventory.paris import local_date
from mdm.simulator.faults import KEPT, body, on_items
from mdm.simulator.fleet import MODEL, Fleet
from mdm.simulator.life import Life, chance

LOGIN = "simulateur"
PASSWORD = "simulateur"  # noqa: S105 it opens a rehearsal
CONFIGURATION = "Aix écoles 2017.1"
FACTORY = "Usine"
CANARY = "CANARI-"
APPS = (("com.hmdm.launcher", "3.02"), ("org.kde.gcompris", "0.70"), ("fr.aix.lecture", "1.2"))


def milliseconds(moment: datetime | None) -> int:
    return int(moment.timestamp() * 1000) if moment else 0


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Simulator:
    """A running server: `with Simulator(Fleet(), at=moment) as mdm: mdm.url`. `at` and `fault` may be changed while it runs."""

    def __init__(
        self, fleet: Fleet, *, at: datetime, port: int = 0, fault: str | None = None, login: str = LOGIN, password: str = PASSWORD
    ) -> None:
        self.fleet, self.at, self.fault, self.requests = fleet, at, fault, 0
        self.login, self.password_digest = login, hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().upper()
        self.tokens: set[str] = set()
        self.expired_once = False
        self._server = _Server(("127.0.0.1", port), type("Bound", (Handler,), {"mdm": self}))
        self._cache: tuple[datetime, list[dict[str, Any]]] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self.run, daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None) -> None:
        self._server.shutdown()
        self._server.server_close()

    def run(self) -> None:
        """Answer until it is shut down."""
        self._server.serve_forever(poll_interval=0.05)

    def sign_in(self, asked: dict[str, Any]) -> str | None:
        """A token for the right login and digest."""
        if (asked.get("login"), asked.get("password")) != (self.login, self.password_digest):
            return None
        token = secrets.token_urlsafe(24)
        self.tokens.add(token)
        return token

    def devices(self) -> list[dict[str, Any]]:
        """Every record, sorted by number as the driver asks."""
        if self._cache is None or self._cache[0] != self.at:
            records = [_record(life, self.at) for life in self.fleet.listed(self.at)]
            records += [_stranger(serial, name, mdm_id, self.at) for serial, name, mdm_id in self.fleet.strangers(self.at)]
            self._cache = self.at, sorted(records, key=lambda record: str(record["number"]))
        records = self._cache[1]
        if self.fault == "missing_devices":
            return records[: int(len(records) * KEPT)]
        return records

    def search(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One page of devices with the configurations they name."""
        records, size, number = self.devices(), int(asked.get("pageSize", 50)), int(asked.get("pageNum", 1))
        wanted = str(asked.get("value") or "").lower()
        if wanted:
            records = [record for record in records if wanted in str(record["number"]).lower() or wanted in str(record.get("oldNumber", "")).lower()]
        if self.fault == "skipped_page" and number > (1 if len(records) > size else 0):
            number += 1
        items = on_items(self.fault, records[(number - 1) * size : number * size])
        return {"configurations": _configurations(), "devices": {"items": items, "totalItemsCount": len(records)}}

    def device(self, number: str) -> dict[str, Any] | None:
        """The lighter record of one device."""
        found = next((record for record in self.devices() if record["number"] == number), None)
        return {key: found[key] for key in ("id", "number", "configurationId", "lastUpdate", "info") if key in found} if found else None


def _record(life: Life, at: datetime) -> dict[str, Any]:
    contact, start = life.last_contact(at), life.enrolled_at(at)
    configured = life.configured is not None and at >= life.configured
    record: dict[str, Any] = {
        "id": life.id_at(at), "number": life.name_at(at), "description": f"{CANARY}Léa, CM2", "lastUpdate": milliseconds(contact),
        "configurationId": 2 if configured else 1, "groups": [{"id": 1, "name": life.cart.code}], "imei": CANARY + "356938035643809",
        "phone": CANARY + "0442000000", "custom1": CANARY + "Madame Martin", "launcherVersion": "3.02", "statusCode": "green",
    }  # fmt: skip
    if life.name_at(at) != life.asset_tag:
        record["oldNumber"] = life.asset_tag
    if start is None:
        return record
    apps = [{"pkg": pkg, "version": "0.9" if _outdated(life, at, pkg) else version} for pkg, version in APPS] if configured else []
    record |= {
        "enrollTime": milliseconds(start), "serial": life.serial, "androidVersion": "8.1.0", "mdmMode": True, "kioskMode": False,
        "publicIp": CANARY + "192.0.2.10",
        "info": {
            "model": MODEL, "serial": life.serial, "androidVersion": "8.1.0", "imei": CANARY, "phone": CANARY, "iccid": CANARY,
            "batteryLevel": 35 + chance(life.serial, local_date(at).toordinal()) % 65 if contact else 0,
            "permissions": [1, 1, 1] if configured else [1, 0, 0], "applications": apps, "mac": CANARY + "02:00:5e:10:00:01",
            "location": {"lat": 43.53, "lon": 5.39, "canary": CANARY},
        },
    }  # fmt: skip
    return record


def _outdated(life: Life, at: datetime, pkg: str) -> bool:
    return bool(pkg == APPS[-1][0] and life.outdated_since and at >= life.outdated_since)


def _stranger(serial: str, name: str, mdm_id: int, at: datetime) -> dict[str, Any]:
    return {
        "id": mdm_id, "number": name, "lastUpdate": milliseconds(at - timedelta(days=2)), "configurationId": 1, "serial": serial,
        "enrollTime": milliseconds(at - timedelta(days=20)), "mdmMode": False, "info": {"model": MODEL, "serial": serial},
    }  # fmt: skip


def _configurations() -> dict[str, Any]:
    apps = [
        {"pkg": pkg, "name": pkg, "version": version, "action": 1, "selected": True, "skipVersion": False} for pkg, version in APPS
    ]
    return {
        "1": {"id": 1, "name": FACTORY, "applications": [], "files": []},
        "2": {"id": 2, "name": CONFIGURATION, "applications": apps, "files": []},
    }


class Handler(BaseHTTPRequestHandler):
    """One request."""

    mdm: Simulator
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the command tells what it serves once."""

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        self.mdm.requests += 1
        if self.path == "/rest/public/jwt/login":
            token = self.mdm.sign_in(asked)
            self._answer(200 if token else 401, {"id_token": token} if token else {})
        elif self._allowed() and self.path == "/rest/private/devices/search":
            self._devices(asked)

    def do_GET(self) -> None:
        self.mdm.requests += 1
        if not self._allowed():
            return
        found = self.mdm.device(unquote(self.path.removeprefix("/rest/private/devices/number/")))
        self._answer(200, {"status": "OK", "message": None, "data": found} if found else _error("error.notfound.device"))

    def _allowed(self) -> bool:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token in self.mdm.tokens:
            return True
        self._answer(403, {})
        return False

    def _devices(self, asked: dict[str, Any]) -> None:
        fault = self.mdm.fault
        if fault == "throttled":
            self._answer(429, {}, {"Retry-After": "0"})
            return
        if fault == "expired_token" and not self.mdm.expired_once and asked.get("pageNum", 1) >= min(2, self._pages(asked)):
            self.mdm.expired_once = True
            self.mdm.tokens.clear()
            self._answer(403, {})
            return
        kind, content = body(fault, {"status": "OK", "message": None, "data": self.mdm.search(asked)})
        self._send(200, kind, content, {})

    def _pages(self, asked: dict[str, Any]) -> int:
        return -(-len(self.mdm.devices()) // int(asked.get("pageSize", 50)))

    def _answer(self, status: int, told: Any, headers: dict[str, str] | None = None) -> None:
        self._send(status, "application/json", json.dumps(told).encode(), headers or {})

    def _send(self, status: int, kind: str, content: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


def _error(code: str) -> dict[str, Any]:
    return {"status": "ERROR", "message": code, "data": None}


def serve(*, port: int, at: datetime, devices: int | None, fault: str | None) -> None:
    """Serve until interrupted, saying once where and what."""
    mdm = Simulator(Fleet(devices), at=at, port=port, fault=fault)
    print(f"MDM simulé (headwind) : {mdm.url}, compte {LOGIN} / {PASSWORD}, {len(mdm.devices())} appareils", flush=True)
    with suppress(KeyboardInterrupt):
        mdm.run()
