"""The Monday after Toussaint, the headmistress of Les Granettes points her cart with a phone and no account."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from databases import environment
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from small_house import LIGHT

from config import accounts, passwords, schema
from config.app import create_app
from config.checks import complaints
from config.settings import read
from deploy.incidents.queries import incidents
from deploy.models import CheckGuess
from deploy.rollcall import actions, queries
from deploy.rollcall.resumption import resumption
from deploy.rollcall.short_code import lock_for, short_code
from deploy.rollcall.sight import Sight, Whereabouts
from inventory.actions import labels
from inventory.actions.places import note_fact, register_class, register_school
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all, record_stage, register_tablets
from inventory.db import connect, database
from inventory.errors import Refused
from inventory.journal import history
from inventory.labels.code import Names
from inventory.lifecycle import Stage
from inventory.models import Event, Label, MobileClass, School, Tablet
from inventory.queries.school_times import of_school
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope

MONDAY = datetime(2017, 11, 6, 7, 40, tzinfo=UTC)
KEY = b"k" * 32
SLOTS = 30


def filled(cart: MobileClass, hand: Hand, first: str = "TESTA1", count: int = 14) -> list[Tablet]:
    tablets = [Tablet(serial=f"{first}{slot:05}", asset_tag=f"{cart.code}-T{slot:02}") for slot in range(1, count + 1)]
    register_tablets(tablets, hand)
    place_all([(tablet, cart, slot) for slot, tablet in enumerate(tablets, 1)], hand)
    labels.prepare(cart, tablets, hand)
    return tablets


def test_the_return_of_toussaint_is_asked_on_its_first_two_school_days(granettes: School) -> None:
    time = of_school(granettes)
    back = resumption(time, date(2017, 11, 6))
    assert back is not None and (back.first, back.last) == (date(2017, 11, 6), date(2017, 11, 7))
    asked = [day for day in range(1, 30) if (one := resumption(time, date(2017, 11, day))) and one.asks_on(date(2017, 11, day))]
    assert asked == [6, 7]
    assert resumption(time, date(2017, 10, 20)) != back, "in October, the return is that of the summer"


@given(st.binary(min_size=32, max_size=32), st.dates(date(2017, 1, 1), date(2030, 1, 1)))
def test_the_short_code_lasts_a_week_and_is_the_school_s_own(key: bytes, day: date) -> None:
    monday = day - timedelta(days=day.weekday())
    week = {short_code(key, "0131204N", monday + timedelta(days=n)) for n in range(7)}
    assert len(week) == 1 and len(week.pop()) == 6
    codes = {short_code(KEY, f"01312{n:02}N", date(2017, 11, 6)) for n in range(50)} | {short_code(KEY, "0131204N", date(2017, 11, 6) + timedelta(weeks=n)) for n in range(50)}
    assert len(codes) > 97


def test_all_there_or_one_missing_is_a_person_s_word_of_that_minute(granettes_cart: MobileClass, hand: Hand) -> None:
    tablets = filled(granettes_cart, hand)
    record_stage(tablets[13], Stage.ORDERED, hand)
    for stage in (Stage.RECEIVED, Stage.BROKEN, Stage.IN_REPAIR):
        record_stage(tablets[13], stage, hand, note="écran")
    before = {tablet.id: (tablet.stage, tablet.stage_at) for tablet in Tablet.select()}
    noon = Hand(None, hand.now + timedelta(hours=3), actions.BY_LABEL)
    assert actions.record_check(granettes_cart, {tablets[6].id: Whereabouts.OTHER_CLASS}, noon) == 12
    seen = queries.proofs(EVERYWHERE, [tablet.id for tablet in tablets])
    assert seen[tablets[6].id].sight is Sight.MISSING and seen[tablets[6].id].why is Whereabouts.OTHER_CLASS
    assert seen[tablets[0].id].sight is Sight.HERE and seen[tablets[0].id].at == noon.now
    assert tablets[13].id not in seen, "a tablet in repair is asked of nobody"
    assert {tablet.id: (tablet.stage, tablet.stage_at) for tablet in Tablet.select()} == before, "a sight is no stage"
    assert queries.checks(EVERYWHERE, [granettes_cart.id])[granettes_cart.id].missing == (tablets[6].id,)
    lost = actions.record_check(granettes_cart, {tablets[7].id: Whereabouts.UNKNOWN}, noon)
    assert lost == 12 and [(row.kind, row.tablet) for row in incidents(EVERYWHERE)] == [("loss", tablets[7])], "known elsewhere is not lost"
    assert Tablet.get_by_id(tablets[7].id).stage != Stage.LOST, "only suspected: the field says the stage"
    actions.record_check(granettes_cart, {}, Hand(None, noon.now + timedelta(days=1), actions.BY_LABEL))
    assert incidents(EVERYWHERE) == [] and [row.tablet for row in incidents(EVERYWHERE, closed=True)] == [tablets[7]]
    assert queries.checks(EVERYWHERE, [granettes_cart.id])[granettes_cart.id].complete
    assert list(complaints()) == []


def test_a_check_names_no_tablet_of_another_cart(granettes_cart: MobileClass, floriales_cart: MobileClass, hand: Hand) -> None:
    filled(granettes_cart, hand)
    stranger = filled(floriales_cart, hand, "TESTB2", 2)[0]
    before = Event.select().count()
    with pytest.raises(Refused, match="n'est plus dans AIX-CM01"):
        actions.record_check(granettes_cart, {stranger.id: Whereabouts.UNKNOWN}, hand)
    assert Event.select().count() == before
    own = Scope.of([granettes_cart.school_id])
    assert queries.proofs(own, [stranger.id]) == {} and queries.checks(own, [floriales_cart.id]) == {}


def test_five_wrong_codes_shut_the_check_and_the_journal_says_so(granettes_cart: MobileClass, now: datetime) -> None:
    told = [actions.guess(granettes_cart, "111111", "123456", now) for _ in range(5)]
    assert "Encore 1 essai" in str(told[3]) and "Cinq codes faux" in str(told[4])
    assert actions.guess(granettes_cart, "123456", "123456", now) is not None, "even the right one waits"
    assert [event.value for event in history("mobile_class", granettes_cart.id, axes=["check_lock"])] == ["locked"]
    later = now + lock_for(0)
    assert actions.guess(granettes_cart, "123 456", "123456", later) is None
    for number in range(5):
        actions.guess(granettes_cart, str(number), "123456", later)
    assert CheckGuess.get(CheckGuess.mobile_class == granettes_cart).locked_until == later + lock_for(0), "a right code forgot the rest"
    assert [lock_for(n) for n in (1, 4, 9)] == [timedelta(hours=2), timedelta(hours=16), timedelta(hours=24)]


@contextmanager
def school_on(monday: datetime, folder: Path) -> Iterator[tuple[Flask, str]]:
    """A cart of thirty at Les Granettes and one elsewhere, behind the real door; the code of the first one's label."""
    told = read(environment(folder))
    passwords.use(LIGHT)
    connect(told.database)
    schema.migrate()
    app = create_app(told, clock=lambda: monday)
    app.testing = True
    with database.connection_context():
        hand = Hand(None, monday - timedelta(days=60))
        homes = [register_school({"uai": uai, "name": name, "zone": "B", "rhythm": "4.5-wednesday"}, hand)[0] for uai, name in (("0131204N", "Les Granettes"), ("0132397K", "Les Floriales"))]
        for number, home in enumerate(homes, 1):
            cart = register_class({"code": f"AIX-CM0{number}", "school": home, "slots": SLOTS, "expected": SLOTS}, [], hand)
            filled(cart, hand, f"TESTR{number}", SLOTS if number == 1 else 2)
        accounts.add_user("helene", "Hélène", Role.SCHOOL, Scope.of([homes[0].id]), "trois cartables bleus", monday)
        label = Label.get((Label.names == Names.CART.value) & (Label.mobile_class == MobileClass.get(MobileClass.code == "AIX-CM01"))).code
        code = queries.code_of(EVERYWHERE, homes[0], monday)
    try:
        yield app, f"{label} {code}"
    finally:
        database.close()


