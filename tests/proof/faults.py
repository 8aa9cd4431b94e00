"""Servers that fail in every known way, in any order, while tablets come and go: nobody is thought gone who is there, nothing false is written.

    python tests/proof/faults.py --runs 10000                       # of each kind; stopped at any moment, it tells what it did until then
    python tests/proof/faults.py --runs 500 --kinds fleet,glpi

The truth is the simulator's fleet. A reading that is not complete must leave every row as it was; a complete one, each tablet that is there as the
truth has it, or as the fault had its server tell it. A fault may begin in the middle of a reading, and so may a departure or a return.
"""

from __future__ import annotations

import argparse
import random
import ssl
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from certificates import self_signed
from played import CHRISTMAS, STUBS, contact_of, driver
from proof.shared import together

from config import schema
from config.checks import complaints
from inventory import db
from inventory.columns import MomentField
from inventory.queries.sightings import LIVE
from mdm.drivers import KINDS
from mdm.http import USUAL
from mdm.models import Connector
from mdm.registers import read_register
from mdm.run_state import RunState
from mdm.simulator import FAULTS, Fleet, Simulator
from mdm.simulator.server import ELSEWHERE
from mdm.simulator.told import Told
from mdm.sync import read_server

EXPIRED = "expired_certificate"
ALL = (*FAULTS, EXPIRED)
OF_ANSWERS = ("expired_token", "throttled", "redirect", "html_page", "truncated_json", "brackets", "drip", "gzip_bomb", "huge_page", EXPIRED)
"""Those of a server that has no list, and is only asked whether it is there: what it tells comes by its events."""
LATER = timedelta(minutes=15)
CLEAN = 14
"""Readings without a fault that are dealt with each deck of faults."""
AWAY = 2
"""How many tablets are away and not yet noticed, at most: more at once would be a drop that waits for a person."""
FOUND_WITHIN = 3
PART = 100
SMALL = replace(USUAL, most_bytes=2**20)
SHORT = replace(USUAL, whole=0.1)
_stored = MomentField().db_value
SIGHTINGS = "SELECT mdm_id, serial, number, status, last_contact, group_name, model, enrolled_at, battery, os_version, configuration FROM sighting ORDER BY id"
ASSETS = "SELECT asset, serial, number, model, place, listed FROM peer_asset ORDER BY id"
Row = tuple[Any, ...]


@dataclass
class Figures:
    """What became of the readings: those that ended so, and what must not be."""

    runs: int = 0
    states: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    uncaught: list[str] = field(default_factory=list)
    phantoms: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    left: int = 0
    found: int = 0
    slowest: int = 0

    @property
    def sound(self) -> bool:
        return not (self.uncaught or self.phantoms or self.wrong or self.late)

    def told(self, kind: str, seconds: float) -> str:
        bad = [f"{name}: {len(some)} {some[:3]}" for name, some in vars(self).items() if isinstance(some, list) and some]
        return (
            f"{kind}: {self.runs} readings in {seconds:.0f} s, {len(self.faults) - 1} faults {min(self.faults.values(), default=0)} times or more, {dict(self.states)}; "
            f"{len(self.phantoms)} phantom missing, {len(self.uncaught)} uncaught, {len(self.wrong)} wrong writes; {self.left} removed, {self.found} found, "
            f"within {self.slowest} clean readings at most, {len(self.late)} too late" + "".join(f"\n    {one}" for one in bad)
        )


