"""Readings of what changed only, between two whole ones: the same state in the end, nothing concluded of what is not listed, whatever the server's faults."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as some
from played import MAPPINGS, STUBS, driver, reports

from inventory.models import Sighting
from mdm import terms
from mdm.actions import changes_since
from mdm.driver import Changing, MdmError
from mdm.drivers import KINDS
from mdm.drivers.mapping_file import load
from mdm.models import Connector, PeerAsset, SyncRun
from mdm.registers import read_register
from mdm.run_state import Extent, RunState
from mdm.simulator import FAULTS, Fleet, Simulator
from mdm.since import A_MINUTE, OVERLAP, bound, on_the_wall, since
from mdm.staging import Staged
from mdm.sync import read_server

PARIS, HOUR = ZoneInfo("Europe/Paris"), timedelta(hours=1)
MORNING = datetime(2017, 11, 28, 7, tzinfo=UTC)
"""Its tablets are used until eleven, and one of them is enrolled again at half past nine."""
QUICK = [fault for fault in FAULTS if fault not in ("drip", "gzip_bomb", "huge_page")]
TELLING = sorted(key for key, kind in KINDS.items() if kind.capabilities.changed_since)
CHANGES = pytest.mark.parametrize("kind", TELLING)


@pytest.fixture
def mdm(kind: str, tmp_path: Path) -> Iterator[Simulator]:
    terms.use(tmp_path / "none.toml")
    with Simulator(Fleet(), at=MORNING, api=STUBS[kind].api or kind) as running:
        yield running


def read(connector: Connector, mdm: Simulator, begin: datetime | None) -> SyncRun:
    verb = read_register if KINDS[connector.kind].capabilities.peer else read_server
    return verb(connector, driver(connector.kind, mdm), now=mdm.at, since=begin)


def word(connector: Connector) -> dict[str, tuple[object, ...]]:
    """What is held of the devices of a connector; their batteries follow the day in the simulator, and are left out, as are the
    last contact and the absences of a device that is gone: who reads more often may know later ones, and more."""
    if KINDS[connector.kind].capabilities.peer:
        mine = list(PeerAsset.select().where(PeerAsset.connector == connector))
        return {row.asset: (row.serial, row.number, row.model, row.place, row.last_listed is None) for row in mine}
    rows = list(Sighting.select().where(Sighting.connector == connector.name).order_by(Sighting.mdm_id))
    words = {one.mdm_id: (one.serial, one.number, one.status, one.enrolled_at, one.group, one.configuration, one.status != "gone" and one.absent_runs) for one in rows}
    return {**words, "heard": tuple((one.mdm_id, one.last_contact) for one in rows if one.status != "gone")}


def absences(connector: Connector) -> dict[str, int]:
    return {one.mdm_id: one.absent_runs for one in Sighting.select().where(Sighting.connector == connector.name)}


def test_what_a_table_says_of_changes_a_driver_does() -> None:
    assert TELLING == ["fleet", "glpi", "glpi-assets", "headwind", "micromdm", "nanomdm", "snipeit", "zentral"]
    assert all(hasattr(KINDS[key], "changed") for key in TELLING)


@CHANGES
@pytest.mark.parametrize("size", [3, 500])
def test_what_changed_since_is_listed_and_little_else(kind: str, size: int, mdm: Simulator) -> None:
    began, mdm.at = mdm.at, MORNING + 3 * HOUR
    reader, found = driver(kind, mdm, page_size=size), Staged()
    assert isinstance(reader, Changing)
    reader.sign_in()
    for page in reader.changed(began) or ():
        found.add(page)
    told, stub = reports(found), STUBS[kind]
    moved = {stub.id_of(one) for one in mdm.devices() if stub.listed(one) and (one.edited if kind == "glpi-assets" else one.changed) >= began}
    if kind == "headwind":
        moved = {str(one.id) for one in mdm.devices() if one.contact and one.contact >= began}
    assert found.fault() is None and moved <= told.keys() and len(moved) >= (1 if kind == "glpi-assets" else 8)
    assert len(told) < len(mdm.devices()), "not the whole list"
    assert all(told[STUBS[kind].id_of(one)].serial == STUBS[kind].serial_of(one) for one in mdm.devices() if STUBS[kind].id_of(one) in told)


@CHANGES
def test_changes_and_a_whole_reading_give_what_whole_readings_give_over_faults(kind: str, mdm: Simulator, store: Path) -> None:
    dice, moment = random.Random(2), MORNING
    often, whole = (Connector.create(name=name, kind=kind, url=mdm.url, login="", created=MORNING) for name in ("souvent", "en-entier"))
    extents = []
    for step in range(11):
        mdm.at = moment = MORNING + step * timedelta(minutes=40)
        mdm.fault = dice.choice(QUICK) if step and dice.random() < 0.5 else None
        if step == 5:
            mdm.fleet.lives = [life for life in mdm.fleet.lives if life.mdm_id != 1005]
        begin = changes_since(often, moment)
        before = absences(often)
        run = read(often, mdm, begin)
        extents.append(run.kind)
        if run.kind == Extent.CHANGES.value and not KINDS[kind].capabilities.peer:
            assert run.gone == run.absent == 0
            assert all(runs <= before.get(name, 0) for name, runs in absences(often).items()), "what is not listed is not missed"
        read(whole, mdm, None)
    mdm.fault = None
    for _ in range(3):
        mdm.at += HOUR
        assert [read(connector, mdm, None).state for connector in (often, whole)] == [RunState.COMPLETE.value] * 2
    assert word(often) == word(whole)
    assert {Extent.CHANGES.value, Extent.FULL.value} == set(extents)


@pytest.mark.parametrize("kind", ["zentral"])
def test_a_school_unenrolled_at_once_waits_for_a_person_in_a_reading_of_changes_too(kind: str, mdm: Simulator, store: Path) -> None:
    connector = Connector.create(name="mdm", kind=kind, url=mdm.url, login="", created=MORNING)
    assert read(connector, mdm, None).state == RunState.COMPLETE.value
    began, mdm.at = mdm.at, MORNING + 2 * HOUR

    def unenrolled(told: dict[str, list[dict[str, object]]]) -> object:
        return told | {"results": [one | {"checkout_at": "2017-11-28T08:00:00.000000"} for one in told["results"]]}

    mdm.twist = unenrolled
    run = read(connector, mdm, began)
    assert (run.kind, run.state) == ("changes", "quarantined") and "disparu" in run.message
    assert not Sighting.select().where(Sighting.status == "unenrolled").count()
    assert changes_since(connector, mdm.at + HOUR) is None, "and the next reading is whole"


@pytest.mark.parametrize("kind", ["zentral", "snipeit", "fleet"])
def test_a_list_that_is_not_sorted_or_does_not_follow_proves_nothing(kind: str, mdm: Simulator) -> None:
    began, mdm.at = mdm.at, MORNING + 3 * HOUR
    key = {"zentral": "results", "snipeit": "rows", "fleet": "hosts"}[kind]
    upside_down, emptied, pages = (lambda told: told | {key: told[key][::-1]}), (lambda told: told | {key: []}), count()
    for twist in (upside_down, emptied, lambda told: told | {key: told[key] if next(pages) == 0 else told[key][1:]}):
        mdm.twist = None
        reader = driver(kind, mdm, page_size=50 if twist is upside_down else 4)
        reader.sign_in()
        mdm.twist = twist
        assert isinstance(reader, Changing)
        with pytest.raises(MdmError, match="sera entière"):
            list(reader.changed(began) or ())


def test_the_webhook_tells_which_tablets_to_ask_and_without_it_the_list_is_read(store: Path) -> None:
    with Simulator(Fleet(), at=MORNING + 3 * HOUR, api="micromdm") as mdm:
        reader = driver("micromdm", mdm)
        assert isinstance(reader, Changing) and reader.changed(MORNING) is not None
        assert reader.changed(MORNING + 24 * HOUR) is None
        connector = Connector.create(name="mdm", kind="micromdm", url=mdm.url, login="", created=MORNING)
        assert read(connector, mdm, MORNING + 24 * HOUR).kind == "full"


def test_a_described_server_tells_what_changed_where_its_file_names_the_parameter(tmp_path: Path) -> None:
    text = (MAPPINGS / "zentral.toml").read_text()
    path = tmp_path / "description.toml"
    path.write_text(text.replace("[list]\n", '[list]\nsince = "updated_since"\nsince_moment = "local"\n'))
    assert load(path).listing.since == "updated_since"
    STUBS["mapping"].options["mapping"], kept = path, STUBS["mapping"].options["mapping"]
    try:
        with Simulator(Fleet(), at=MORNING, api="zentral") as mdm:
            reader = driver("mapping", mdm)
            reader.sign_in()
            assert isinstance(reader, Changing) and len(list(reader.changed(MORNING) or ())) == 3
    finally:
        STUBS["mapping"].options["mapping"] = kept
    with Simulator(Fleet(), at=MORNING, api="zentral") as mdm:
        without = driver("mapping", mdm)
        assert isinstance(without, Changing) and without.changed(MORNING) is None


def test_changes_are_asked_for_until_a_whole_reading_is_due_and_after_anything_that_went_wrong_it_is() -> None:
    every, done = 6 * HOUR, RunState.COMPLETE.value
    assert since(None, None, every, MORNING) is None
    assert since((done, MORNING), MORNING, every, MORNING + HOUR) == MORNING
    assert since((done, MORNING + 5 * HOUR), MORNING, every, MORNING + every - 2 * A_MINUTE) == MORNING + 5 * HOUR
    assert since((done, MORNING + 5 * HOUR), MORNING, every, MORNING + every) is None, "a whole one is due"
    assert since((done, MORNING), MORNING, timedelta(0), MORNING + HOUR) is None, "the operator wants whole ones only"
    assert since((done, MORNING), MORNING, every, MORNING - HOUR) is None, "our own clock went back"
    for state in RunState:
        assert (since((state.value, MORNING), MORNING, every, MORNING + HOUR) is None) is (state not in (RunState.COMPLETE, RunState.RELEASED))


def test_a_late_server_is_asked_from_earlier_and_one_ahead_is_not_asked_from_later() -> None:
    now = MORNING + HOUR
    assert bound(MORNING, now, {}) == MORNING - OVERLAP == bound(MORNING, now, {"Date": "yesterday"})
    assert bound(MORNING, now, {"Date": "Tue, 28 Nov 2017 07:20:00 GMT"}) == MORNING - OVERLAP - timedelta(minutes=40)
    assert bound(MORNING, now, {"Date": "Tue, 28 Nov 2017 19:20:00 GMT"}) == MORNING - OVERLAP


@example(datetime(2017, 10, 29, 0, 40), 40, 10)
@given(some.datetimes(datetime(2017, 10, 28), datetime(2017, 10, 30)), some.integers(0, 720), some.integers(0, 720))
def test_no_change_hides_in_the_hour_that_comes_twice(begin: datetime, after: int, more: int) -> None:
    moment = begin.replace(tzinfo=UTC)
    change, now = moment + timedelta(minutes=after), moment + timedelta(minutes=after + more)
    assert change.astimezone(PARIS).replace(tzinfo=None) >= on_the_wall(moment, now, PARIS)
