"""A Headwind server in a process of its own that serves pages made beforehand and kept on disk, `delay` seconds each."""

from __future__ import annotations

import json
import multiprocessing
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event
from typing import Any, ClassVar

from bench.seed import serial

SEEN = 1_510_560_000_000
PAGE = 1000
APPS = [("com.hmdm.launcher", "3.02"), ("org.kde.gcompris", "0.70"), ("fr.aix.lecture", "1.2")]


def device(number: int, version: str) -> dict[str, Any]:
    """A record as Headwind tells it, personal fields included."""
    return {
        "id": number + 1, "number": f"B-T{number:07d}", "description": "", "lastUpdate": SEEN + number, "enrollTime": SEEN - 10**9,
        "configurationId": 2, "serial": serial(number), "androidVersion": version, "mdmMode": True, "kioskMode": False,
        "imei": "356938035643809", "phone": "", "publicIp": "192.0.2.10", "launcherVersion": "3.02", "statusCode": "green",
        "groups": [{"id": 1, "name": "bench"}],
        "info": {"model": "SM-T580", "serial": serial(number), "batteryLevel": 80, "permissions": [1, 1, 1],
                 "applications": [{"pkg": pkg, "version": told} for pkg, told in APPS]},
    }  # fmt: skip


def content(devices: int, number: int, changed: float, version: str) -> bytes:
    """The answer that is page `number`, from 1, where a share `changed` of the devices tell another version of Android."""
    every = round(1 / changed) if changed else 0
    start = (number - 1) * PAGE
    items = [device(n, version if every and n % every == 0 else "8.1.0") for n in range(start, min(start + PAGE, devices))]
    apps = [{"pkg": pkg, "version": told, "action": 1, "selected": True, "skipVersion": False} for pkg, told in APPS]
    configurations = {"2": {"id": 2, "name": "Bench", "applications": apps}}
    listed = {"configurations": configurations, "devices": {"items": items, "totalItemsCount": devices}}
    return json.dumps({"status": "OK", "message": None, "data": listed}).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    pages: ClassVar[list[str]]
    delay: ClassVar[float]

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "pageNum" not in asked:
            return self._send(b'{"id_token": "jeton"}')
        Event().wait(self.delay)
        path = self.pages[asked["pageNum"] - 1]
        with open(path, "rb") as file:
            self._send(file.read())

    def _send(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _serve(devices: int, changed: float, version: str, delay: float, port: Any) -> None:
    with tempfile.TemporaryDirectory() as folder:
        pages = []
        for number in range(1, -(-devices // PAGE) + 1):
            path, body = f"{folder}/{number}.json", content(devices, number, changed, version)
            with open(path, "wb") as file:
                file.write(body)
            pages.append(path)
        server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Handler,), {"pages": pages, "delay": delay}))
        port.send(server.server_address[1])
        server.serve_forever()


@contextmanager
def serving(devices: int, *, changed: float = 0.0, version: str = "9", delay: float = 0.0) -> Iterator[str]:
    """The address of the server, for the time of a block."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_serve, args=(devices, changed, version, delay, there), daemon=True)
    child.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}"
    finally:
        child.terminate()
        child.join()
