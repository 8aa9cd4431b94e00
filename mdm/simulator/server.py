"""The simulator's server: one MDM's API over HTTP on this machine, over a fleet and a moment that may be changed while it runs."""

from __future__ import annotations

import json
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from inventory.errors import Refused
from mdm.simulator.apis import APIS
from mdm.simulator.exchange import Ask, Reply
from mdm.simulator.faults import FAULTS, body, on_items, whole_list, window
from mdm.simulator.fleet import Fleet, Stranger
from mdm.simulator.life import Life
from mdm.simulator.orders import COMMANDS, Orders
from mdm.simulator.records import configurations, lighter, record
from mdm.simulator.told import Told, told_at

LOGIN = "simulateur"
PASSWORD = "simulateur"  # noqa: S105 it opens a rehearsal
REMEMBERED = 1000
ELSEWHERE = "/ailleurs"
A_DROP = 1.0
"""Seconds between two bytes of an answer that drips."""
Listed = tuple[str, str, Life | Stranger]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell; anything else is."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Simulator:
    """A running server: `with Simulator(Fleet(), at=moment) as mdm: mdm.url`. `at` and `fault` may be changed while it runs.

    `twist` makes another answer of each one that lists devices, to see what is made of it.
    """

    def __init__(
        self, fleet: Fleet, *, at: datetime, api: str = "headwind", port: int = 0, fault: str | None = None, login: str = LOGIN,
        password: str = PASSWORD,
    ) -> None:  # fmt: skip
        self.fleet, self.at, self.requests = fleet, at, 0
        self.login, self.password = login, password
        self.tokens: set[str] = set()
        self.orders = Orders()
        self.requested: deque[tuple[str, str]] = deque(maxlen=REMEMBERED)
        self.heard: list[bytes] | None = None
        self.twist: Callable[[Any], Any] | None = None
        self.api = APIS[api](self)
        self.fault = fault
        self._count = threading.Lock()
        self._server = _Server(("127.0.0.1", port), type("Bound", (Handler,), {"mdm": self}))
        self._order: tuple[datetime, list[Listed]] | None = None
        self._told: tuple[datetime, list[Told]] | None = None

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

    def count(self, method: str, path: str) -> None:
        """One more request; they come from several threads."""
        with self._count:
            self.requests += 1
            self.requested.append((method, path))

    def say(self, content: bytes) -> None:
        """Keep what is answered, once `heard` is a list."""
        if self.heard is not None:
            self.heard.append(content)

    def devices(self) -> Sequence[Told]:
        """What there is to tell of each device, by id."""
        if self._told is None or self._told[0] != self.at:
            self._told = self.at, told_at(self.fleet, self.at)
        return whole_list(self.fault, self._told[1], self.requests)

    def listed(self) -> Sequence[Listed]:
        """Number, former number and device of each record, sorted by number as the driver asks."""
        if self._order is None or self._order[0] != self.at:
            at = self.at
            found: list[Listed] = [(life.name_at(at), life.asset_tag, life) for life in self.fleet.devices_at(at)]
            found += [(device.name, device.name, device) for device in self.fleet.strangers_at(at)]
            self._order = at, sorted(found, key=lambda one: one[0])
        return whole_list(self.fault, self._order[1], self.requests)

    def search(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """One page of devices with the configurations they name."""
        listed, size, number = self.listed(), int(asked.get("pageSize", 50)), int(asked.get("pageNum", 1))
        wanted = str(asked.get("value") or "").lower()
        if wanted:
            listed = [one for one in listed if wanted in one[0].lower() or wanted in one[1].lower()]
        if asked.get("dateFrom"):
            listed = [one for one in listed if record(one[2], self.at)["lastUpdate"] >= asked["dateFrom"]]
        records = [record(device, self.at) for _, _, device in window(self.fault, listed, (number - 1) * size, size)]
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

    def do_GET(self) -> None:
        ask = self._asked()
        self.mdm.count(ask.method, ask.path)
        reply = self._played(self.mdm.api.answer(ask))
        if reply.page is None:
            self._send(reply, *body(None, reply.told))
        else:
            told = self.mdm.twist(reply.told) if self.mdm.twist else reply.told
            self._send(reply, *body(self.mdm.fault if reply.status < 300 else None, told))

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET

    def _asked(self) -> Ask:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            told = json.loads(content or b"{}")
        except ValueError:
            told = None
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        sent = told if isinstance(told, dict) else None
        return Ask(self.command, parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)), headers, sent, bool(content), content)

    def _played(self, reply: Reply) -> Reply:
        """The reply, or what a faulty server says in its place."""
        if reply.page is None:
            return reply
        if self.mdm.fault == "throttled":
            return Reply(429, {}, {"Retry-After": "0"}, reply.page)
        if self.mdm.fault == "redirect":
            return Reply(302, {}, {"Location": self.mdm.url + ELSEWHERE}, reply.page)
        first, last = reply.page
        if self.mdm.fault == "expired_token" and not self.mdm.expired_once and (last or not first):
            self.mdm.expired_once = True
            self.mdm.tokens.clear()
            return Reply(401, {})
        return reply

    def _send(self, reply: Reply, headers: Mapping[str, str], parts: Iterator[bytes]) -> None:
        self.send_response(reply.status)
        for name, value in {**headers, **reply.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        for part in parts:
            self.mdm.say(part)
            self.wfile.write(part)
            if self.mdm.fault == "drip" and reply.page is not None:
                threading.Event().wait(A_DROP)


def serve(*, port: int, at: datetime, devices: int | None, fault: str | None, api: str = "headwind") -> None:
    """Serve until interrupted, saying once where and what; `Refused` when the port cannot be had."""
    try:
        mdm = Simulator(Fleet(devices), at=at, api=api, port=port, fault=fault)
    except OSError:
        raise Refused(f"Le port {port} est déjà pris : en donner un autre par --port.") from None
    print(f"MDM simulé ({api}) : {mdm.url}, compte {LOGIN} / {PASSWORD}, commandes {COMMANDS} / {COMMANDS}, {len(mdm.listed())} appareils", flush=True)
    with suppress(KeyboardInterrupt):
        mdm.run()
