"""Servers that fail in every known way, in any order, while tablets come and go: nobody is thought gone who is there, nothing false is written.

    python tests/proof/faults.py --runs 10000                       # of each kind; stopped at any moment, it tells what it did until then
    python tests/proof/faults.py --runs 500 --kinds fleet,glpi

The truth is the simulator's fleet. A reading that is not complete must leave every row as it was; a complete one, each tablet that is there as the
truth has it, or as the fault had its server tell it. A fault may begin in the middle of a reading, and so may a departure or a return.
"""

from __future__ import annotations

import argparse
import ssl
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

from certificates import self_signed
from played import CHRISTMAS, STUBS
from proof.figures import Figures
from proof.shared import together
from proof.town import ALL, PART, Town

from config import schema
from config.checks import complaints
from inventory import db
from mdm.drivers import KINDS
from mdm.simulator import Fleet, Simulator


@contextmanager
def expired(folder: Path) -> Iterator[tuple[str, Path]]:
    """The address of a server whose certificate is believed and ended long ago, and that certificate."""
    pem = self_signed(folder, datetime(2017, 1, 1, tzinfo=UTC), timedelta(days=200))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    server = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.handle_error = lambda *told: None  # type: ignore[method-assign]
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=[0.1], daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_address[1]}", pem
    finally:
        server.shutdown()
        server.server_close()


def play(kind: str, runs: int, seed: int, folder: Path) -> Iterator[Figures]:
    """Read a server of one kind that many times into the bound, empty database; the figures so far, a part at a time."""
    with Simulator(Fleet(), at=CHRISTMAS, api=STUBS[kind].api or kind) as mdm, expired(folder) as gone_by:
        town = Town(kind, mdm, gone_by, seed)
        for _ in range(runs):
            town.step()
            if town.figures.runs % PART == 0 or town.figures.runs == runs:
                yield town.figures
    if list(complaints()):
        town.figures.wrong.append(f"complaints: {list(complaints())[:3]}")
        yield town.figures


def kept(kind: str, runs: int, seed: int) -> Iterator[tuple[str, Figures, float]]:
    """The same in a database of its own, in memory and not durable."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        db.connect(f"sqlite:///{Path(folder, 'cartable.db')}")
        schema.migrate()
        with db.database.connection_context():
            db.database.execute_sql("PRAGMA synchronous = OFF")
            for figures in play(kind, runs, seed, Path(folder)):
                yield kind, figures, time.monotonic() - begun


def main() -> int:
    playable = [kind for kind in KINDS if kind != "export_file"]  # a file is not asked over a network: tests/test_drivers.py cuts it
    asked = argparse.ArgumentParser()
    asked.add_argument("--runs", type=int, default=10_000)
    asked.add_argument("--kinds", default=",".join(playable))
    asked.add_argument("--processes", type=int, default=2)
    asked.add_argument("--seed", type=int, default=1)
    told = asked.parse_args()
    last: dict[str, tuple[Figures, float]] = {}
    for kind, figures, seconds in together(kept, [(kind, told.runs, told.seed) for kind in told.kinds.split(",")], told.processes):
        last[kind] = figures, seconds
        if figures.runs % 500 == 0:
            print(figures.told(kind, seconds), flush=True)
    print(*(figures.told(kind, seconds) for kind, (figures, seconds) in last.items()), sep="\n")
    runs, sound = sum(figures.runs for figures, _ in last.values()), all(figures.sound for figures, _ in last.values())
    print(f"{len(ALL)} faults, {len(last)} kinds of server, {runs} readings: {'sound' if sound else 'NOT sound'}")
    return not sound or any(figures.runs < told.runs for figures, _ in last.values())


if __name__ == "__main__":
    sys.exit(main())
