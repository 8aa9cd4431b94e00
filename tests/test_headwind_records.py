"""What Headwind writes, to the letter: each record becomes a report or a refusal that names its field, each answer a page or a word."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scripted import Script, http, serving

from inventory.actions.news import Report
from mdm.driver import Access, DeviceReport, MdmError, Page
from mdm.drivers.headwind import Headwind

NOVEMBER = datetime(2017, 11, 13, 7, 45, tzinfo=UTC)
SEEN = int(NOVEMBER.timestamp() * 1000)
IN = http({"id_token": "jeton"})
DENIED = http({"status": "ERROR", "message": "error.permission.denied", "data": None})
UNKNOWN = http({"status": "ERROR", "message": "error.notfound.device", "data": None})
APPS = [{"pkg": "org.kde.gcompris", "version": "0.70", "action": 1, "selected": True}]
TABLET: dict[str, Any] = {
    "id": 7, "number": "AIX-CM01-T07", "serial": " testa1-00007", "lastUpdate": SEEN, "enrollTime": SEEN, "configurationId": 2,
    "androidVersion": "8.1.0", "mdmMode": True, "groups": [{"id": 1, "name": "AIX-CM01"}],
    "info": {"model": "SM-T580", "batteryLevel": 80, "permissions": [1, 1, 1], "applications": [{"pkg": "org.kde.gcompris", "version": "0.70"}]},
}  # fmt: skip


def listing(*items: object, total: object = None, applications: object = APPS) -> dict[str, Any]:
    configurations = {"2": {"id": 2, "name": "Aix écoles 2017.1", "applications": applications}}
    devices = {"items": list(items), "totalItemsCount": len(items) if total is None else total}
    return {"status": "OK", "message": None, "data": {"configurations": configurations, "devices": devices}}


def driver(script: Script, page_size: int = 50, expected: int = 0) -> Headwind:
    access = Access(script.url, "lecture", "azerty", expected=expected)
    made = Headwind(access, clock=lambda: NOVEMBER, page_size=page_size, pause=lambda seconds: None)
    made.sign_in()
    return made


def pages(*answers: bytes) -> list[Page]:
    with serving(IN, *answers) as script:
        return list(driver(script).pages())


def page(*items: object, applications: object = APPS) -> Page:
    (only,) = pages(http(listing(*items, applications=applications)))
    return only


def report(**told: object) -> DeviceReport:
    (only,) = page(TABLET | told).reports
    return only


def refusal(applications: object = APPS, **told: object) -> str:
    only = page(TABLET | told, TABLET | {"id": 8}, applications=applications)
    assert [one.mdm_id for one in only.reports] == ["8"], "the others are read"
    assert [one.record for one in only.refusals] == ["7"]
    return only.refusals[0].reason


def test_the_login_is_the_upper_case_md5_that_the_server_wants() -> None:
    with serving(IN, http(listing())) as script:
        list(driver(script).pages())
    (_, path, _, sent), (_, _, headers, asked) = script.heard
    assert path == "/rest/public/jwt/login" and sent["password"] == hashlib.md5(b"azerty").hexdigest().upper()  # noqa: S324 theirs
    assert headers["Authorization"] == "Bearer jeton" and (asked["sortBy"], asked["pageNum"]) == ("NUMBER", 1)


def test_a_tablet_in_use_is_told_whole() -> None:
    told = report()
    assert (told.mdm_id, told.serial, told.number, told.status) == ("7", "TESTA100007", "AIX-CM01-T07", "enrolled")
    assert told.last_contact == told.enrolled_at == NOVEMBER
    assert (told.model, told.os_version, told.configuration) == ("SM-T580", "8.1.0", "Aix écoles 2017.1")
    assert (told.managed, told.permissions_granted, told.battery, told.group) == (True, True, 80, "AIX-CM01")
    assert [(app.pkg, app.required, app.installed) for app in told.apps] == [("org.kde.gcompris", "0.70", "0.70")]
    assert page(TABLET).dropped == 0 and page(TABLET | {"phone": "0", "lat": 43.5}).dropped == 2


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({"lastUpdate": 0}, {"status": "pending", "last_contact": None, "apps": ()}),
        ({"enrollTime": None}, {"enrolled_at": None}),
        ({"serial": "  ", "info": {"serial": "testz9 00001"}}, {"serial": "TESTZ900001"}),
        ({"serial": "", "info": {}}, {"serial": "", "model": "", "battery": None, "managed": True}),
        ({"mdmMode": None, "info": {"mdmMode": False}}, {"managed": False}),
        ({"number": "E\u0301cole\u202e\u0000\n  2"}, {"number": "École 2"}),
        ({"configurationId": 99}, {"configuration": "", "apps": ()}),
        ({"info": {"batteryLevel": -1}}, {"battery": None}),
        ({"info": {"permissions": [1, 0, 1]}}, {"permissions_granted": False}),
        ({"info": {"permissions": [1, 1, 1, 0]}}, {"permissions_granted": None}),
        ({"info": {"permissions": [1, 1, 1], "kioskMode": True}}, {"permissions_granted": None}),
        ({"groups": []}, {"group": ""}),
    ],
)
def test_what_a_server_leaves_out_is_not_told(told: dict[str, object], expected: dict[str, object]) -> None:
    found = report(**told)
    assert {name: getattr(found, name) for name in expected} == expected


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"lastUpdate": "hier"}, "champ « lastUpdate » : moment illisible"),
        ({"lastUpdate": -1}, "champ « lastUpdate » : moment impossible"),
        ({"enrollTime": 10**15}, "champ « enrollTime » : moment impossible"),
        ({"serial": 7}, "champ « serial » : texte attendu"),
        ({"number": "T\ud83d"}, "champ « number » : caractère impossible"),
        ({"info": "rien"}, "champ « info » : objet attendu"),
        ({"info": {"batteryLevel": "pleine"}}, "champ « batteryLevel » : pourcentage illisible"),
        ({"info": {"applications": 3}}, "champ « applications » : liste attendue"),
        ({"info": {"applications": [{"pkg": "org.kde.gcompris", "version": 0.7}]}}, "champ « version » : texte attendu"),
        ({"info": {"applications": [{"pkg": "org.kde.gcompris", "version": "\udc00"}]}}, "champ « version » : caractère impossible"),
        ({"info": {"applications": [{"pkg": ["a"]}]}}, "champ « pkg » : texte attendu"),
        ({"groups": {"name": "AIX"}}, "champ « groups » : liste attendue"),
    ],
)
def test_a_field_that_cannot_be_read_refuses_its_record_alone(told: dict[str, object], reason: str) -> None:
    assert refusal(**told) == reason


@pytest.mark.parametrize("told", [None, 7, "7", [], {}, {"id": None}, {"id": True}, {"id": "sept"}, {"id": 10**300}])
def test_a_record_without_an_id_is_refused_without_one(told: object) -> None:
    only = page(told, TABLET)
    assert [(one.record, one.reason) for one in only.refusals] == [("?", "fiche sans identifiant")]
    assert len(only.reports) == 1


def test_a_page_without_configurations_is_read_without_them() -> None:
    told = listing(TABLET)
    del told["data"]["configurations"]
    (only,) = pages(http(told))
    assert [(one.serial, one.configuration, one.apps) for one in only.reports] == [("TESTA100007", "", ())]


def test_a_configuration_that_cannot_be_read_refuses_the_tablets_that_bear_it() -> None:
    assert [one.reason for one in page(TABLET, applications="toutes").refusals] == ["champ « applications » : liste attendue"]


values = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(some.characters(), max_size=6),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.sampled_from(["pkg", "version", "name", "model"]), inner, max_size=3),
    max_leaves=6,
)
KEPT = [*TABLET, *TABLET["info"], "kioskMode"]
records = some.dictionaries(some.sampled_from(KEPT), values, max_size=3)
applications = some.lists(some.fixed_dictionaries({"pkg": some.just("org.kde.gcompris") | values, "version": values}), max_size=2) | values


@settings(max_examples=150, deadline=None)
@given(records, records | some.fixed_dictionaries({"applications": applications}), some.just(APPS) | values)
def test_any_record_is_a_sound_report_or_a_refusal(told: dict[str, Any], info: dict[str, Any], applications: object) -> None:
    record = TABLET | {"info": TABLET["info"] | info} | told
    only = page(record, applications=applications)
    assert len(only.reports) + len(only.refusals) == 1
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(only.reports), type=list[DeviceReport])
    assert again == only.reports, "what is told is of the kind that is declared"
    assert all(one.reason.startswith(("champ «", "fiche sans")) for one in only.refusals)


def test_a_report_is_what_the_inventory_takes_in() -> None:
    told: Report = report()
    assert told.mdm_id == "7"


@pytest.mark.parametrize(
    "data",
    [None, [], {}, {"devices": None}, {"devices": {"items": {}}}, {"devices": {"items": []}}, {"devices": {"items": [], "totalItemsCount": True}}],
)
def test_a_list_that_is_no_list_is_no_empty_fleet(data: object) -> None:
    with pytest.raises(MdmError, match="forme attendue"):
        pages(http({"status": "OK", "message": None, "data": data}))


@pytest.mark.parametrize("total", [-1, 10**9])
def test_a_total_that_cannot_be_is_not_read_to_its_end(total: int) -> None:
    with pytest.raises(MdmError, match=f"annonce {total} appareils"):
        pages(http(listing(TABLET, total=total)))


@pytest.mark.parametrize("answer", [[], "OK", {}, {"status": "FINE"}, {"data": {}}])
def test_an_answer_without_its_envelope_is_not_believed(answer: object) -> None:
    with pytest.raises(MdmError, match="réponse attendue"):
        pages(http(answer))


def test_a_right_that_lacks_comes_inside_http_200() -> None:
    with pytest.raises(MdmError, match=r"refuse la demande \(error.permission.denied\)") as raised:
        pages(DENIED)
    assert raised.value.permanent


@pytest.mark.parametrize("message", ["Bad token eyJhbGciOiJIUzUxMiJ9", "\ud83d", 7, None, "<b>x</b>"])
def test_only_a_code_is_repeated_from_an_error(message: object) -> None:
    with pytest.raises(MdmError, match="motif illisible"):
        pages(http({"status": "ERROR", "message": message}))


def test_a_page_that_comes_again_ends_the_reading() -> None:
    first, *more = pages(http(listing(TABLET, total=1000)))
    assert [one.digest for one in more] == [first.digest]


@pytest.mark.parametrize(("status", "token"), [("404 Not Found", {}), ("200 OK", {}), ("200 OK", {"id_token": 7}), ("200 OK", [])])
def test_an_address_where_no_headwind_answers_is_told(status: str, token: object) -> None:
    with serving(http(token, status)) as script, pytest.raises(MdmError, match="n'est pas un serveur Headwind") as raised:
        driver(script)
    assert raised.value.permanent


def test_a_tablet_whose_configuration_was_deleted_is_known_by_its_number() -> None:
    """Headwind counts it and leaves it out of its list; asked by number, it tells it."""
    light = {name: TABLET[name] for name in ("id", "number", "lastUpdate", "configurationId")} | {"info": {"serial": "TESTA100007"}}
    with serving(IN, http(listing()), http({"status": "OK", "data": light})) as script:
        found = driver(script).find("7", "AIX-CM01/T 07")
    assert found is not None and (found.serial, found.status) == ("TESTA100007", "enrolled")
    assert script.heard[-1][1] == "/rest/private/devices/number/AIX-CM01%2FT%2007"


@pytest.mark.parametrize("answer", [DENIED, http({}, "403 Forbidden"), http({}, "500 Internal Server Error"), http(b"<html>")])
def test_a_look_up_that_the_server_will_not_answer_is_not_an_absence(answer: bytes) -> None:
    again = [IN, answer] if b"403" in answer[:20] else []
    with serving(IN, http(listing()), answer, *again) as script, pytest.raises(MdmError):
        driver(script).find("7", "AIX-CM01-T07")


def test_a_number_given_to_another_device_is_an_absence() -> None:
    with serving(IN, http(listing()), http({"status": "OK", "data": TABLET | {"id": 8}})) as script:
        assert driver(script).find("7", "AIX-CM01-T07") is None
    with serving(IN, http(listing()), UNKNOWN) as script:
        assert driver(script).find("7", "AIX-CM01-T07") is None
