"""What costs a request a device: asked in rotation within a budget, kept as it comes, shown with its own age, and never the list's trouble."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import msgspec
import pytest

from config.vault import Vault
from inventory.actions.records import Hand
from inventory.models import Sighting
from mdm import actions, terms
from mdm.details import ProfileState, oldest, rotation
from mdm.driver import Detail
from mdm.models import Connector, DeviceDetail, SyncRun
from mdm.simulator import Fleet, Simulator
from mdm.simulator.apis.fleet import FleetApi
from mdm.simulator.apis.spoken import CANARY

CHRISTMAS, MINUTE = datetime(2017, 12, 22, 15, tzinfo=UTC), timedelta(minutes=1)
BUDGET = 12


@pytest.fixture
def mdm() -> Iterator[Simulator]:
    with Simulator(Fleet(), at=CHRISTMAS, api="fleet") as running:
        yield running


@pytest.fixture
def ipads(mdm: Simulator, store: Path, tmp_path: Path, hand: Hand) -> Iterator[Connector]:
    terms.use(tmp_path / "connectors.toml")
    (tmp_path / "connectors.toml").write_text(f"[ipads]\ndetail_requests = {BUDGET}\n")
    yield actions.add_connector("ipads", kind="fleet", url=mdm.url, login="", password="simulateur", vault=Vault(tmp_path / "key"), hand=hand)
    terms.use(tmp_path / "none.toml")


def read(ipads: Connector, mdm: Simulator, tmp_path: Path, minutes: int, **more: object) -> tuple[SyncRun, list[str]]:
    """One reading, and the hosts that were asked for alone, in order."""
    mdm.requested.clear()
    now, ticks = CHRISTMAS + minutes * MINUTE, count()
    run = actions.sync(ipads, vault=Vault(tmp_path / "key"), now=now, clock=lambda: now + timedelta(seconds=next(ticks)), **more)  # type: ignore[arg-type]
    return run, alone(mdm)


def alone(mdm: Simulator) -> list[str]:
    asked = [path.rpartition("/")[2] for _, path in mdm.requested if "/hosts/" in path]
    return [one for one in asked if one != "count"]


def test_the_budget_is_held_to_the_request_and_the_oldest_comes_first(ipads: Connector, mdm: Simulator, tmp_path: Path) -> None:
    turns = [read(ipads, mdm, tmp_path, number * 15) for number in range(5)]
    assert [len(asked) for _, asked in turns] == [BUDGET] * 5 == [run.details for run, _ in turns]
    assert all(run.state == "complete" and run.requests == SyncRun.get_by_id(run.id).requests for run, _ in turns)
    order = [one for _, asked in turns for one in asked]
    whole = {row.mdm_id for row in Sighting.select()}
    assert len(whole) == 29 and order[29:58] == order[:29][: len(order[29:58])] and set(order[:29]) == whole, "each once before any twice"
    assert rotation(ipads)[0] == 29 and rotation(ipads)[1] == min(row.fetched for row in DeviceDetail.select())


def test_what_is_told_is_an_allow_list(ipads: Connector, mdm: Simulator, tmp_path: Path) -> None:
    read(ipads, mdm, tmp_path, 0)
    row = DeviceDetail.get(device="1001")
    told = msgspec.json.decode(row.told, type=Detail)
    device = next(one for one in mdm.devices() if one.id == 1001)
    assert told == Detail(device.battery, False, device.contact and device.contact.replace(microsecond=0), (("Écoles 2017.1", "verified"),))
    assert row.fetched == row.asked and row.fetched - CHRISTMAS < MINUTE and CANARY not in "".join(one.told for one in DeviceDetail.select())


@pytest.mark.parametrize(("status", "tried"), [(503, 3), (429, 3), (500, 3), (401, 1), (403, 1)])
def test_a_server_too_busy_for_details_is_asked_no_more_and_its_list_stands(ipads: Connector, mdm: Simulator, tmp_path: Path, status: int, tried: int) -> None:
    first, _ = read(ipads, mdm, tmp_path, 0)
    assert isinstance(mdm.api, FleetApi)
    mdm.api.busy = status
    run, asked = read(ipads, mdm, tmp_path, 15)
    assert (run.state, run.seen, run.details, len(asked)) == ("complete", first.seen, 0, tried) and run.message.startswith("détails : ")
    assert run.requests == len(mdm.requested)
    mdm.api.busy = 0
    again, after = read(ipads, mdm, tmp_path, 30)
    assert (again.details, again.message) == (BUDGET, "") and not set(after) & set(asked), "who was not answered waits its turn again"
    assert DeviceDetail.select().where(DeviceDetail.fetched.is_null()).count() == tried


def test_who_is_stopped_in_the_middle_goes_on_from_there(ipads: Connector, mdm: Simulator, tmp_path: Path) -> None:
    def stop(*_: object) -> None:
        if len(alone(mdm)) == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read(ipads, mdm, tmp_path, 0, tell=stop)
    run = SyncRun.get()
    assert (run.state, run.details) == ("complete", 5), "the list was taken in before"
    first = alone(mdm)
    assert not set(first) & set(oldest(ipads, BUDGET))
    _, asked = read(ipads, mdm, tmp_path, 15)
    assert len(asked) == BUDGET and not set(asked) & set(first)


def test_a_device_removed_between_list_and_detail_is_no_fault(ipads: Connector, mdm: Simulator, tmp_path: Path) -> None:
    assert isinstance(mdm.api, FleetApi)
    mdm.api.busy = 404
    run, asked = read(ipads, mdm, tmp_path, 0)
    assert (run.state, run.details, run.message, len(asked)) == ("complete", 0, "", BUDGET)


def test_no_budget_asks_nothing_and_each_state_of_a_profile_has_its_word(ipads: Connector, mdm: Simulator, tmp_path: Path) -> None:
    (tmp_path / "connectors.toml").write_text("[ipads]\ndetail_requests = 0\n")
    run, asked = read(ipads, mdm, tmp_path, 0)
    assert (run.state, run.details, asked) == ("complete", 0, [])
    assert {one.value for one in ProfileState} == {"verified", "verifying", "pending", "failed"}
