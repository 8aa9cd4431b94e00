"""Lists are cut at a row, not at a number: Bruno pages through carts while others register tablets, and exports what he sees."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from autumn import app_over, copied, proof, signed_in
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import load_workbook

from config.clock import read_moment
from deploy.queries.board import board
from inventory.actions.records import Hand
from inventory.actions.sightings import mark_gone, take_in
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.actions.views_kept import keep_view, views_of
from inventory.contact import ContactState
from inventory.db import database, rows_holding
from inventory.errors import Refused
from inventory.journal import When
from inventory.keyset import Cursor, read_cursor
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass, Person, School, Sighting, Tablet
from inventory.queries import listed_places, listed_tablets
from inventory.queries.listing import Ask, every_page
from inventory.queries.tablet_rows import TABLET_ORDERS
from inventory.roles import Role
from inventory.scope import EVERYWHERE, NOWHERE, Scope
from mdm.driver import DeviceReport

ASK = Ask(sort="nom", size=4)


def stock(hand: Hand, numbers: range) -> None:
    for number in numbers:
        register_tablet(Tablet(serial=f"TESTL{number:05}", model="Galaxy Tab A" if number % 2 else "Iconia"), hand)


def serials(ask: Ask, when: When | None = None, scope: Scope = EVERYWHERE) -> list[str]:
    return [row.serial for row in every_page(lambda asked: listed_tablets.tablets(asked, when, scope=scope), ask, 3)]


@given(st.one_of(st.text(max_size=40), st.integers(-(2**63) + 1, 2**63 - 1)), st.integers(0, 2**63 - 1), st.booleans())
def test_a_cursor_is_read_back_as_it_was_written(value: str | int, number: int, back: bool) -> None:
    cursor = Cursor(value, number, back)
    assert read_cursor(str(cursor), type(value)) == cursor


@given(st.text(max_size=60))
def test_anything_else_in_the_address_is_refused_in_words(text: str) -> None:
    try:
        read_cursor(text, str)
    except Refused as refusal:
        assert "reprendre la liste" in str(refusal)


def test_the_next_page_follows_the_row_whatever_is_added_before_it(hand: Hand) -> None:
    stock(hand, range(10, 20))
    first = listed_tablets.tablets(ASK, None, scope=EVERYWHERE)
    stock(hand, range(0, 5))
    second = listed_tablets.tablets(replace(ASK, cursor=first.after), None, scope=EVERYWHERE)
    back = listed_tablets.tablets(replace(ASK, cursor=second.before), None, scope=EVERYWHERE)
    assert [row.serial for row in second.rows] == [f"TESTL{number:05}" for number in range(14, 18)]
    assert back.rows == first.rows
    assert first.before is None and back.before is not None


@pytest.mark.parametrize("sort", TABLET_ORDERS)
@pytest.mark.parametrize("falling", [False, True])
def test_pages_put_end_to_end_are_the_list_now_and_in_the_past(hand: Hand, granettes_cart: MobileClass, sort: str, falling: bool) -> None:
    stock(hand, range(11))
    for number, row in enumerate(Tablet.select().order_by(Tablet.id.desc()).limit(5), 1):
        place(row, granettes_cart, number, hand)
        record_stage(row, Stage.ORDERED, hand, at=hand.now - timedelta(hours=number))
    ask = Ask(sort=sort, falling=falling)
    whole = [row.serial for row in listed_tablets.tablets(replace(ask, size=99), None, scope=EVERYWHERE).rows]
    assert len(whole) == 11 and serials(ask) == whole == serials(ask, When(hand.now))
    for when in (None, When(hand.now)):
        first = listed_tablets.tablets(replace(ask, size=4), when, scope=EVERYWHERE)
        second = listed_tablets.tablets(replace(ask, size=4, cursor=first.after), when, scope=EVERYWHERE)
        assert listed_tablets.tablets(replace(ask, size=4, cursor=second.before), when, scope=EVERYWHERE).rows == first.rows
    ordered = replace(ask, filters={"etape": "ordered", "ecole": "0131204n"})
    assert len(serials(ordered)) == 5 and serials(ordered) == serials(ordered, When(hand.now))


def test_a_fragment_is_found_by_the_index_as_by_the_walk(hand: Hand, granettes: School) -> None:
    stock(hand, range(30))
    Tablet.update(asset_tag="CM01-07").where(Tablet.serial == "TESTL00007").execute()
    assert rows_holding("tablet", "01-0", 9) == [Tablet.get(Tablet.asset_tag == "CM01-07").id]
    for words in ("l0001", "01-0", "galaxy", "l", "07", '"', "%", "introuvable"):
        wanted = sorted(row.serial for row in Tablet if words in f"{row.serial} {row.asset_tag or ''} {row.model}".casefold())
        assert sorted(serials(Ask(words, sort="nom"))) == wanted, words
    assert rows_holding("tablet", "_l00", 9) == []


def test_a_fragment_is_found_accents_aside(granettes: School) -> None:
    assert [row.name for row in listed_places.schools(Ask("ECOLE primaire les gran", sort="nom"), None, scope=EVERYWHERE).rows] == [granettes.name]


def test_a_scope_sees_its_own_carts_and_nothing_of_the_stock(hand: Hand, granettes_cart: MobileClass, floriales_cart: MobileClass) -> None:
    stock(hand, range(3))
    for row, cart in zip(Tablet.select().order_by(Tablet.serial), (granettes_cart, floriales_cart), strict=False):
        place(row, cart, 1, hand)
    mine = Scope.of([granettes_cart.school_id])
    for when in (None, When(hand.now)):
        assert serials(Ask(sort="nom"), when, mine) == ["TESTL00000"]
        assert serials(Ask(sort="nom"), when, NOWHERE) == []
        assert [row.code for row in listed_places.mobile_classes(Ask(sort="code"), when, scope=mine).rows] == ["AIX-CM01"]
    assert listed_tablets.exact("testl00001", scope=mine) is None


@pytest.mark.parametrize("most", [0, 2_000], ids=["by the walk", "found first"])
def test_a_word_of_the_mdm_finds_the_same_tablets_now_and_in_the_past_and_counts_them(
    most: int, hand: Hand, granettes_cart: MobileClass, floriales_cart: MobileClass, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed_tablets, "MOST_CARTS", most)
    monkeypatch.setattr("inventory.queries.listing.MOST_SORTED", most)
    stock(hand, range(12))
    told = [MdmStatus.ENROLLED, MdmStatus.PENDING, MdmStatus.UNENROLLED, None]
    for number, row in enumerate(Tablet.select().order_by(Tablet.id)):
        if number < 9:
            place(row, (granettes_cart, floriales_cart)[number % 2], number // 2 + 1, hand)
        record_stage(row, (Stage.ORDERED, Stage.RECEIVED)[number % 3 == 0], hand, at=hand.now - timedelta(hours=1))
        word = told[number % 4]
        if word:
            take_in("ville", [DeviceReport(str(number), row.serial, "", word.value, enrolled_at=hand.now - timedelta(days=1))], now=hand.now)
    mark_gone(Sighting.get(Sighting.mdm_id == "1"), now=hand.now, runs=2)
    mine = Scope.of([granettes_cart.school_id])
    for mdm, stage, school, scope in product(MdmStatus, ("", "ordered"), ("", "0131204n"), (EVERYWHERE, mine, NOWHERE)):
        ask = Ask(filters={"mdm": mdm.value, "etape": stage, "ecole": school}, sort="nom")
        found = serials(ask, scope=scope)
        assert found == serials(ask, When(hand.now), scope), ask
        assert len(found) == listed_tablets.count_tablets(ask, None, scope=scope), ask
    assert len(serials(Ask(filters={"mdm": "unknown"}, sort="nom"))) == 3, "one of them in stock"


@pytest.fixture
def own_house(autumn: Path, tmp_path: Path) -> Flask:
    return app_over(copied(autumn, tmp_path))


def test_the_file_is_what_the_page_shows(own_house: Flask) -> None:
    view = "?etape=in_service&tri=-serie&col=etape&col=contact"
    with signed_in(own_house, "technicien") as client:
        page, told = client.get(f"/tablettes{view}"), client.get(f"/listes/tablettes.csv{view}").data.decode()
        book = load_workbook(io.BytesIO(client.get(f"/listes/tablettes.xlsx{view}").data))
    lines = told.removeprefix("\ufeff").splitlines()
    assert lines[0] == '"Nom";"Étape";"Dernier contact";"Mention"' and told.startswith("\ufeff")
    names = [line.split(";")[0].strip('"') for line in lines[1:]]
    assert names and all(f">{name}</a>" in page.text for name in names) and 'aria-sort' not in page.text
    sheet = book.get_sheet_by_name("Tablettes").to_python()
    assert [row[0] for row in sheet[1:]] == names and "Programme d'investissements" in str(book.get_sheet_by_name("LISEZMOI").to_python())
    assert "Programme d'investissements" in lines[1]


@pytest.mark.parametrize(("sort", "falling"), list(product(TABLET_ORDERS, (False, True))))
def test_the_parts_of_a_file_are_the_pages_of_the_list(hand: Hand, granettes_cart: MobileClass, sort: str, falling: bool) -> None:
    """Alice puts two tablets in the cart, one with two records in the MDM; a third one stays in stock."""
    stock(hand, range(5))
    for slot, tablet in enumerate(Tablet.select().limit(2), 1):
        place(tablet, granettes_cart, slot, hand)
        record_stage(tablet, Stage.RECEIVED, hand)
    for mdm_id, days in (("1", 2), ("2", 1)):
        take_in("ville", [DeviceReport(mdm_id, "TESTL00001", "", "enrolled", enrolled_at=hand.now - timedelta(days=days))], now=hand.now)
    mark_gone(Sighting.get(Sighting.mdm_id == "2"), now=hand.now + timedelta(hours=1), runs=2)
    for when, scope in product((None, When(hand.now), When(hand.now, hand.now), When(hand.now - timedelta(days=1))), (EVERYWHERE, NOWHERE)):
        ask = Ask(sort=sort, falling=falling)
        pages = list(every_page(lambda asked, when=when, scope=scope: listed_tablets.tablets(asked, when, scope=scope), ask, 2))
        assert [row for part in listed_tablets.parts(ask, when, True, scope=scope) for row in part] == pages
        named = [row.name for part in listed_tablets.parts(ask, when, False, scope=scope) for row in part]
        assert named == [row.name for row in pages]


@pytest.mark.parametrize("fault", ["tri=prix", "etape=volee", "col=prix", "suite=abc", "q=" + "x" * 101])
def test_a_bad_address_is_told_what_is_wrong(own_house: Flask, fault: str) -> None:
    with signed_in(own_house, "technicien") as client:
        answer = client.get(f"/tablettes?{fault}")
    assert answer.status_code == 422 and "choisir" in answer.text + "choisir" * ("suite" in fault or "q=" in fault)


def test_a_view_is_kept_shared_with_the_same_role_and_forgotten_by_its_owner(own_house: Flask) -> None:
    with signed_in(own_house, "technicien") as client:
        form = {"csrf_token": proof(client, "/tablettes"), "nom": " En  panne ", "etape": "broken", "tri": "-serie", "partagee": "1"}
        assert client.post("/listes/tablettes/vues", data=form).status_code == 302
        assert "En panne" in client.get("/tablettes").text
        assert client.post("/listes/tablettes/vues", data={**form, "tri": "javascript:"}).status_code == 422
    with signed_in(own_house, "dsi") as client:
        assert "En panne" not in client.get("/tablettes").text
        assert client.post("/listes/vues/1/oublier", data={"csrf_token": proof(client, "/tablettes")}).status_code == 404
    with signed_in(own_house, "technicien") as client:
        client.post("/listes/vues/1/oublier", data={"csrf_token": proof(client, "/tablettes")})
        client.get("/tablettes")
        assert "En panne" not in client.get("/tablettes").text


def test_a_view_shared_reaches_who_sees_the_schools_it_names(granettes_cart: MobileClass, floriales_cart: MobileClass, hand: Hand) -> None:
    """Alice shares her views with the other managers: Denis has one school, and reads no name of another."""
    denis = Person.create(login="denis", name="Denis", role=Role.MANAGER.value)
    for name, query in {
        "en panne": "etape=broken", "granettes": "ecole=0131204n", "cart": "classe=AIX-CM01", "floriales": "etape=lost&ecole=0132397K",
        "cart 2": "ecole=0131204N&classe=aix-cm02", "words": "q=Floriales",
    }.items():  # fmt: skip
        keep_view("tablettes", name, query, hand, shared=True)
    shown = [row.name for row in views_of("tablettes", denis, Scope.of([granettes_cart.school_id]))]
    assert shown == ["cart", "en panne", "granettes"]
    assert len(views_of("tablettes", denis, EVERYWHERE)) == len(views_of("tablettes", hand.by, NOWHERE)) == 6


def test_a_search_as_one_types_gets_the_rows_alone(own_house: Flask) -> None:
    with signed_in(own_house, "technicien") as client:
        answer = client.get("/tablettes?q=AIX-CM01-T0", headers={"X-Cartable-Fragment": "1"})
    assert "<html" not in answer.text and 'data-said="9 tablettes"' in answer.text
    with database.connection_context():
        assert rows_holding("tablet", "AIX-CM01-T0", 99) and len(answer.data) < 150_000


@pytest.mark.parametrize("moment", ["2017-10-30T10:00", "2017-11-20T10:00", "2017-12-20T17:30", "2018-01-08T09:30", "2018-02-20T10:00"])
def test_the_contact_of_a_list_is_what_each_tablet_says_of_itself(autumn: Path, tmp_path: Path, moment: str) -> None:
    app_over(copied(autumn, tmp_path))
    now = read_moment(moment, "")
    with database.connection_context():
        told = {device.tablet.serial: one.contacts[device.tablet.id].state for one in board(EVERYWHERE, None, now) for device in one.devices}
        for state in ContactState:
            ask = Ask(sort="nom", filters={"contact": state.value}, now=now)
            assert serials(ask) == [serial for serial in serials(Ask(sort="nom")) if told[serial] is state], state
            assert listed_tablets.count_tablets(ask, None, scope=EVERYWHERE) == len(serials(ask))
        then = When(read_moment("2017-12-04T10:00", ""))
        told = {device.tablet.serial: one.contacts[device.tablet.id].state for one in board(EVERYWHERE, then, now) for device in one.devices}
        for state in ContactState:
            found = serials(Ask(sort="nom", filters={"contact": state.value}, now=now), then)
            assert sorted(found) == sorted(serial for serial, said in told.items() if said is state)
