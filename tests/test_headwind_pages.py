"""Whole pages of Headwind: read at once they tell what their records tell one by one, in order however many are asked at a time."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scripted import HOLD, http, serving
from test_headwind_records import APPS, DENIED, IN, TABLET, driver, listing, page, records, values

from mdm.driver import MdmError


@settings(max_examples=150, deadline=None)
@given(records, records, some.just(APPS) | values)
def test_a_page_read_at_once_tells_what_its_records_read_one_by_one_tell(told: dict[str, Any], info: dict[str, Any], applications: object) -> None:
    record = TABLET | {"info": TABLET["info"] | info} | told
    alone, beside = page(record, applications=applications), page(record, None, applications=applications)
    assert alone.reports == beside.reports and [*alone.refusals, beside.refusals[-1]] == beside.refusals
    assert alone.dropped == beside.dropped


def test_the_same_digest_is_the_same_report_whatever_the_reading_leaves_out() -> None:
    told = [page(TABLET | more, applications=apps).reports[0] for more, apps in (({}, APPS), ({"phone": "0"}, APPS), ({}, []), ({"number": "T8"}, APPS))]
    assert told[0] == told[1] and told[0].told is not None
    assert len({one.told for one in told}) == 3, "an application required from now on is looked at in every tablet"


@pytest.mark.parametrize(("devices", "quick", "connections"), [(47, 0.0, 6), (47, 60.0, 1), (11, 0.0, 1), (13, 0.0, 4), (1, 0.0, 1)])
def test_a_fleet_of_many_pages_is_read_in_order(
    devices: int, quick: float, connections: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("mdm.ahead.QUICK", quick)
    fleet = [TABLET | {"id": number, "number": f"T{number:03d}"} for number in range(1, devices + 1)]

    def answer(path: str, asked: dict[str, Any]) -> bytes:
        start = (asked["pageNum"] - 1) * asked["pageSize"]
        return http(listing(*fleet[start : start + asked["pageSize"]], total=len(fleet)))

    with serving(IN, answer) as script:
        reader = driver(script, page_size=4)
        found = [report.mdm_id for one in reader.pages() for report in one.reports]
    assert found == [str(one["id"]) for one in fleet]
    assert reader.requests == 1 + -(-devices // 4), "each page once"
    assert script.connections == connections, "a slow server has one connection a thread, a quick one or a short list a single one"


@pytest.mark.parametrize("devices", [47, 20, 3])
def test_a_slow_server_is_asked_for_as_many_pages_as_last_time_before_it_answers_the_first(devices: int) -> None:
    fleet = [TABLET | {"id": number, "number": f"T{number:03d}"} for number in range(1, devices + 1)]
    others = threading.Event()

    def answer(path: str, asked: dict[str, Any]) -> bytes:
        start = (asked["pageNum"] - 1) * asked["pageSize"]
        if asked["pageNum"] == 1:
            assert others.wait(20), "no other page was asked before the first was answered"
        elif asked["pageNum"] == 6:
            others.set()
        return http(listing(*fleet[start : start + asked["pageSize"]], total=len(fleet)))

    with serving(IN, answer) as script:
        found = [report.mdm_id for one in driver(script, page_size=4, expected=23).pages() for report in one.reports]
    assert found == [str(one["id"]) for one in fleet], "in order, whether the list grew or shrank since"


def test_a_page_that_fails_ahead_ends_the_reading_and_stops_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mdm.ahead.QUICK", 0.0)

    def answer(path: str, asked: dict[str, Any]) -> bytes:
        return http(listing(TABLET, total=40)) if asked["pageNum"] == 1 else DENIED if asked["pageNum"] == 2 else b"" + HOLD

    with serving(IN, answer) as script, pytest.raises(MdmError, match="permission"):
        list(driver(script, page_size=1).pages())
