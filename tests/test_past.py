"""A list of the past, folded by the engine a part at a time, is the journal's own fold; Alice swaps a tablet behind an MDM's record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from autumn import copied, settings_at

from config import schema
from config.wiring import wire
from deploy.queries.board import on_board
from inventory.actions.records import Hand
from inventory.actions.sightings import take_in
from inventory.actions.tablets import register_tablet
from inventory.db import database, on_postgres
from inventory.journal import When, history
from inventory.mdm_status import MdmStatus
from inventory.models import FormerSerial, School, Tablet
from inventory.queries import listed_tablets
from inventory.queries.listing import Ask, every_page
from inventory.queries.past import rows_then
from inventory.queries.places import classes
from inventory.queries.tablets import states, states_then
from inventory.scope import EVERYWHERE, NOWHERE, Scope
from mdm.driver import DeviceReport

OCTOBER, DECEMBER = datetime(2017, 10, 1, tzinfo=UTC), datetime(2017, 12, 20, 12, tzinfo=UTC)


@pytest.fixture
def own_autumn(autumn: Path, tmp_path: Path) -> Iterator[None]:
    wire(settings_at(copied(autumn, tmp_path)))
    with database.connection_context():
        yield


def folded(when: When, scope: Scope) -> list[tuple[object, ...]]:
    """What the journal's fold says of every tablet."""
    carts = {one.id: one for one in classes(scope, when)}
    found = []
    for state in states(scope, when):
        cart = carts.get(state.class_id or 0)
        if scope.holds(cart.school_id if cart else None):
            contact = state.seen.last_contact if state.seen else None
            found.append((state.id, state.name, cart.code if cart else "", state.slot, state.stage, state.stage_at, state.mdm, contact))
    return sorted(found, key=lambda one: str(one[0]))


@pytest.mark.usefixtures("own_autumn")
def test_the_lists_of_the_whole_autumn_are_the_fold_of_the_journal() -> None:
    ids = [row.id for row in Tablet.select(Tablet.id)]
    mine, told = Scope.of([School.select().order_by(School.id).get().id]), set[int]()
    for day in range(0, 81, 8):
        for known, scope in ((None, EVERYWHERE), (None, mine), (None, NOWHERE), (OCTOBER + timedelta(days=40), EVERYWHERE)):
            when = When(OCTOBER + timedelta(days=day, hours=9), known)
            rows = [(row.id, row.name, row.class_code, row.slot, row.stage, row.stage_at, row.mdm, row.last_contact) for row in rows_then(ids, when, scope)]
            assert sorted(rows, key=lambda one: str(one[0])) == folded(when, scope), (day, known, scope)
            told.add(len(rows))
    assert len(told) > 2, "the autumn begins without tablets"


def mdm_on(moment: datetime) -> dict[str, MdmStatus]:
    """Each tablet read alone, so that no other leads to its record."""
    return {row.serial: row.mdm for tablet in Tablet.select() for row in rows_then([tablet.id], When(moment), EVERYWHERE)}


def swap(hand: Hand) -> None:
    """On Monday the record « 7 » is the first tablet; on Wednesday the second one is enrolled in its place."""
    for serial, day in (("TESTP00001", 0), ("TESTP00002", 2)):
        register_tablet(Tablet(serial=serial), hand)
        report = DeviceReport("7", serial, "AIX-07", MdmStatus.ENROLLED.value, os_version=str(day))
        take_in("ville", [report], now=hand.now + timedelta(days=day))


def test_a_record_that_changed_tablets_spoke_of_the_first_until_it_spoke_of_the_second(hand: Hand) -> None:
    swap(hand)
    assert mdm_on(hand.now + timedelta(days=1)) == {"TESTP00001": MdmStatus.ENROLLED, "TESTP00002": MdmStatus.UNKNOWN}
    assert mdm_on(hand.now + timedelta(days=3)) == {"TESTP00001": MdmStatus.UNKNOWN, "TESTP00002": MdmStatus.ENROLLED}


