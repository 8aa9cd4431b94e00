"""What every driver does, whatever its server: the whole fleet and nothing else, nothing personal, a word for each fault, no write.

A new driver is one file, one line in its table and one stub in `played.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace
from played import CHRISTMAS, KIND, LISTING, STUBS, contact_of, driver, exported, reports, staged

from inventory.models import Sighting
from mdm.driver import Access, MdmError, Nothing
from mdm.drivers import KINDS
from mdm.drivers.export_file import ExportFile
from mdm.drivers.mapping import Mapped
from mdm.drivers.nanomdm import NanoMdm
from mdm.hooks import Heard
from mdm.models import Connector, PeerAsset, SyncRun
from mdm.registers import read_register
from mdm.simulator import APIS, Fleet, Simulator
from mdm.simulator.apis.events import events
from mdm.simulator.apis.spoken import CANARY, LATITUDE, LONGITUDE
from mdm.sync import read_server

LATER = timedelta(hours=1)


@pytest.fixture
def mdm(kind: str) -> Iterator[Simulator]:
    with Simulator(Fleet(), at=CHRISTMAS, api=STUBS[kind].api or kind) as running:
        yield running


def test_every_kind_is_played_and_tried() -> None:
    assert KINDS.keys() == STUBS.keys() and {stub.api or kind for kind, stub in STUBS.items()} == APIS.keys()


@KIND
def test_a_whole_reading_is_the_fleet_and_nothing_else(kind: str, mdm: Simulator) -> None:
    found, stub, can = staged(driver(kind, mdm)), STUBS[kind], STUBS[kind].can or KINDS[kind].capabilities
    told, truth = reports(found), {stub.id_of(one): one for one in mdm.devices() if stub.listed(one)}
    assert found.fault() is None and found.refused == 0 and told.keys() == truth.keys() and len(truth) == 29
    assert found.total == (29 if can.tells_total else None)
    for mdm_id, report in told.items():
        one = truth[mdm_id]
        assert (report.serial, report.number, report.remarks) == (stub.serial_of(one), one.name, ())
        assert report.last_contact is None or report.last_contact.tzinfo is UTC
        assert report.last_contact == (contact_of(one) if can.tells_contact else None)
        assert report.enrolled_at == (one.enrolled if can.tells_enrolment and (kind != "headwind" or report.enrolled_at) else None)
        assert report.battery == (one.battery if can.tells_battery and one.id < 900_000 else report.battery)
        assert report.group == (one.group if can.tells_group else "")


@KIND
def test_a_tablet_never_switched_on_was_never_in_contact(kind: str, mdm: Simulator) -> None:
    mdm.at = datetime(2017, 10, 5, 18, tzinfo=UTC)
    told = reports(staged(driver(kind, mdm)))
    assert len(told) == sum(map(STUBS[kind].listed, mdm.devices())) in (0, 14)
    assert not any(report.last_contact for report in told.values())
    assert not {report.status for report in told.values()} & {"enrolled", "gone"}


@KIND
def test_nothing_personal_passes_the_driver(kind: str, mdm: Simulator) -> None:
    mdm.heard = [msgspec.json.encode(told) for one in mdm.devices() for told in events(one)] if kind == "nanomdm" else []
    found = staged(driver(kind, mdm))
    said = b"".join(msgspec.json.encode(batch) for batch in found.batches()).decode()
    assert CANARY.encode() in b"".join(mdm.heard) or not STUBS[kind].faults
    assert not [personal for personal in (CANARY, str(LATITUDE), str(LONGITUDE)) if personal in said]
    assert found.dropped >= 29 or not STUBS[kind].faults


@KIND
def test_the_same_told_twice_is_the_same_digest_and_a_day_later_another(kind: str, mdm: Simulator) -> None:
    first, again = staged(driver(kind, mdm)), staged(driver(kind, mdm, page_size=7))
    digests = {mdm_id: report.told for mdm_id, report in reports(first).items()}
    assert None not in digests.values() and len({*digests.values()}) == len(digests)
    assert {mdm_id: report.told for mdm_id, report in reports(again).items()} == digests
    mdm.at = datetime(2017, 11, 13, 18, tzinfo=UTC)
    for mdm_id, report in reports(staged(driver(kind, mdm))).items():
        before = reports(first).get(mdm_id)
        if before and msgspec.structs.replace(before, told=None) != msgspec.structs.replace(report, told=None):
            assert report.told != before.told


def test_a_description_of_zentral_gives_the_reports_of_its_driver() -> None:
    with Simulator(Fleet(), at=CHRISTMAS, api="zentral") as mdm:
        told = [{one.mdm_id: msgspec.structs.replace(one, told=None) for one in reports(staged(driver(kind, mdm))).values()} for kind in ("zentral", "mapping")]
    assert told[0] == told[1] and len(told[0]) == 29


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
    for one in (mdm.devices()[0], mdm.devices()[4]):
        there = listed[STUBS[kind].id_of(one)]
        found = reader.find(there.mdm_id, one.name)
        assert found is not None and msgspec.structs.replace(found, battery=there.battery, told=there.told) == there
    assert reader.find("424242", "AIX-CM09-T09") is None


@LISTING
@pytest.mark.parametrize("fault", ["throttled", "html_page", "truncated_json", "brackets"])
def test_a_look_up_that_is_not_answered_concludes_nothing(kind: str, fault: str, mdm: Simulator) -> None:
    reader = driver(kind, mdm)
    staged(reader)
    mdm.fault = fault
    with pytest.raises(MdmError):
        staged(reader)
    with suppress(MdmError):
        assert reader.find(STUBS[kind].id_of(mdm.devices()[0]), "AIX-CM01-T01") is not None, "answered by a call on which no fault is played"


@LISTING
def test_a_wrong_password_is_told_once_for_all_and_never_shown(kind: str, mdm: Simulator) -> None:
    with pytest.raises(MdmError) as raised:
        driver(kind, mdm, password="azerty-secret").sign_in()
    assert raised.value.permanent and "azerty" not in str(raised.value)


@LISTING
def test_a_session_that_dies_is_opened_again_once_and_a_dead_token_is_told(kind: str, mdm: Simulator) -> None:
    mdm.fault = "expired_token"
    if STUBS[kind].renews:
        assert staged(driver(kind, mdm)).fault() is None
    else:
        with pytest.raises(MdmError) as raised:
            staged(driver(kind, mdm))
        assert raised.value.permanent


@LISTING
def test_a_server_that_is_another_is_told_as_such(kind: str, mdm: Simulator) -> None:
    other = "fleet" if (STUBS[kind].api or kind) == "zentral" else "zentral"
    with Simulator(Fleet(), at=CHRISTMAS, api=other) as wrong, pytest.raises(MdmError) as raised:
        staged(driver(kind, wrong))
    assert raised.value.permanent


def read(kind: str, connector: Connector, mdm: Simulator, now: datetime) -> SyncRun:
    verb = read_register if KINDS[kind].capabilities.peer else read_server
    return verb(connector, driver(kind, mdm), now=now)


@pytest.fixture
def connector(kind: str, mdm: Simulator, store: Path) -> Connector:
    return Connector.create(name="mdm-ville", kind=kind, url=mdm.url, login="", created=CHRISTMAS)


@LISTING
def test_a_tablet_really_removed_is_found_within_three_clean_readings(kind: str, mdm: Simulator, connector: Connector) -> None:
    read(kind, connector, mdm, CHRISTMAS)
    removed = STUBS[kind].id_of(next(one for one in mdm.devices() if one.id == 1005))
    mdm.fleet.lives = [life for life in mdm.fleet.lives if life.slot != 5 or life.cart.code != "AIX-CM01"]
    mdm.at = CHRISTMAS + timedelta(seconds=1)
    assert [read(kind, connector, mdm, CHRISTMAS + number * LATER).state for number in (1, 2, 3)] == ["complete"] * 3
    if KINDS[kind].capabilities.peer:
        assert [row.asset for row in PeerAsset.select().where(PeerAsset.last_listed == CHRISTMAS)] == [removed], "nothing of a register is erased"
        assert Sighting.select().count() == 0, "and it is no sighting"
    else:
        assert [row.mdm_id for row in Sighting.select().where(Sighting.status == "gone")] == [removed]


def test_a_described_server_is_read_at_once_as_it_is_place_by_place() -> None:
    with Simulator(Fleet(), at=CHRISTMAS, api="zentral") as mdm:
        reader = driver("mapping", mdm)
        assert isinstance(reader, Mapped) and reader._quick
        reader.sign_in()
        answer = reader._asked(0, 100, "", {})
    quick, plain = reader._quick.page(reader._client, answer), reader._plainly(answer, permanent=True)
    assert quick and plain.ids
    assert [replace(one, told=None) for one in quick.reports] == [replace(one, told=None) for one in plain.reports]
    assert (quick.declared, quick.dropped) == (plain.declared, plain.dropped)
    told = msgspec.json.decode(answer.content)
    told["results"][0]["supervised"] = ""
    odd = dataclasses.replace(answer, content=msgspec.json.encode(told))
    assert reader._quick.page(reader._client, odd) is None, "a blank where a yes or no is, is left to the plain way"
    assert (reader._plainly(odd, permanent=True).report(0).managed, len(reader._plainly(odd, permanent=True).ids)) == (None, len(plain.ids))


def test_a_file_that_stops_in_the_middle_of_a_row_is_not_read() -> None:
    with Simulator(Fleet(), at=CHRISTMAS, api="zentral") as mdm:
        path = Path(exported(mdm).removeprefix("file://"))
    whole, reader = path.read_bytes(), ExportFile(Access(path.as_uri(), "", ""), clock=lambda: CHRISTMAS)
    assert len(staged(reader).ids) == 29
    path.write_bytes(whole[:-45])
    with pytest.raises(MdmError, match="au milieu d'une ligne"):
        staged(reader)


def test_two_devices_that_tell_the_very_same_have_digests_of_their_own() -> None:
    heard = Heard()

    class Twins(Nothing):
        def after(self, device: str, most: int) -> list[tuple[str, Heard]]:
            return [("A", heard), ("B", heard)]

    (page,) = NanoMdm(Access("https://mdm.example", "", "", memory=Twins()), clock=lambda: CHRISTMAS).pages()
    assert page.told[0] != page.told[1]
