"""The simulator's server: Headwind's API (hmdm-server v5.39.1) over HTTP on this machine, its quirks included.

It sorts by number, answers 403 to a token it does not know, puts its errors inside HTTP 200, and tells more than a follow-up of
tablets may keep.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import sys
import threading
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

from inventory.errors import Refused
from mdm.simulator.faults import FAULTS, KEPT, body, on_items
from mdm.simulator.fleet import Fleet, Stranger
from mdm.simulator.life import Life
from mdm.simulator.records import configurations, lighter, record

LOGIN = "simulateur"
PASSWORD = "simulateur"  # noqa: S105 it opens a rehearsal
BY_NUMBER = "/rest/private/devices/number/"
Listed = tuple[str, str, Life | Stranger]


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
        self.fleet, self.at, self.requests = fleet, at, 0
        self.login, self.password_digest = login, hashlib.md5(password.encode(), usedforsecurity=False).hexdigest().upper()
        self.tokens: set[str] = set()
        self.fault = fault
        self._count = threading.Lock()
        self._server = _Server(("127.0.0.1", port), type("Bound", (Handler,), {"mdm": self}))
        self._order: tuple[datetime, list[Listed]] | None = None

    @property
    def fault(self) -> str | None:
        """The fault being played; setting it plays it from its start."""
        return self._fault

    @fault.setter
    def fault(self, name: str | None) -> None:
        if name is not None and name not in FAULTS:
            raise ValueError(f"unknown fault {name!r}: one of {', '.join(FAULTS)}")
        self._fault, self.expired_once = name, False

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

    def count(self) -> None:
        """One more request; they come from several threads."""
        with self._count:
            self.requests += 1

    def listed(self) -> list[Listed]:
        """Number, former number and device of each record, sorted by number as the driver asks."""
        if self._order is None or self._order[0] != self.at:
            at = self.at
            found: list[Listed] = [(life.name_at(at), life.asset_tag, life) for life in self.fleet.devices_at(at)]
            found += [(device.name, device.name, device) for device in self.fleet.strangers_at(at)]
            self._order = at, sorted(found, key=lambda one: one[0])
        listed = self._order[1]
        return listed[: int(len(listed) * KEPT)] if self.fault == "missing_devices" else listed

    def search(self, asked: dict[str, Any]) -> dict[str, Any]:
        """One page of devices with the configurations they name."""
        listed, size, number = self.listed(), int(asked.get("pageSize", 50)), int(asked.get("pageNum", 1))
        wanted = str(asked.get("value") or "").lower()
        if wanted:
            listed = [one for one in listed if wanted in one[0].lower() or wanted in one[1].lower()]
        if self.fault == "skipped_page" and number > (1 if len(listed) > size else 0):
            number += 1
        records = [record(device, self.at) for _, _, device in listed[(number - 1) * size : number * size]]
        items = on_items(self.fault, records)
        return {"configurations": configurations(), "devices": {"items": items, "totalItemsCount": len(listed)}}

    def device(self, number: str) -> dict[str, Any] | None:
        """The lighter record of one device."""
        found = next((device for name, _, device in self.listed() if name == number), None)
        return lighter(record(found, self.at)) if found else None


class Handler(BaseHTTPRequestHandler):
    """One request."""

    mdm: Simulator
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the command tells what it serves once."""

    def do_POST(self) -> None:
        self.mdm.count()
        asked = self._asked()
        if asked is None:
            self._answer(400, {})
        elif self.path == "/rest/public/jwt/login":
            token = self.mdm.sign_in(asked)
            self._answer(200 if token else 401, {"id_token": token} if token else {})
        elif self._allowed():
            self._devices(asked) if self.path == "/rest/private/devices/search" else self._answer(404, {})

    def do_GET(self) -> None:
        self.mdm.count()
        if not self._allowed():
            return
        if not self.path.startswith(BY_NUMBER):
            self._answer(404, {})
            return
        found = self.mdm.device(unquote(self.path.removeprefix(BY_NUMBER)))
        self._answer(200, {"status": "OK", "message": None, "data": found} if found else _error("error.notfound.device"))

    def _asked(self) -> dict[str, Any] | None:
        """The object sent; None if it is no JSON object."""
        try:
            asked = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        except ValueError:
            return None
        return asked if isinstance(asked, dict) else None

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
            self._answer(401, {})
            return
        kind, content = body(fault, {"status": "OK", "message": None, "data": self.mdm.search(asked)})
        self._send(200, kind, content, {})

    def _pages(self, asked: dict[str, Any]) -> int:
        return -(-len(self.mdm.listed()) // int(asked.get("pageSize", 50)))

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
    """Serve until interrupted, saying once where and what; `Refused` when the port cannot be had."""
    try:
        mdm = Simulator(Fleet(devices), at=at, port=port, fault=fault)
    except OSError:
        raise Refused(f"Le port {port} est déjà pris : en donner un autre par --port.") from None
    print(f"MDM simulé (headwind) : {mdm.url}, compte {LOGIN} / {PASSWORD}, {len(mdm.listed())} appareils", flush=True)
    with suppress(KeyboardInterrupt):
        mdm.run()