def test_of_two_records_of_one_number_the_newest_enrolment_spoke_and_one_without_a_number_spoke_of_nobody(hand: Hand) -> None:
    register_tablet(Tablet(serial="TESTP00009"), hand)
    told = [("1", "TESTP00009", "enrolled", 5, 0), ("2", "", "pending", None, 0), ("2", "TESTP00009", "pending", 3, 1), ("1", "TESTP00009", "unenrolled", 2, 2)]
    for mdm_id, serial, status, days_before, day in told:
        enrolled = None if days_before is None else hand.now - timedelta(days=days_before)
        take_in("ville", [DeviceReport(mdm_id, serial, "", status, enrolled_at=enrolled, os_version=str(day))], now=hand.now + timedelta(days=day))
    words = [mdm_on(hand.now + timedelta(days=day, hours=1))["TESTP00009"] for day in range(3)]
    assert words == [MdmStatus.ENROLLED, MdmStatus.PENDING, MdmStatus.UNENROLLED]


def test_a_database_of_before_is_told_the_serial_numbers_that_its_journal_holds(autumn: Path, tmp_path: Path) -> None:
    wire(settings_at(copied(autumn, tmp_path)))
    with database.connection_context():
        swap(Hand(None, DECEMBER))
        kept = sorted(FormerSerial.select().tuples())
        database.execute_sql("DROP TABLE former_serial")
        schema.SchemaMigration.delete().where(schema.SchemaMigration.name == "0013_worn_serials").execute()
    assert schema.migrate() == ["0013_worn_serials"]
    with database.connection_context():
        assert kept and sorted(FormerSerial.select().tuples()) == kept


def test_a_long_walk_is_the_same_list_as_one_page(hand: Hand) -> None:
    for number in range(25):
        register_tablet(Tablet(serial=f"TESTP{number:05}"), hand)
    for falling in (False, True):
        rows = every_page(lambda ask: listed_tablets.tablets(ask, When(hand.now), scope=EVERYWHERE), Ask(sort="serie", falling=falling), 4)
        assert [row.serial for row in rows] == sorted((f"TESTP{number:05}" for number in range(25)), reverse=falling)


@contextmanager
def plans() -> Iterator[list[str]]:
    """How SQLite finds the rows of each statement of the block."""
    told, asked = list[str](), list[tuple[str, Any]]()
    connection = database.connection()
    connection.exec_trace = lambda cursor, sql, values: asked.append((sql, values)) or True
    yield told
    connection.exec_trace = None
    for sql, values in asked:
        told += [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]


@pytest.mark.usefixtures("own_autumn")
def test_a_cart_of_the_past_is_read_from_its_own_tablets_and_its_own_lines() -> None:
    when = When(datetime(2017, 11, 15, 12, tzinfo=UTC))
    carts, everywhere = [one.id for one in classes(EVERYWHERE, when)], states(EVERYWHERE, when)
    for one in carts:
        assert states(EVERYWHERE, when, class_ids=[one]) == [state for state in everywhere if state.class_id == one]
        days = [when.moment + timedelta(days=days) for days in (-60, -20, 0, 30)]
        told = [[(each.id, each.slot, each.stage, each.stage_at) for each in found] for found in states_then(EVERYWHERE, one, days)]
        assert told == [[(each.id, each.slot, each.stage, each.stage_at) for each in states(EVERYWHERE, When(day), class_ids=[one])] for day in days]
    if on_postgres():
        return
    with plans() as told:
        states(EVERYWHERE, when, class_ids=[carts[0]])
        on_board(EVERYWHERE, carts[0], When(when.moment, when.moment), when.moment)
        history("tablet", 7)
    assert "event_place" in " ".join(told)
    assert not [one for one in told if one.startswith(("SCAN event", "SCAN fact", "SCAN tablet")) or ("COVERING" not in one and one.endswith("(subject=?)"))]
