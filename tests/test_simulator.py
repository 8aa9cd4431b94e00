"""The fleet that rehearses autumn 2017 and the server that tells of it, faults included."""

from __future__ import annotations

import hashlib
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests

from inventory import serials
from inventory.errors import Refused
from inventory.paris import PARIS, at, local_date
from mdm.simulator import FAULTS, Fleet, Simulator, serve
from mdm.simulator.fleet import RENAMED

ROOT = Path(__file__).parent.parent
AUTUMN = [date(2017, 10, 1) + timedelta(days=day) for day in range(92)]
TOUSSAINT = [day for day in AUTUMN if date(2017, 10, 21) <= day <= date(2017, 11, 5)]
CHRISTMAS = at(date(2017, 12, 22), time(16))
YEAR_END = at(date(2017, 12, 31), time(18))


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return Fleet()


def evening(day: date) -> datetime:
    return at(day, time(20))


def count(fleet: Fleet, *day: int) -> int:
    return len(fleet.devices_at(evening(date(2017, *day))))


def test_the_two_carts_come_one_early_one_late(fleet: Fleet) -> None:
    assert [count(fleet, 10, day) for day in (1, 4, 5)] == [0, 0, 14]
    assert [count(fleet, 11, day) for day in (22, 23)] == [14, 27], "one tablet is never enrolled"
    enrolled = [sum(life.enrolled_at(evening(day)) is not None for life in fleet.lives) for day in AUTUMN]
    assert (enrolled[4], enrolled[5], enrolled[-1]) == (0, 14, 27) and enrolled == sorted(enrolled)
    assert sum(life.configured is None or life.configured > YEAR_END for life in fleet.lives) == 3


def test_nothing_is_heard_during_toussaint_and_the_carts_wake_on_monday(fleet: Fleet) -> None:
    before = {life.serial: life.last_contact(evening(date(2017, 10, 20))) for life in fleet.lives}
    for day in TOUSSAINT:
        assert {life.serial: life.last_contact(evening(day)) for life in fleet.lives} == before
    woken = [life for life in fleet.lives if life.last_contact(evening(date(2017, 11, 6))) != before[life.serial]]
    assert len(woken) > 7


def test_contacts_go_forward_are_never_ahead_and_fall_in_the_morning_once_delivered(fleet: Fleet) -> None:
    for life in fleet.lives:
        told = [(evening(day), life.last_contact(evening(day))) for day in AUTUMN]
        heard = [moment for _, moment in told if moment]
        assert heard == sorted(heard) and all(moment <= now for now, moment in told if moment)
        used = [moment.astimezone(PARIS) for moment in heard if local_date(moment) >= life.cart.delivered]
        assert all(moment.weekday() < 5 and time(8, 45) <= moment.time() <= time(11, 16) for moment in used)


def test_the_stolen_tablet_is_silent_since_the_evening_of_12_december(fleet: Fleet) -> None:
    (stolen,) = [life for life in fleet.lives if life.stolen]
    last = stolen.last_contact(YEAR_END)
    assert stolen.asset_tag == "AIX-CM01-T09" and last is not None and last <= at(date(2017, 12, 12), time(17))
    assert stolen.last_contact(CHRISTMAS) == last and stolen in fleet.devices_at(YEAR_END), "the MDM does not know of the theft"


def test_a_tablet_enrolled_again_is_another_record(fleet: Fleet) -> None:
    (again,) = [life for life in fleet.lives if life.reenrolled]
    before, after = evening(date(2017, 11, 27)), evening(date(2017, 11, 28))
    assert again.id_at(before) != again.id_at(after)
    assert again.enrolled_at(before) == again.enrolled and again.enrolled_at(after) == again.reenrolled


def test_the_delivery_note_prints_one_letter_o_for_a_zero(fleet: Fleet) -> None:
    note, enrolled = fleet.delivery_note(), {life.serial for life in fleet.lives if life.enrolled}
    assert len(note) == 28 and len(fleet.delivery_note("AIX-CM02")) == 14
    printed = [row["N° de série"] for row in note]
    assert not any(serials.complaint(serial) for serial in printed) and all(serial.startswith("TEST") for serial in printed)
    unknown = [serial for serial in printed if serial not in enrolled]
    assert unknown == ["TESTB2O0006", "TESTB200014"], "one misprinted, one never enrolled"
    assert serials.confusion_key(unknown[0]) in {serials.confusion_key(serial) for serial in enrolled}


