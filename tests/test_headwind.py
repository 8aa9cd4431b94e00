"""A Headwind server read over real HTTP: the whole fleet, nothing personal, and a clear word for each fault."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from inventory.mdm_status import MdmStatus
from mdm.driver import Access, MdmError
from mdm.drivers.headwind import Headwind
from mdm.simulator import FAULTS, Fleet, Simulator
from mdm.simulator.server import CANARY
from mdm.staging import Staged

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)
REFUSED_AS_A_WHOLE = {"throttled", "html_page", "truncated_json", "brackets"}
SEEN_AS_PARTIAL = {"half_page", "skipped_page"}


@pytest.fixture
def mdm() -> Iterator[Simulator]:
    with Simulator(Fleet(), at=CHRISTMAS) as running:
        yield running


def headwind(mdm: Simulator, password: str = "simulateur", page_size: int = 10) -> Headwind:
    pauses: list[float] = []
    access = Access(mdm.url, "simulateur", password)
    return Headwind(access, clock=lambda: mdm.at, page_size=page_size, pause=pauses.append)


def staged(driver: Headwind) -> Staged:
    driver.sign_in()
    found = Staged()
    for page in driver.pages():
        found.add(page)
    return found


def test_a_whole_reading_is_the_fleet_and_nothing_else(mdm: Simulator) -> None:
    found = staged(headwind(mdm))
    reports = [report for batch in found.batches() for report in batch]
    truth = {str(life.id_at(mdm.at)): life for life in mdm.fleet.listed(mdm.at)}
    assert found.fault() is None and found.total == 29
    assert {report.mdm_id for report in reports} == truth.keys() | {"900001", "900002"}
    for report in reports:
        if life := truth.get(report.mdm_id):
            contact = life.last_contact(mdm.at)
            assert report.serial == life.serial and report.number == life.name_at(mdm.at)
            assert contact is not None and report.last_contact is not None and abs(contact - report.last_contact).total_seconds() < 1
            assert report.configuration == ("Usine" if life.configured is None else "Aix écoles 2017.1")


def test_a_tablet_labelled_but_never_switched_on_is_pending() -> None:
    with Simulator(Fleet(), at=datetime(2017, 10, 5, 18, tzinfo=UTC)) as mdm:
        reports = [report for batch in staged(headwind(mdm)).batches() for report in batch]
    assert {report.status for report in reports} == {MdmStatus.PENDING.value}
    assert {report.last_contact for report in reports} == {None}


def test_nothing_personal_passes_the_driver(mdm: Simulator) -> None:
    found = staged(headwind(mdm))
    for batch in found.batches():
        assert CANARY not in msgspec.json.encode(batch).decode()
    assert found.dropped > 200


@pytest.mark.parametrize("fault", sorted(FAULTS))
def test_each_fault_ends_in_a_word_never_in_an_exception(mdm: Simulator, fault: str) -> None:
    mdm.fault = fault
    if fault in REFUSED_AS_A_WHOLE:
        with pytest.raises(MdmError) as raised:
            staged(headwind(mdm))
        assert "simulateur" not in str(raised.value) and str(raised.value)
        return
    found = staged(headwind(mdm))
    assert (found.fault() is not None) is (fault in SEEN_AS_PARTIAL)
    assert found.refused == (1 if fault in ("nan", "lone_surrogate") else 0) or fault in ("nan", "lone_surrogate")


def test_a_token_that_dies_in_mid_run_is_renewed_once(mdm: Simulator) -> None:
    mdm.fault = "expired_token"
    found = staged(headwind(mdm))
    assert found.fault() is None and mdm.expired_once


def test_a_wrong_password_is_told_without_showing_it(mdm: Simulator) -> None:
    with pytest.raises(MdmError, match="refuse le compte") as raised:
        headwind(mdm, password="azerty-secret").sign_in()
    assert raised.value.permanent and "azerty" not in str(raised.value)
    assert "azerty" not in repr(Access(mdm.url, "x", "azerty-secret"))


def test_one_device_is_looked_up_by_its_id(mdm: Simulator) -> None:
    driver = headwind(mdm)
    driver.sign_in()
    renamed = mdm.fleet.lives[4]
    found = driver.find(str(renamed.mdm_id), renamed.asset_tag)
    assert found is not None and found.serial == renamed.serial
    again = mdm.fleet.lives[2]
    assert driver.find(str(again.mdm_id), again.asset_tag) is None, "it was enrolled again under another id"
    assert driver.find("424242", "AIX-CM09-T01") is None


def test_a_server_that_is_not_there_is_an_mdm_error(mdm: Simulator) -> None:
    access = Access("http://127.0.0.1:9", "simulateur", "simulateur")
    with pytest.raises(MdmError, match="ne répond pas"):
        Headwind(access, clock=lambda: mdm.at, pause=lambda seconds: None).sign_in()
