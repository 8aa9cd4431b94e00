"""What every driver does, whatever its server: the whole fleet and nothing else, nothing personal, a word for each fault, no write.

A new driver is one line here: how the simulator that speaks its API is signed into.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from config.checks import complaints
from inventory.models import Sighting
from mdm.driver import Access, DeviceReport, Driver, MdmError
from mdm.drivers import KINDS
from mdm.models import Connector
from mdm.run_state import RunState
from mdm.simulator import APIS, FAULTS, Fleet, Simulator
from mdm.simulator.apis.spoken import CANARY, LATITUDE, LONGITUDE
from mdm.simulator.told import Told
from mdm.staging import Staged
from mdm.sync import read_server

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)
LATER = timedelta(minutes=15)
RECIPES = [None, *sorted(FAULTS)]


@dataclass(frozen=True)
class Stub:
    """How one kind is signed into (the simulator's login unless told otherwise), and what its requests may be beside GET."""

    login: str = "simulateur"
    posts: frozenset[str] = frozenset()
    renews: bool = False
    options: dict[str, Any] = field(default_factory=dict)


STUBS = {
    "headwind": Stub(posts=frozenset({"/rest/public/jwt/login", "/rest/private/devices/search"}), renews=True),
    "fleet": Stub(login=""),
    "zentral": Stub(login=""),
}
KIND = pytest.mark.parametrize("kind", sorted(KINDS))


@pytest.fixture
def mdm(kind: str) -> Iterator[Simulator]:
    with Simulator(Fleet(), at=CHRISTMAS, api=kind) as running:
        yield running


def driver(kind: str, mdm: Simulator, *, page_size: int = 10, password: str = "simulateur") -> Driver:
    stub = STUBS[kind]
    access = Access(mdm.url, stub.login, password, zone=UTC, options=stub.options)
    make: Callable[..., Driver] = KINDS[kind]
    return make(access, clock=lambda: mdm.at, page_size=page_size, pause=lambda seconds: None)


def staged(reader: Driver) -> Staged:
    found = Staged()
    reader.sign_in()
    for page in reader.pages():
        found.add(page)
    return found


def reports(found: Staged) -> dict[str, DeviceReport]:
    return {report.mdm_id: report for batch in found.batches() for report in batch}


def contact_of(one: Told) -> datetime | None:
    return one.contact.replace(microsecond=0) if one.contact else None


def test_every_kind_is_played_and_tried() -> None:
    assert KINDS.keys() == STUBS.keys() == APIS.keys()


@KIND
def test_a_whole_reading_is_the_fleet_and_nothing_else(kind: str, mdm: Simulator) -> None:
    found = staged(driver(kind, mdm))
    told, truth, can = reports(found), {str(one.id): one for one in mdm.devices()}, KINDS[kind].capabilities
    assert found.fault() is None and found.refused == 0 and told.keys() == truth.keys() and len(truth) == 29
    assert found.total == (29 if can.tells_total else None)
    for mdm_id, report in told.items():
        one = truth[mdm_id]
        assert (report.serial, report.number) == (one.serial, one.name) and report.remarks == ()
        assert report.last_contact is None or report.last_contact.tzinfo is UTC
        assert report.last_contact == (contact_of(one) if can.tells_contact else None)
        assert report.enrolled_at == (one.enrolled.replace(microsecond=0) if one.enrolled and can.tells_enrolment else report.enrolled_at)
        assert report.battery == (one.battery if can.tells_battery and one.id < 900_000 else report.battery)
        assert report.group == (one.group if can.tells_group else "")


@KIND
def test_a_tablet_never_switched_on_was_never_in_contact(kind: str, mdm: Simulator) -> None:
    mdm.at = datetime(2017, 10, 5, 18, tzinfo=UTC)
    told = reports(staged(driver(kind, mdm)))
    assert len(told) == 14
    assert {report.last_contact for report in told.values()} == {None}
    assert not {report.status for report in told.values()} & {"enrolled", "gone"}


@KIND
def test_nothing_personal_passes_the_driver(kind: str, mdm: Simulator) -> None:
    mdm.heard = []
    found = staged(driver(kind, mdm))
    said = b"".join(msgspec.json.encode(batch) for batch in found.batches()).decode()
    assert CANARY.encode() in b"".join(mdm.heard)
    assert not [personal for personal in (CANARY, str(LATITUDE), str(LONGITUDE)) if personal in said]
    assert found.dropped >= 29


@KIND
def test_the_same_told_twice_is_the_same_digest_and_a_day_later_another(kind: str, mdm: Simulator) -> None:
    first, again = staged(driver(kind, mdm)), staged(driver(kind, mdm, page_size=7))
    digests = {mdm_id: report.told for mdm_id, report in reports(first).items()}
    assert None not in digests.values()
    assert {mdm_id: report.told for mdm_id, report in reports(again).items()} == digests
    mdm.at = datetime(2017, 11, 13, 18, tzinfo=UTC)
    for mdm_id, report in reports(staged(driver(kind, mdm))).items():
        before = reports(first).get(mdm_id)
        if before and msgspec.structs.replace(before, told=None) != msgspec.structs.replace(report, told=None):
            assert report.told != before.told


@KIND
def test_a_driver_only_reads(kind: str, mdm: Simulator) -> None:
    reader = driver(kind, mdm)
    staged(reader)
    reader.find(str(mdm.fleet.lives[0].mdm_id), mdm.fleet.lives[0].asset_tag)
    written = {path for method, path in mdm.requested if method != "GET"}
    assert {method for method, _ in mdm.requested} <= {"GET", "POST"} and written <= STUBS[kind].posts
    assert reader.requests == len(mdm.requested)


@KIND
def test_one_device_is_looked_up_as_it_is_listed_and_a_stranger_is_not_found(kind: str, mdm: Simulator) -> None:
    reader = driver(kind, mdm)
    listed = reports(staged(reader))
    for life in (mdm.fleet.lives[0], mdm.fleet.lives[4]):
        found, there = reader.find(str(life.mdm_id), life.asset_tag), listed[str(life.mdm_id)]
        assert found is not None and msgspec.structs.replace(found, battery=there.battery, told=there.told) == there
    assert reader.find("424242", "AIX-CM09-T09") is None


@KIND
@pytest.mark.parametrize("fault", ["throttled", "html_page", "truncated_json", "brackets"])
def test_a_look_up_that_is_not_answered_concludes_nothing(kind: str, fault: str, mdm: Simulator) -> None:
    reader = driver(kind, mdm)
    staged(reader)
    mdm.fault = fault
    with pytest.raises(MdmError):
        staged(reader)
    with suppress(MdmError):
        assert reader.find("1001", "AIX-CM01-T01") is not None, "answered by a call on which no fault is played"


@KIND
def test_a_wrong_password_is_told_once_for_all_and_never_shown(kind: str, mdm: Simulator) -> None:
    with pytest.raises(MdmError) as raised:
        driver(kind, mdm, password="azerty-secret").sign_in()
    assert raised.value.permanent and "azerty" not in str(raised.value)


@KIND
def test_a_session_that_dies_is_opened_again_once_and_a_dead_token_is_told(kind: str, mdm: Simulator) -> None:
    mdm.fault = "expired_token"
    if STUBS[kind].renews:
        assert staged(driver(kind, mdm)).fault() is None
    else:
        with pytest.raises(MdmError) as raised:
            staged(driver(kind, mdm))
        assert raised.value.permanent


@KIND
def test_a_server_that_is_another_is_told_as_such(kind: str, mdm: Simulator) -> None:
    other = "zentral" if kind != "zentral" else "fleet"
    with Simulator(Fleet(), at=CHRISTMAS, api=other) as wrong, pytest.raises(MdmError) as raised:
        staged(driver(kind, wrong))
    assert raised.value.permanent


@KIND
def test_faults_in_any_order_lose_no_tablet_and_write_nothing_false(kind: str, mdm: Simulator, store: Path) -> None:
    connector = Connector.create(name="mdm-ville", kind=kind, url=mdm.url, login="", created=CHRISTMAS)
    dice, moment = random.Random(1), CHRISTMAS

    def read(fault: str | None) -> str:
        nonlocal moment
        mdm.fault, moment = fault, moment + LATER
        return str(read_server(connector, driver(kind, mdm), now=moment).state)

    assert read(None) == "complete"
    truth = truths()
    for fault in dice.sample(RECIPES, len(RECIPES)) + dice.choices(RECIPES, k=10):
        assert read(fault) != RunState.RUNNING.value
        assert truths() == truth, fault
    assert read(None) == "complete" and list(complaints()) == []
    assert truths() == truth and not any(row.absent_runs for row in Sighting.select())


def truths() -> dict[str, tuple[object, ...]]:
    """What no fault may change: a contact that goes backwards or comes from the future is not believed."""
    return {row.mdm_id: (row.serial, row.status, row.last_contact, row.enrolled_at) for row in Sighting.select()}


@KIND
def test_a_tablet_really_removed_is_found_within_three_clean_readings(kind: str, mdm: Simulator, store: Path) -> None:
    connector = Connector.create(name="mdm-ville", kind=kind, url=mdm.url, login="", created=CHRISTMAS)
    read_server(connector, driver(kind, mdm), now=CHRISTMAS)
    mdm.fleet.lives = [life for life in mdm.fleet.lives if life.slot != 5 or life.cart.code != "AIX-CM01"]
    mdm.at = CHRISTMAS + timedelta(seconds=1)
    states = [read_server(connector, driver(kind, mdm), now=CHRISTMAS + number * LATER).state for number in (1, 2, 3)]
    assert states == ["complete"] * 3
    assert [row.mdm_id for row in Sighting.select().where(Sighting.status == "gone")] == ["1005"]