def test_a_seed_decides_the_mornings_and_nothing_else() -> None:
    told = [[life.last_contact(CHRISTMAS) for life in Fleet(seed=seed).lives] for seed in (1, 1, 2)]
    assert told[0] == told[1] != told[2]
    assert Fleet(seed=1).delivery_note() == Fleet(seed=2).delivery_note() == Fleet().delivery_note()
    assert [life.last_contact(CHRISTMAS) for life in Fleet().lives] == [life.last_contact(CHRISTMAS) for life in Fleet().lives]


def test_a_hundred_thousand_tablets_are_each_their_own() -> None:
    fleet = Fleet(devices=100_000)
    assert len({life.serial for life in fleet.lives}) == len({life.mdm_id for life in fleet.lives}) == 100_000
    with Simulator(fleet, at=CHRISTMAS) as mdm:
        page = Reader(mdm).search(pageSize=500, pageNum=200)
    assert page["totalItemsCount"] == 100_000 and len(page["items"]) == 500
    assert page["items"][-1]["serial"] == fleet.lives[-1].serial


class Reader:
    """Headwind's API, asked by hand."""

    def __init__(self, mdm: Simulator) -> None:
        self.url = mdm.url + "/rest"
        digest = hashlib.md5(b"simulateur").hexdigest().upper()  # noqa: S324 theirs
        answer = requests.post(f"{self.url}/public/jwt/login", json={"login": "simulateur", "password": digest}, timeout=10)
        self.headers = {"Authorization": "Bearer " + answer.json()["id_token"]}

    def post(self, **asked: Any) -> requests.Response:
        return requests.post(f"{self.url}/private/devices/search", json=asked, headers=self.headers, timeout=10)

    def search(self, **asked: Any) -> dict[str, Any]:
        found: dict[str, Any] = self.post(**{"pageSize": 10, "pageNum": 1, **asked}).json()["data"]["devices"]
        return found

    def get(self, number: str) -> requests.Response:
        return requests.get(f"{self.url}/private/devices/number/{number}", headers=self.headers, timeout=10)


@pytest.fixture
def mdm(fleet: Fleet) -> Iterator[Simulator]:
    with Simulator(fleet, at=CHRISTMAS) as running:
        yield running


def test_the_server_speaks_as_headwind_does(mdm: Simulator) -> None:
    reader = Reader(mdm)
    pages = [reader.search(pageNum=number) for number in (1, 2, 3, 4)]
    names = [item["number"] for page in pages for item in page["items"]]
    assert [len(page["items"]) for page in pages] == [10, 10, 9, 0] and {page["totalItemsCount"] for page in pages} == {29}
    assert names == sorted(names) and RENAMED in names and "Sans numéro" in names
    assert [item["number"] for item in reader.search(value="AIX-CM01-T05")["items"]] == [RENAMED], "found by its former number"
    light = reader.get("AIX-CM01-T01").json()["data"]
    assert light["info"]["serial"] == "TESTA100001" and not {"serial", "enrollTime", "publicIp", "mdmMode"} & light.keys()
    assert reader.get("AIX-CM09-T01").json() == {"status": "ERROR", "message": "error.notfound.device", "data": None}


def test_the_server_shows_itself_to_nobody_else(mdm: Simulator) -> None:
    reader = Reader(mdm)
    assert requests.post(f"{reader.url}/public/jwt/login", json={"login": "simulateur", "password": "simulateur"}, timeout=10).status_code == 401
    assert requests.post(f"{reader.url}/public/jwt/login", data="[", timeout=10).status_code == 400
    assert requests.get(f"{reader.url}/private/devices/other", headers=reader.headers, timeout=10).status_code == 404
    assert requests.post(f"{reader.url}/private/devices", json={}, headers=reader.headers, timeout=10).status_code == 404
    reader.headers = {"Authorization": "Bearer autre"}
    assert (reader.post().status_code, reader.get("AIX-CM01-T01").status_code) == (403, 403)
    assert mdm.requests == 7


def test_the_date_may_be_changed_while_it_runs(mdm: Simulator) -> None:
    reader = Reader(mdm)
    mdm.at = evening(date(2017, 10, 5))
    assert [(item["lastUpdate"], item.get("info")) for item in reader.search(pageSize=20)["items"]] == [(0, None)] * 14
    mdm.at = evening(date(2017, 10, 1))
    assert reader.search()["totalItemsCount"] == 0


