"""A hundred times the power is cut in mid-write and in mid-sync: what was acknowledged is there, and the database is sound."""

from __future__ import annotations

import os
import random
import select
import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from config.checks import complaints
from inventory import db
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.models import Event, MobileClass, Sighting
from mdm.driver import Access
from mdm.drivers.headwind import Headwind
from mdm.models import Connector, SyncRun
from mdm.simulator import Fleet, Simulator
from mdm.sync import read_server

KILLS = 100
NOVEMBER = datetime(2017, 11, 13, 7, tzinfo=UTC)
DEVICES = 300


def killed_in_the_act(path: Path, act: Callable[[int], Iterator[int]], start: int, dice: random.Random) -> list[int]:
    """Fork, let the child work and acknowledge, kill it without warning; what it acknowledged."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            db.connect(f"sqlite:///{path}")
            with db.database.connection_context():
                for number in act(start):
                    os.write(writer, f"{number}\n".encode())
        finally:
            os._exit(1)
    os.close(writer)
    select.select([reader], [], [], 20)
    select.select([], [], [], dice.uniform(0, 0.05))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    told = b""
    while part := os.read(reader, 65536):
        told += part
    os.close(reader)
    return [int(line) for line in told.decode().splitlines()]


@pytest.fixture
def cut(store: Path, granettes_cart: MobileClass) -> Path:
    """The database, with no connection of ours open while a child works."""
    db.database.close()
    return store


def test_no_acknowledged_step_is_lost(cut: Path) -> None:
    dice, acknowledged = random.Random(1), set[int]()

    def note(start: int) -> Iterator[int]:
        row = MobileClass.get()
        for number in count(start):
            hand = Hand(None, NOVEMBER + timedelta(seconds=number))
            note_fact(row, "step:order", "done", hand, detail={"number": number}, note=f"bon n° {number}")
            yield number

    for _ in range(KILLS):
        acknowledged.update(killed_in_the_act(cut, note, max(acknowledged, default=0) + 10, dice))
        with db.database.connection_context():
            assert list(complaints()) == []
    with db.database.connection_context():
        written = {event.detail["number"] for event in Event.select().where(Event.axis == "step:order")}
    assert len(acknowledged) >= KILLS
    assert acknowledged <= written


def test_a_sync_cut_short_leaves_nothing_half_written_and_the_next_one_completes(cut: Path) -> None:
    dice, complete = random.Random(2), set[int]()
    with Simulator(Fleet(devices=DEVICES), at=NOVEMBER) as mdm:
        with db.database.connection_context():
            Connector.create(name="mdm-ville", kind="headwind", url=mdm.url, login="simulateur", created=NOVEMBER)

        def read(start: int) -> Iterator[int]:
            for number in count(start):
                yield -number  # the reading begins
                moment = NOVEMBER + timedelta(hours=6 * number)
                driver = Headwind(Access(mdm.url, "simulateur", "simulateur"), clock=lambda now=moment: now, page_size=100)
                yield read_server(Connector.get(), driver, now=moment).id

        for number in range(KILLS):
            mdm.at = NOVEMBER + timedelta(hours=6 * number)
            told = killed_in_the_act(cut, read, number + 1, dice)
            complete.update(one for one in told if one > 0)
            with db.database.connection_context():
                assert list(complaints()) == []
        with db.database.connection_context():
            driver = Headwind(Access(mdm.url, "simulateur", "simulateur"), clock=lambda: mdm.at, page_size=100)
            last = read_server(Connector.get(), driver, now=mdm.at)
            assert last.state == "complete"
            heard = {row.mdm_id: row.last_contact for row in Sighting.select()}
            known = {run.id for run in SyncRun.select().where(SyncRun.state == "complete")}
            assert not SyncRun.select().where(SyncRun.state == "running").count()
    assert complete <= known
    assert heard.keys() == {str(life.mdm_id) for life in mdm.fleet.lives}
    truth = {str(life.mdm_id): life.last_contact(mdm.at) for life in mdm.fleet.lives}
    assert all(abs((heard[key] - moment).total_seconds()) < 1 for key, moment in truth.items() if moment)
