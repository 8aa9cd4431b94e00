"""A reading of an unchanged fleet by each driver that pages, against downloading the very same pages and decoding them."""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import ThreadingHTTPServer
from typing import Any

import msgspec
import requests
from played import STUBS, driver

from bench import seed
from bench.harness import Row, in_turn
from mdm.drivers import KINDS
from mdm.models import Connector
from mdm.registers import read_register
from mdm.simulator import Fleet, Simulator
from mdm.simulator.exchange import Reply
from mdm.simulator.server import Handler
from mdm.sync import read_server

NOVEMBER = datetime(2017, 11, 13, 8, tzinfo=UTC)
PAGING = ("headwind", "fleet", "zentral", "mapping", "glpi", "glpi-assets", "snipeit")
PAGE = 1000
Asked = tuple[str, str, bytes]


def measure(size: int, runs: int) -> Iterator[Row]:
    """One row a driver: what its pages cost to download and decode is the floor."""
    for kind in PAGING:
        with seed.store(), serving(kind, size) as (url, asked):
            Connector.create(name="bench", kind=kind, url=url, login="", created=NOVEMBER)
            requests_of = sync(kind, url, size, asked)
            yield in_turn(f"{kind}: sync unchanged / download + decode", size, lambda: sync(kind, url, size, asked), lambda: download(url, requests_of), goal=1.6, runs=runs)  # noqa: B023 at once


def sync(kind: str, url: str, size: int, asked: Any) -> list[tuple[Asked, dict[str, str]]]:
    """One reading; the pages that it asked for, each with its headers."""
    reader: Any = driver(kind, Simulator_at(url), page_size=PAGE)
    session, kept = reader._client._session, list[tuple[Asked, dict[str, str]]]()
    read = read_register if KINDS[kind].capabilities.peer else read_server
    run = read(Connector.get(), reader, now=NOVEMBER)
    if (run.state, run.seen) != ("complete", size):
        raise RuntimeError(f"the reading of {kind} is {run.state}: {run.message}")
    asked.send("pages")
    for method, path, body in asked.recv():
        kept.append(((method, path, body), {name: str(value) for name, value in session.headers.items()}))
    return kept


class Simulator_at:
    """Where a simulator of another process is, for who makes a driver of it."""

    def __init__(self, url: str) -> None:
        self.url, self.at = url, NOVEMBER

    def devices(self) -> list[Any]:
        return []


def download(url: str, pages: list[tuple[Asked, dict[str, str]]]) -> None:
    with requests.Session() as session:
        for (method, path, body), headers in pages:
            answer = session.request(method, url + path, data=body or None, headers=headers, timeout=60)
            msgspec.json.decode(answer.content)


class _Kept(Handler):
    """Answers a page as it did the first time: only its sending is measured."""

    pages: dict[Asked, tuple[Reply, bytes]]

    def do_GET(self) -> None:
        ask = self._asked()
        key = (self.command, self.path, ask.raw)
        if key not in self.pages:
            reply = self.mdm.api.answer(ask)
            content = msgspec.json.encode(reply.told)
            if (self.command != "GET" and reply.page is None) or "initSession" in self.path:
                return self._send(reply, {"Content-Type": "application/json", "Content-Length": str(len(content))}, iter([content]))
            self.pages[key] = reply, content
        reply, content = self.pages[key]
        return self._send(reply, {"Content-Type": "application/json", "Content-Length": str(len(content))}, iter([content]))

    do_POST = do_PUT = do_DELETE = do_PATCH = do_GET


def _serve(kind: str, size: int, pipe: Any) -> None:
    mdm = Simulator(Fleet(size), at=NOVEMBER, api=STUBS[kind].api or kind)
    pages: dict[Asked, tuple[Reply, bytes]] = {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (_Kept,), {"mdm": mdm, "pages": pages}))
    server.daemon_threads = True
    mdm.devices()
    mdm.listed()
    pipe.send(server.server_address[1])
    _answer_pipe(pipe, pages)
    server.serve_forever()


def _answer_pipe(pipe: Any, pages: dict[Asked, tuple[Reply, bytes]]) -> None:
    """Tell from a thread which pages were asked for."""
    from threading import Thread

    def listen() -> None:
        while True:
            pipe.recv()
            pipe.send(list(pages))

    Thread(target=listen, daemon=True).start()


@contextmanager
def serving(kind: str, size: int) -> Iterator[tuple[str, Any]]:
    """The address of a server of a kind in a process of its own, and a pipe that tells its pages."""
    here, there = multiprocessing.Pipe()
    child = multiprocessing.get_context("fork").Process(target=_serve, args=(kind, size, there), daemon=True)
    child.start()
    try:
        yield f"http://127.0.0.1:{here.recv()}", here
    finally:
        child.terminate()
        child.join()