@pytest.fixture
def granettes_online(tmp_path: Path) -> Iterator[tuple[FlaskClient, str, str]]:
    with school_on(MONDAY, tmp_path) as (app, told):
        label, code = told.split()
        yield app.test_client(), label, code


def test_thirty_tablets_take_three_taps_and_no_name_is_kept(granettes_online: tuple[FlaskClient, str, str]) -> None:
    phone, label, code = granettes_online
    door = phone.get(f"/e/{label}")
    assert door.status_code == 200 and "Code de la semaine" in door.text and "TESTR1" not in door.text
    grid = phone.post(f"/e/{label}/pointer", data={"code": code})
    assert grid.text.count('name="missing"') == SLOTS and "TESTR2" not in grid.text and "AIX-CM02" not in grid.text
    done = phone.post(f"/e/{label}/pointage", data={"code": code, "all": "1"}, follow_redirects=True)
    assert "les 30 tablettes de AIX-CM01 sont là" in done.text
    with database.connection_context():
        line = Event.select().order_by(Event.position.desc()).first()
        assert (line.axis, line.value, line.source, line.actor_id) == ("check", "complete", "label", None)


def test_a_wrong_code_a_foreign_label_and_a_retired_cart_open_nothing(granettes_online: tuple[FlaskClient, str, str]) -> None:
    phone, label, code = granettes_online
    with database.connection_context():
        before = Event.select().count()
        tablet = Label.get(Label.names == Names.TABLET.value).code
    wrong = f"{(int(code) + 1) % 10**6:06}"
    for path in ("pointer", "pointage"):
        answer = phone.post(f"/e/{label}/{path}", data={"code": wrong, "all": "1"})
        assert answer.status_code == 422 and "pas le code de cette semaine" in answer.text and "TESTR" not in answer.text
        assert {phone.post(f"/e/{one}/{path}", data={"code": code}).status_code for one in (tablet, "0000000000", "x")} == {404}
    assert "se connecter" in phone.get(f"/e/{tablet}").text and "TESTR" not in phone.get(f"/e/{tablet}").text
    with database.connection_context():
        assert Event.select().count() == before
        MobileClass.update(withdrawn=True).where(MobileClass.code == "AIX-CM01").execute()
    assert "n&#39;est plus en service" in phone.get(f"/e/{label}").text.replace("n'est", "n&#39;est")
    assert phone.post(f"/e/{label}/pointer", data={"code": code}).status_code == 404


def test_the_school_sees_its_code_its_cart_and_what_is_asked(granettes_online: tuple[FlaskClient, str, str]) -> None:
    browser, label, code = granettes_online
    browser.post("/connexion", data={"login": "helene", "password": "trois cartables bleus"})
    with database.connection_context():
        note_fact(School.get(School.uai == "0131204N"), "visit", "failed", Hand(None, MONDAY), detail={"reason": "closed", "next": "2017-11-09"})
    page = browser.get("/ecoles/0131204N/pointage").text
    assert f"{code[:3]} {code[3:]}" in page and "avant le 07/11/2017" in page and "jamais pointée" in page and "proposée le 09/11/2017" in page
    assert browser.get("/ecoles/0132397K/pointage").status_code == 404
    listed = browser.get("/pointages").text
    assert "AIX-CM01" in listed and "AIX-CM02" not in listed and "pas réveillée" in listed
    with database.connection_context():
        other = Label.get((Label.names == Names.CART.value) & (Label.code != label)).code
    assert browser.get(f"/e/{other}").status_code == browser.get("/e/0000000000").status_code == 404
    assert "/classes/AIX-CM01/pointage" in browser.get(f"/e/{label}").text