class Town:
    """One server of a kind, its connector, and the truth of its tablets."""

    def __init__(self, kind: str, mdm: Simulator, expired: tuple[str, Path], seed: int) -> None:
        self.kind, self.mdm, self.expired, self.dice = kind, mdm, expired, random.Random(f"{kind} {seed}")
        self.peer, self.can, self.stub = KINDS[kind].capabilities.peer, STUBS[kind].can or KINDS[kind].capabilities, STUBS[kind]
        self.read = read_register if self.peer else read_server
        self.connector = Connector.create(name=f"panne-{kind.replace('_', '-')}", kind=kind, url=mdm.url, login="", created=CHRISTMAS)
        self.faults = ALL if self.stub.faults else OF_ANSWERS
        self.now, self.deck, self.figures = CHRISTMAS, list[str | None](), Figures()
        self.away: dict[str, Any] = {}
        self.clean_since: dict[str, int] = {}
        self.known: set[str] = set()
        self.found: set[str] = set()

    def truth(self) -> dict[str, Told]:
        """What there is to tell now, by the identifier that the driver gives."""
        fault, self.mdm.fault = self.mdm.fault, None
        told = {self.stub.id_of(one): one for one in self.mdm.devices() if self.stub.listed(one)}
        self.mdm.fault = fault
        return told

    def rows(self) -> dict[str, Row]:
        return {str(row[0]): tuple(row[1:]) for row in db.read_many(ASSETS if self.peer else SIGHTINGS)}

    def deal(self) -> str | None:
        if not self.deck:
            self.deck = [*self.faults, *[None] * CLEAN]
            self.dice.shuffle(self.deck)
        return self.deck.pop()

    def churn(self) -> None:
        """A tablet leaves the server, or one whose absence was noticed comes back."""
        lives = list(self.mdm.fleet.lives)
        if self.found and self.dice.random() < 0.5:
            back = self.dice.choice(sorted(self.found))
            self.found.discard(back)
            self._put([*lives, self.away.pop(back)])
            self.clean_since.pop(back, None)
        elif len(self.away) - len(self.found) < AWAY and len(self.away) < 6:
            one = self.dice.choice([told for told in self.truth().values() if told.enrolled and told.id < 900_000])
            life = next(life for life in lives if life.id_at(self.mdm.at) == one.id)
            self._put([other for other in lives if other is not life])
            self.away[self.stub.id_of(one)], self.clean_since[self.stub.id_of(one)] = life, 0
            self.figures.left += 1

    def _put(self, lives: list[Any]) -> None:
        self.mdm.fleet.lives = lives
        self.mdm.at += timedelta(seconds=1)

    def step(self) -> None:
        """One reading, and what it may have done."""
        self.now += LATER
        if self.dice.random() < 0.12:
            self.mdm.at = max(self.now, self.mdm.at)
        if self.dice.random() < 0.1:
            self.churn()
        fault, before, first = self.deal(), self.rows(), self.truth()
        moved = self.dice.random() < 0.05
        self._middle(fault, moved)
        self.figures.faults[fault or "none"] += 1
        self.figures.runs += 1
        try:
            state = str(self.read(self.connector, self._driver(fault), now=self.now).state)
        except Exception as uncaught:
            self.figures.uncaught.append(f"{fault}: {uncaught!r}"[:300])
            return
        finally:
            vars(self.mdm).pop("count", None)
            self.mdm.fault = None
        self.figures.states[state] += 1
        self._judge(fault, moved, state, before, self.rows(), first)

    def _middle(self, fault: str | None, moved: bool) -> None:
        """Have the fault begin at the first request or later, and somebody come or go in between."""
        simulated = fault if fault in FAULTS else None
        begins, moves = self.dice.choice((0, 0, 0, 2, 3, 4)), self.dice.choice((2, 3)) if moved else 0
        self.mdm.fault, asked, count = simulated if not begins else None, 0, self.mdm.count

        def counted(method: str, path: str) -> None:
            nonlocal asked
            count(method, path)
            asked += 1
            if asked == begins:
                self.mdm.fault = simulated
            if asked == moves:
                self.churn()
            if path == ELSEWHERE:
                self.figures.wrong.append("a redirection was followed")

        self.mdm.count = counted  # type: ignore[method-assign]

    def _driver(self, fault: str | None) -> Any:
        reader: Any = driver(self.kind, self.mdm, page_size=self.dice.choice((7, 12, 50)))
        client = reader._client
        if fault == EXPIRED:
            client.base, client._session.verify = client.base.replace(self.mdm.url, self.expired[0]), str(self.expired[1])
        if fault == "drip":
            client.limits = SHORT
        elif fault in ("gzip_bomb", "huge_page") and self.dice.random() < 0.95:
            client.limits = SMALL
        return reader

    def _judge(self, fault: str | None, moved: bool, state: str, before: Mapping[str, Row], after: Mapping[str, Row], first: Mapping[str, Told]) -> None:
        clean, last = fault is None and not moved, self.truth()
        if state != RunState.COMPLETE.value:
            if before != after:
                self.figures.wrong.append(f"{fault}: {state}, and rows changed")
            if clean:
                self.figures.late.append(f"a clean reading ended {state}")
            return
        self.known |= first.keys() | last.keys()
        for mdm_id, row in after.items():
            wrong = self._wrong(mdm_id, row, before.get(mdm_id), fault, [one[mdm_id] for one in (first, last) if mdm_id in one], clean)
            if wrong:
                self.figures.wrong.append(f"{fault}: {mdm_id}: {wrong}"[:300])
            newly = not self.peer and row[2] == "gone" and before.get(mdm_id, row)[2] != "gone"
            if newly and mdm_id in first and mdm_id in last:
                self.figures.phantoms.append(f"{fault}: {mdm_id}")
        if before.keys() - after.keys() or (clean and first.keys() - after.keys()):
            self.figures.wrong.append(f"{fault}: rows are gone, or never came")
        self._noticed(after, clean)

    def _wrong(self, mdm_id: str, row: Row, before: Row | None, fault: str | None, told: list[Told], clean: bool) -> str:
        """What is false in a row, blank if nothing is."""
        if not told:
            if mdm_id not in self.known:
                return "a device that never was"
            same = before is not None and (row == before if self.peer else row[:2] + row[3:] == before[:2] + before[3:])
            return "" if same else f"written though away: {before} {row}"
        serials, names = {self.stub.serial_of(one) for one in told}, {one.name for one in told}
        serials |= {"no_serial": {""}, "twin_serial": {self.stub.serial_of(one) for one in self.truth().values()}}.get(fault or "", set())
        serials |= set() if clean or before is None else {before[0]}
        names |= {" ".join(before[1].split())} if before is not None and not clean else set()
        if row[0] not in serials:
            return f"serial {row[0]!r}"
        if " ".join(row[1].split()) not in names | ({"Tablette cassée"} if fault == "nul" else set()):
            return f"name {row[1]!r}"
        return "" if self.peer else self._wrong_sighting(row, before, told, clean)

    def _wrong_sighting(self, row: Row, before: Row | None, told: list[Told], clean: bool) -> str:
        contacts = {_stored(contact_of(one)) if self.can.tells_contact else None for one in told}
        if row[3] not in contacts | (set() if before is None or clean else {before[3]}):
            return f"contact {row[3]} instead of {contacts}"
        if row[2] not in LIVE and row[2] != "gone":
            return f"status {row[2]}"
        if clean and row[2] == "gone":
            return "still gone"
        groups = {one.group if self.can.tells_group else "" for one in told}
        return "" if row[4] in groups | (set() if before is None else {before[4]}) else f"group {row[4]!r}"

    def _noticed(self, rows: Mapping[str, Row], clean: bool) -> None:
        """Count the clean readings since each departure, until it is noticed."""
        for mdm_id in self.away.keys() - self.found:
            if mdm_id not in rows:
                continue
            self.clean_since[mdm_id] += clean
            gone = rows[mdm_id][4] != _stored(self.now) if self.peer else rows[mdm_id][2] == "gone"
            if gone:
                self.found.add(mdm_id)
                self.figures.found += 1
                self.figures.slowest = max(self.figures.slowest, self.clean_since[mdm_id])
            elif self.clean_since[mdm_id] >= FOUND_WITHIN:
                self.figures.late.append(f"{mdm_id} is away since {self.clean_since[mdm_id]} clean readings")
                self.found.add(mdm_id)


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
