"""A server on this machine that says exactly what a test wrote, byte for byte, and remembers what it was asked."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

HOLD = b"<the server says no more>"
Line = bytes | Callable[[str, Any], bytes]


def http(body: bytes | object, status: str = "200 OK", kind: str = "application/json", **headers: str) -> bytes:
    """A whole answer; `_` stands for `-` in the name of a header."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {"Content-Type": kind, "Content-Length": str(len(content)), **{name.replace("_", "-"): value for name, value in headers.items()}}
    return b"\r\n".join([f"HTTP/1.1 {status}".encode(), *(f"{name}: {value}".encode("latin-1") for name, value in told.items()), b"", content])


class Script:
    """The lines left to say (the last one is said for ever), the requests heard and the connections opened."""

    def __init__(self, *lines: Line) -> None:
        self.lines, self.heard, self.connections = list(lines), list[tuple[str, str, dict[str, str], Any]](), 0
        self.over = threading.Event()
        self.url = ""

    def next(self, path: str, asked: Any) -> bytes:
        line = self.lines.pop(0) if len(self.lines) > 1 else self.lines[0]
        return line if isinstance(line, bytes) else line(path, asked)


class _Handler(BaseHTTPRequestHandler):
    script: ClassVar[Script]
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        super().setup()
        self.script.connections += 1

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        asked = json.loads(content) if content else None
        self.script.heard.append((self.command, self.path, dict(self.headers), asked))
        line = self.script.next(self.path, asked)
        self.wfile.write(line.removesuffix(HOLD))
        if line.endswith(HOLD):
            self.script.over.wait(30)
        self.close_connection = not _whole(line)

    do_POST = do_GET


def _whole(line: bytes) -> bool:
    """Whether an answer ends where it says."""
    head, _, body = line.partition(b"\r\n\r\n")
    return f"Content-Length: {len(body)}".encode() in head.split(b"\r\n")


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up is what many of these tests are about."""


@contextmanager
def serving(*lines: Line) -> Iterator[Script]:
    script = Script(*lines)
    server: socketserver.BaseServer = _Server(("127.0.0.1", 0), type("Bound", (_Handler,), {"script": script}))
    script.url = "http://127.0.0.1:{1}".format(*server.server_address)
    threading.Thread(target=server.serve_forever, args=[0.01], daemon=True).start()
    try:
        yield script
    finally:
        script.over.set()
        server.shutdown()
        server.server_close()
