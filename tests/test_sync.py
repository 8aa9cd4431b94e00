"""A server read, proved complete, guarded and taken in: the difference only, and never a tablet lost by a machine's silence."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from played import driver

from config.checks import complaints
from inventory.actions.records import Hand
from inventory.actions.sightings import count_absence
from inventory.actions.tablets import place, register_tablet
from inventory.db import database
from inventory.errors import Refused
from inventory.mdm_status import MdmStatus
from inventory.models import ContactMonth, Event, Fact, MobileClass, Sighting, Tablet
from inventory.queries.tablets import states
from inventory.scope import EVERYWHERE
from mdm import actions
from mdm.driver import Access
from mdm.drivers.headwind import Headwind
from mdm.models import Connector, SyncRun
from mdm.run_state import RunState
from mdm.simulator import FAULTS, Fleet, Simulator
from mdm.sync import read_server

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)
LATER = timedelta(hours=1)


@pytest.fixture
def mdm() -> Iterator[Simulator]:
    with Simulator(Fleet(), at=CHRISTMAS) as running:
        yield running


@pytest.fixture
def connector(store: Path, now: datetime) -> Connector:
    return Connector.create(name="mdm-ville", kind="headwind", url="http://127.0.0.1", login="simulateur", created=now)


def read(connector: Connector, mdm: Simulator, now: datetime = CHRISTMAS, page_size: int = 10) -> SyncRun:
    mdm.expired_once = False
    driver = Headwind(Access(mdm.url, "simulateur", "simulateur"), clock=lambda: now, page_size=page_size, pause=lambda seconds: None)
    return read_server(connector, driver, now=now)


def stored() -> list[tuple[object, ...]]:
    """Every row that a sync may write, but the run itself."""
    return [tuple(row) for model in (Sighting, ContactMonth, Event, Fact) for row in model.select().order_by(*model._meta.get_primary_keys()).tuples()]


def statuses() -> dict[str, str]:
    return {row.mdm_id: row.status for row in Sighting.select()}


def test_the_first_reading_takes_the_fleet_in_and_the_same_again_writes_nothing(connector: Connector, mdm: Simulator) -> None:
    first = read(connector, mdm)
    assert (first.state, first.seen, first.changed, first.refused) == ("complete", 29, 29, 0)
    before = stored()
    second = read(connector, mdm, CHRISTMAS + LATER)
    assert (second.state, second.changed, second.heard, second.unchanged) == ("complete", 0, 0, 29)
    assert stored() == before


def test_a_check_in_is_no_event(connector: Connector, mdm: Simulator) -> None:
    mdm.at = datetime(2017, 11, 13, 7, tzinfo=UTC)
    read(connector, mdm, mdm.at)
    lines = Event.select().count()
    mdm.at = datetime(2017, 11, 14, 15, tzinfo=UTC)
    run = read(connector, mdm, mdm.at)
    assert run.heard > 0 and run.changed == 0
    assert Event.select().count() == lines


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"drip", "gzip_bomb", "huge_page"}))
def test_no_fault_invents_a_missing_tablet_or_an_exception(connector: Connector, mdm: Simulator, fault: str) -> None:
    read(connector, mdm)
    before = statuses()
    mdm.fault = fault
    for number in range(1, 4):
        run = read(connector, mdm, CHRISTMAS + number * LATER)
        assert run.state != RunState.RUNNING.value
    assert statuses() == before
    assert not any(row.absent_runs for row in Sighting.select()), "a reading that is not proved complete counts no absence"
    mdm.fault = None
    assert read(connector, mdm, CHRISTMAS + 5 * LATER).state == "complete"
    assert statuses() == before and list(complaints()) == []


def test_a_contact_in_2099_or_going_backwards_is_a_remark(connector: Connector, mdm: Simulator) -> None:
    read(connector, mdm)
    truth = {row.mdm_id: row.last_contact for row in Sighting.select()}
    for fault, remark in (("contact_2099", "last_contact_in_future"), ("contact_backwards", "last_contact_backwards")):
        mdm.fault = fault
        read(connector, mdm, CHRISTMAS + LATER, page_size=50)
        assert [row.remarks for row in Sighting.select() if row.remarks] == [[remark]]
        assert {row.mdm_id: row.last_contact for row in Sighting.select()} == truth


def test_a_fleet_that_shrinks_at_once_waits_for_a_person(connector: Connector, mdm: Simulator, hand: Hand) -> None:
    read(connector, mdm)
    before = stored()
    mdm.fault = "missing_devices"
    run = read(connector, mdm, CHRISTMAS + LATER)
    assert run.state == "quarantined" and "ont disparu" in run.message
    assert stored() == before, "nothing is derived from a quarantined reading"
    with pytest.raises(Refused, match="Indiquer la raison"):
        actions.release(run.id, " ", hand)
    actions.release(run.id, "le parc a vraiment été réduit, vu avec la DSI", hand)
    assert sorted(row.absent_runs for row in Sighting.select()) == [0] * 11 + [1] * 18
    assert set(statuses().values()) == {"enrolled"}, "one absence is not believed"
    again = read(connector, mdm, CHRISTMAS + 2 * LATER)
    assert (again.state, again.gone) == ("complete", 18), "asked by number, the server knows them no more"


def test_a_newer_good_reading_puts_the_quarantine_aside(connector: Connector, mdm: Simulator, hand: Hand) -> None:
    read(connector, mdm)
    mdm.fault = "missing_devices"
    old = read(connector, mdm, CHRISTMAS + LATER)
    mdm.fault = None
    read(connector, mdm, CHRISTMAS + 2 * LATER)
    with pytest.raises(Refused, match="n'attend pas de décision"):
        actions.release(old.id, "trop tard pour cela", hand)
    assert SyncRun.get_by_id(old.id).staged is None


def test_one_device_gone_is_believed_after_two_readings_and_a_look_up(connector: Connector, mdm: Simulator) -> None:
    before_reenrolment = datetime(2017, 11, 27, 15, tzinfo=UTC)
    mdm.at = before_reenrolment
    read(connector, mdm, mdm.at)
    old = mdm.fleet.lives[2]
    mdm.at = CHRISTMAS
    read(connector, mdm, CHRISTMAS)
    assert Sighting.get(Sighting.mdm_id == str(old.mdm_id)).status == "enrolled", "one absence is not believed"
    second = read(connector, mdm, CHRISTMAS + LATER)
    assert second.gone == 1
    assert Sighting.get(Sighting.mdm_id == str(old.mdm_id)).status == MdmStatus.GONE.value


def test_a_device_answered_with_the_record_of_another_keeps_no_digest_of_it(connector: Connector, mdm: Simulator) -> None:
    read(connector, mdm)
    left, other = (row.mdm_id for row in Sighting.select().order_by(Sighting.id).limit(2))
    mdm.fleet.lives = [life for life in mdm.fleet.lives if str(life.mdm_id) != left]
    mdm.at += timedelta(seconds=1)
    reader = driver("headwind", mdm)
    reader.sign_in()
    twin = next(page.report(page.ids.index(other)) for page in reader.pages() if other in page.ids)
    with pytest.MonkeyPatch.context() as then:
        then.setattr(Headwind, "find", lambda self, mdm_id, number: twin)
        assert [read(connector, mdm, CHRISTMAS + hours * LATER).gone for hours in (1, 2)] == [0, 0]
    assert [row.told for row in Sighting.select().where(Sighting.mdm_id == left)] == [None]
    later = [read(connector, mdm, CHRISTMAS + hours * LATER) for hours in (3, 4, 5)]
    assert sum(run.gone for run in later) == 1
    assert {row.mdm_id: row.status for row in Sighting.select().where(Sighting.mdm_id.in_([left, other]))} == {left: "gone", other: "enrolled"}


def test_readings_that_follow_each_other_in_the_hour_are_one_absence(connector: Connector, mdm: Simulator) -> None:
    read(connector, mdm)
    removed, moments = mdm.fleet.lives[2], [CHRISTMAS + LATER + minutes * timedelta(minutes=1) for minutes in (0, 1, 30, 59, 60)]
    mdm.fleet.lives = [life for life in mdm.fleet.lives if life is not removed]
    mdm.at += timedelta(seconds=1)
    assert [read(connector, mdm, moment).gone for moment in moments] == [0, 0, 0, 0, 1]


def test_a_robot_never_writes_what_a_person_said(connector: Connector, mdm: Simulator, granettes_cart: MobileClass, hand: Hand) -> None:
    tablet = register_tablet(Tablet(serial="TESTA100001", asset_tag="AIX-CM01-T01"), hand)
    place(tablet, granettes_cart, 1, hand)
    row = dict(Tablet.get_by_id(tablet.id).__data__)
    read(connector, mdm)
    assert dict(Tablet.get_by_id(tablet.id).__data__) == row
    (state,) = states(EVERYWHERE, class_ids=[granettes_cart.id])
    assert state.stage.value == "expected" and state.mdm is MdmStatus.ENROLLED


def test_the_same_serial_twice_in_the_mdm_lets_the_newest_enrolment_speak(connector: Connector, mdm: Simulator, hand: Hand) -> None:
    register_tablet(Tablet(serial="TESTA100003", asset_tag="AIX-CM01-T03"), hand)
    mdm.at = datetime(2017, 11, 27, 15, tzinfo=UTC)
    read(connector, mdm, mdm.at)
    mdm.at = CHRISTMAS
    read(connector, mdm, CHRISTMAS)
    (state,) = states(EVERYWHERE)
    assert state.seen is not None and state.seen.mdm_id == str(mdm.fleet.lives[2].mdm_id + 500_000)


def test_two_readings_at_once_are_refused_and_an_abandoned_one_is_not_waited_for(connector: Connector, mdm: Simulator) -> None:
    SyncRun.create(connector=connector, started=CHRISTMAS, holder="elsewhere:1")
    with pytest.raises(Refused, match="déjà en cours"):
        read(connector, mdm)
    SyncRun.update(holder=f"{platform.node()}:999999").execute()
    assert read(connector, mdm).state == "complete"
    assert SyncRun.get_by_id(1).state == "failed"


def test_a_thousand_devices_are_written_in_transactions_of_at_most_a_thousand(connector: Connector) -> None:
    with Simulator(Fleet(devices=2500), at=CHRISTMAS) as mdm:
        run = read(connector, mdm, page_size=500)
    assert (run.state, run.seen, run.changed) == ("complete", 2500, 2500)
    assert database.execute_sql("SELECT count(*) FROM sighting").fetchone()[0] == 2500


def test_a_fleet_known_before_digests_is_looked_at_once_and_no_event_comes_of_it(connector: Connector, mdm: Simulator) -> None:
    read(connector, mdm)
    after = stored()
    Sighting.update(told=None).execute()
    run = read(connector, mdm, CHRISTMAS + LATER)
    assert (run.changed, run.heard, run.unchanged) == (0, 0, 29)
    assert stored() == after, "the digests are back, and nothing else was written"


def test_a_device_back_after_an_absence_is_written_though_it_tells_the_same(connector: Connector, mdm: Simulator) -> None:
    read(connector, mdm)
    count_absence([Sighting.get_by_id(3)])
    run = read(connector, mdm, CHRISTMAS + LATER)
    assert (run.heard, run.unchanged) == (1, 28)
    assert Sighting.get_by_id(3).absent_runs == 0


def test_a_quarantine_is_not_released_under_a_reading(connector: Connector, mdm: Simulator, hand: Hand) -> None:
    read(connector, mdm)
    mdm.fault = "missing_devices"
    run = read(connector, mdm, CHRISTMAS + LATER)
    SyncRun.create(connector=connector, started=hand.now, holder="elsewhere:1")
    with pytest.raises(Refused, match="déjà en cours"):
        actions.release(run.id, "vu avec la DSI ce matin", hand)


def test_tablets_that_tell_their_serial_once_switched_on_are_not_lost(connector: Connector, mdm: Simulator) -> None:
    read(connector, mdm)
    Sighting.update(serial="", told=None).execute()
    assert read(connector, mdm, CHRISTMAS + LATER).state == "complete"
