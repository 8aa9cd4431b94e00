"""A server that fails as the dice say, its connector, and the truth of its tablets beside, by which each reading is judged."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from played import CHRISTMAS, STUBS, contact_of, driver
from proof.figures import Figures

from inventory import db
from inventory.columns import MomentField
from inventory.queries.sightings import LIVE
from mdm.drivers import KINDS
from mdm.http import USUAL
from mdm.models import Connector
from mdm.registers import read_register
from mdm.run_state import RunState
from mdm.simulator import FAULTS, Simulator
from mdm.simulator.server import ELSEWHERE
from mdm.simulator.told import Told
from mdm.sync import read_server

EXPIRED = "expired_certificate"
ALL = (*FAULTS, EXPIRED)
OF_ANSWERS = ("expired_token", "throttled", "redirect", "html_page", "truncated_json", "brackets", "drip", "gzip_bomb", "huge_page", EXPIRED)
"""Those of a server that has no list, and is only asked whether it is there: what it tells comes by its events."""
LATER = timedelta(hours=1)
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
ASSETS = "SELECT asset, serial, number, model, place, last_listed FROM peer_asset ORDER BY id"
Row = tuple[Any, ...]
STATUS, LAST_LISTED = 2, 4
"""Where a row says whether its device is there."""
UNTOLD = "missing_devices"
"""A register that leaves some out says that it lists them no more, and is believed until it lists them again."""


def _away(row: Row, peer: bool) -> bool:
    return row[LAST_LISTED] is not None if peer else row[STATUS] == "gone"


def _but(row: Row, place: int) -> Row:
    return row[:place] + row[place + 1 :]


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
            newly = _away(row, self.peer) and not _away(before.get(mdm_id, row), self.peer)
            if newly and mdm_id in first and mdm_id in last and not (self.peer and fault == UNTOLD):
                self.figures.phantoms.append(f"{fault}: {mdm_id}")
        if before.keys() - after.keys() or (clean and first.keys() - after.keys()):
            self.figures.wrong.append(f"{fault}: rows are gone, or never came")
        self._noticed(after, clean)

    def _wrong(self, mdm_id: str, row: Row, before: Row | None, fault: str | None, told: list[Told], clean: bool) -> str:
        """What is false in a row, blank if nothing is."""
        if not told:
            if mdm_id not in self.known:
                return "a device that never was"
            known = LAST_LISTED if self.peer else STATUS
            same = before is not None and _but(row, known) == _but(before, known) and (row[known] == before[known] or not _away(before, self.peer))
            return "" if same else f"written though away: {before} {row}"
        serials, names = {self.stub.serial_of(one) for one in told}, {one.name for one in told}
        serials |= {"no_serial": {""}, "twin_serial": {self.stub.serial_of(one) for one in self.truth().values()}}.get(fault or "", set())
        serials |= set() if clean or before is None else {before[0]}
        names |= {" ".join(before[1].split())} if before is not None and not clean else set()
        if row[0] not in serials:
            return f"serial {row[0]!r}"
        if " ".join(row[1].split()) not in names | ({"Tablette cassée"} if fault == "nul" else set()):
            return f"name {row[1]!r}"
        return ("still away" if clean and _away(row, True) else "") if self.peer else self._wrong_sighting(row, before, told, clean)

    def _wrong_sighting(self, row: Row, before: Row | None, told: list[Told], clean: bool) -> str:
        contacts = {_stored(contact_of(one)) if self.can.tells_contact else None for one in told}
        first = before is None and not clean and (row[3] is None or row[3] <= max(filter(None, contacts), default=0))
        if not first and row[3] not in contacts | (set() if before is None or clean else {before[3]}):  # first heard, an old contact contradicts nothing
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
            if _away(rows[mdm_id], self.peer):
                self.found.add(mdm_id)
                self.figures.found += 1
                self.figures.slowest = max(self.figures.slowest, self.clean_since[mdm_id])
            elif self.clean_since[mdm_id] >= FOUND_WITHIN:
                self.figures.late.append(f"{mdm_id} is away since {self.clean_since[mdm_id]} clean readings")
                self.found.add(mdm_id)