def test_each_fault_is_what_it_says(mdm: Simulator) -> None:
    reader = Reader(mdm)
    good = reader.search()["items"]

    def told(fault: str, **asked: Any) -> Any:
        mdm.fault = fault
        return reader.search(**asked)

    assert told("half_page")["items"] == good[:5]
    assert told("missing_devices")["totalItemsCount"] == 11
    assert told("skipped_page", pageNum=2)["items"] != good and len(told("skipped_page", pageNum=2)["items"]) == 9
    assert told("contact_2099")["items"][0]["lastUpdate"] > at(date(2099, 1, 1), time()).timestamp() * 1000
    assert told("contact_backwards")["items"][0]["lastUpdate"] < good[0]["lastUpdate"] - 29 * 86_400_000
    assert str(told("nan")["items"][0]["lastUpdate"]) == "nan"
    assert "\ud83d" in told("lone_surrogate")["items"][0]["number"]
    assert "\x00" in told("nul")["items"][0]["number"]
    assert (told("no_serial")["items"][0]["serial"], told("no_serial")["items"][0]["info"]["serial"]) == ("", "")
    assert told("lower_serial")["items"][0]["serial"] == good[0]["serial"].lower() != good[0]["serial"]
    assert told("twin_serial")["items"][1]["info"]["serial"] == good[0]["serial"] and told("twin_serial")["items"][2:] == good[2:]
    alone = ("contact_2099", "contact_backwards", "nan", "lone_surrogate", "nul", "no_serial", "lower_serial")
    assert all(told(fault)["items"][1:] == good[1:] for fault in alone)
    assert told("repeated_page", pageNum=2)["items"] == good == told("looping", pageNum=3)["items"] != told("repeated_page", pageNum=3)["items"]
    assert told("empty_list") == {"items": [], "totalItemsCount": 0}
    assert told("shuffled")["items"] != told("shuffled")["items"]


def test_each_fault_of_the_transport_is_what_it_says(mdm: Simulator) -> None:
    reader = Reader(mdm)

    def told(fault: str, page: int = 1) -> requests.Response:
        mdm.fault = fault
        return reader.post(pageSize=10, pageNum=page)

    assert told("html_page").headers["Content-Type"] == "text/html" and told("html_page").status_code == 200
    assert told("brackets").text == "[" * 100_000
    with pytest.raises(json.JSONDecodeError):
        told("truncated_json").json()
    bomb = told("gzip_bomb")
    assert int(bomb.headers["Content-Length"]) < 250_000 and len(bomb.content) == 200 * 2**20
    assert told("throttled").status_code == 429 and told("throttled").headers["Retry-After"] == "0"
    assert told("expired_token").status_code == 200
    assert told("expired_token", page=2).status_code == 401
    assert reader.post(pageSize=10, pageNum=2).status_code == 403, "the token is dead for good"


def test_there_is_no_other_fault(fleet: Fleet) -> None:
    assert len(FAULTS) == 24 and all(FAULTS.values())
    with pytest.raises(ValueError, match="unknown fault 'half_pge'"):
        Simulator(fleet, at=CHRISTMAS, fault="half_pge")


def test_a_port_that_is_taken_gets_a_clear_word() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Refused, match=f"Le port {port} est déjà pris"):
            serve(port=port, at=CHRISTMAS, devices=1, fault=None)


def test_the_command_serves_until_ctrl_c() -> None:
    command = [sys.executable, "-u", "-m", "config.cli", "simulate", "--port", "0", "--at", "2017-12-22", "--devices", "20"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        try:
            said = running.stdout.readline()  # type: ignore[union-attr]
            url = said.split()[4].rstrip(",")
            assert said.startswith("MDM simulé") and "20 appareils" in said
            assert requests.get(url + "/rest/private/devices/number/x", timeout=10).status_code == 403
        finally:
            running.send_signal(signal.SIGINT)
            try:
                _, wrong = running.communicate(timeout=20)
            finally:
                running.kill()  # begun where Ctrl-C is ignored, it would be waited for for ever
    assert (running.returncode, wrong) == (0, "")


def test_moments_are_told_in_milliseconds_of_utc(mdm: Simulator) -> None:
    life = mdm.fleet.lives[0]
    told = next(item for item in Reader(mdm).search(pageSize=50)["items"] if item["id"] == life.mdm_id)
    contact = life.last_contact(mdm.at)
    assert contact is not None and datetime.fromtimestamp(told["lastUpdate"] / 1000, UTC) == contact
