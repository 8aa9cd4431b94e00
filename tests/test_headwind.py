"""A Headwind server read over real HTTP: the whole fleet, nothing personal, and a clear word for each fault."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec
import pytest

from inventory.mdm_status import MdmStatus
from mdm.driver import Access, MdmError
from mdm.drivers.headwind import Headwind
from mdm.simulator import FAULTS, Fleet, Simulator
from mdm.simulator.records import CANARY, LATITUDE, LONGITUDE
from mdm.staging import Staged

CHRISTMAS = datetime(2017, 12, 22, 15, tzinfo=UTC)
HEAVY = {"drip", "gzip_bomb", "huge_page"}
REFUSED_AS_A_WHOLE = {"throttled", "html_page", "truncated_json", "brackets", "redirect"}
SEEN_AS_PARTIAL = {"half_page", "skipped_page", "repeated_page", "looping", "shuffled"}
REFUSED_ONE_A_PAGE = {"nan": 3, "lone_surrogate": 3}


@pytest.fixture
def mdm() -> Iterator[Simulator]:
    with Simulator(Fleet(), at=CHRISTMAS) as running:
        yield running


def headwind(mdm: Simulator, password: str = "simulateur", page_size: int = 10) -> Headwind:
    pauses: list[float] = []
    access = Access(mdm.url, "simulateur", password)
    return Headwind(access, clock=lambda: mdm.at, page_size=page_size, pause=pauses.append)


def signed_in(driver: Headwind) -> Headwind:
    driver.sign_in()
    return driver


def staged(driver: Headwind) -> Staged:
    found = Staged()
    signed_in(driver)
    for page in driver.pages():
        found.add(page)
    return found


def test_a_whole_reading_is_the_fleet_and_nothing_else(mdm: Simulator) -> None:
    found = staged(headwind(mdm))
    reports = [report for batch in found.batches() for report in batch]
    truth = {str(life.id_at(mdm.at)): life for life in mdm.fleet.devices_at(mdm.at)}
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
    raw = json.dumps(mdm.search({"pageSize": 50}))
    found = staged(headwind(mdm))
    said = b"".join(msgspec.json.encode(batch) for batch in found.batches()).decode()
    for personal in (CANARY, str(LATITUDE), str(LONGITUDE)):
        assert personal in raw and personal not in said
    assert found.dropped > 200


@pytest.mark.parametrize("fault", sorted(FAULTS.keys() - HEAVY))
def test_each_fault_ends_in_a_word_never_in_an_exception(mdm: Simulator, fault: str) -> None:
    mdm.fault = fault
    if fault in REFUSED_AS_A_WHOLE:
        with pytest.raises(MdmError) as raised:
            staged(headwind(mdm))
        assert "simulateur" not in str(raised.value) and str(raised.value)
        return
    found = staged(headwind(mdm))
    assert (found.fault() is not None) is (fault in SEEN_AS_PARTIAL)
    assert found.refused == REFUSED_ONE_A_PAGE.get(fault, 0)
    assert len(found.ids) + found.refused == (found.total if fault not in SEEN_AS_PARTIAL else len(found.ids))


def test_a_token_that_dies_in_mid_run_is_renewed_once(mdm: Simulator) -> None:
    mdm.fault = "expired_token"
    driver = headwind(mdm)
    found = staged(driver)
    assert found.fault() is None and mdm.expired_once
    assert driver.requests == mdm.requests == 1 + 3 + 2, "one more sign-in, and the page asked again"


def test_a_server_that_restarted_knows_no_token_and_is_signed_into_again(mdm: Simulator) -> None:
    driver = headwind(mdm)
    driver.sign_in()
    mdm.tokens.clear()
    assert driver.find("1001", "AIX-CM01-T01") is not None


def test_an_account_shut_in_mid_run_is_told_after_one_more_try(mdm: Simulator) -> None:
    driver = headwind(mdm)
    driver.sign_in()
    mdm.tokens.clear()
    mdm.login = "quelqu'un d'autre"
    with pytest.raises(MdmError, match="refuse le compte") as raised:
        list(driver.pages())
    assert raised.value.permanent and mdm.requests == 3


def test_a_wrong_password_is_told_without_showing_it(mdm: Simulator) -> None:
    with pytest.raises(MdmError, match="refuse le compte") as raised:
        headwind(mdm, password="azerty-secret").sign_in()
    assert raised.value.permanent and "azerty" not in str(raised.value)
    assert "azerty" not in repr(Access(mdm.url, "x", "azerty-secret"))


def test_one_device_is_looked_up_by_its_id(mdm: Simulator) -> None:
    driver = headwind(mdm)
    listed = {report.mdm_id: report for page in signed_in(driver).pages() for report in page.reports}
    renamed, again = mdm.fleet.lives[4], mdm.fleet.lives[2]
    found = driver.find(str(renamed.mdm_id), renamed.asset_tag)
    assert found == listed[str(renamed.mdm_id)], "the same words as in the list, so that a look-up changes nothing"
    assert driver.find(str(again.mdm_id), again.asset_tag) is None, "it was enrolled again under another id"
    assert driver.find("424242", "AIX-CM09-T01") is None
    assert driver.find("424242", "") is None


@pytest.mark.parametrize("name", ["T", "", "-cm0"])
def test_a_name_that_many_devices_share_is_looked_up_to_the_last_page(mdm: Simulator, name: str) -> None:
    last = mdm.fleet.lives[-2]
    found = signed_in(headwind(mdm, page_size=5)).find(str(last.mdm_id), name)
    assert found is not None and found.serial == last.serial


@pytest.mark.parametrize("fault", ["half_page", "lone_surrogate", "nan"])
def test_a_look_up_that_was_not_answered_whole_concludes_nothing(mdm: Simulator, fault: str) -> None:
    mdm.fault = fault
    with pytest.raises(MdmError):
        signed_in(headwind(mdm)).find("1001", "AIX-CM01-T01")


def test_a_server_that_is_not_there_is_an_mdm_error(mdm: Simulator) -> None:
    access = Access("http://127.0.0.1:9", "simulateur", "simulateur")
    with pytest.raises(MdmError, match="ne répond pas"):
        Headwind(access, clock=lambda: mdm.at, pause=lambda seconds: None).sign_in()
