"""The pages over the whole autumn: who enters, what they say, and what a technician or a committee changes through them."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from autumn import app_over, copied, proof, signed_in
from flask import Flask

from config.checks import complaints
from config.demo.people import PEOPLE
from inventory.db import database
from inventory.models import Event, MobileClass, Tablet
from inventory.roles import KEEPERS, OFFICE, Role
from mdm.simulator.fleet import RENAMED

MENTION = "Opération réalisée dans le cadre du Programme d&#39;investissements d&#39;avenir lancé par l&#39;État"
PAGES = (
    "/", "/tableau", "/tableau?as_of=2017-11-15", "/ecoles", "/ecoles/0131204n", "/ecoles/0132397K?as_of=2017-11-15", "/classes/AIX-CM01",
    "/classes/AIX-CM02?as_of=2017-12-01", "/classes/AIX-CM02/pas/enrolment", "/tablettes", "/tablettes?etape=stolen", "/tablettes/5",
    "/tablettes/9?as_of=2017-12-01", "/synchronisation", "/constats", "/trimestres", "/compte", "/compte/second-facteur", "/donnees-personnelles",
)  # fmt: skip
OFFICE_PAGES = ("/imports", "/actes-en-conflit")
SAME_AT_ALL_TIMES = {"/ecoles", "/actes-en-conflit", "/incidents", "/pv", "/tournee/"}
"""No school was added that autumn, nothing of the ground is in it (`test_api_ground.py` looks at that), and a round is of its own day."""
OF_ONE_THING = ("/classes/AIX-CM01/pv", "/synchronisation/mdm-ville", "/classes/AIX-CM01/pointage")
KEEPERS_PAGES = ("/securite", "/jetons", "/abonnements", "/donnees-personnelles/2")


@pytest.fixture(scope="module")
def house(autumn: Path) -> Flask:
    return app_over(autumn)


@pytest.fixture
def own_house(autumn: Path, tmp_path: Path) -> Flask:
    """A copy of the autumn, to write in."""
    return app_over(copied(autumn, tmp_path))


@pytest.mark.parametrize("somebody", PEOPLE, ids=[one.login for one in PEOPLE])
def test_each_role_reads_every_page_and_only_some_the_rest(house: Flask, somebody: object) -> None:
    with signed_in(house, somebody.login) as client:  # type: ignore[attr-defined]
        for page in PAGES:
            answer = client.get(page)
            hidden = somebody.schools == ("0131204N",) and ("0132397K" in page or "AIX-CM02" in page)  # type: ignore[attr-defined]
            assert answer.status_code == (404 if hidden else 200), page
            assert MENTION in answer.text, page
        expected = 200 if somebody.role in OFFICE else 403  # type: ignore[attr-defined]
        assert {client.get(page).status_code for page in OFFICE_PAGES} == {expected}
        expected = 200 if somebody.role in KEEPERS else 403  # type: ignore[attr-defined]
        assert {client.get(page).status_code for page in KEEPERS_PAGES} == {expected}


def test_nothing_is_read_without_signing_in(house: Flask) -> None:
    with house.test_client() as client:
        for page in (*PAGES, *OFFICE_PAGES, *KEEPERS_PAGES):
            answer = client.get(page)
            assert answer.status_code == 302 and answer.location.startswith("/connexion"), page


def test_pages_hold_no_style_no_script_and_no_other_host(house: Flask) -> None:
    with signed_in(house, "admin") as client:
        for page in (*PAGES, *OFFICE_PAGES, *KEEPERS_PAGES):
            text = client.get(page).text
            assert not re.search(r"\sstyle=|<style|<script(?! src=\"/static/)|\son[a-z]+=", text), page
            assert not re.search(r"(?:src|href)=\"(?:https?:)?//", text), page
            assert len(text) < 150_000, page


def test_markup_in_a_device_name_is_shown_as_text(house: Flask) -> None:
    with signed_in(house, "dsi") as client:
        tablet = client.get("/tablettes?q=AIX-CM01-T05", follow_redirects=True).text
    assert RENAMED not in tablet and "&lt;script&gt;alert" in tablet


def test_the_history_of_a_tablet_is_told_in_words(house: Flask) -> None:
    with signed_in(house, "comite") as client:
        history = client.get("/tablettes/20").text.partition("Histoire")[2]
    assert "Chargée" in history and "Malik Roux" in history
    assert not [key for key in ("charged", "tested", "wifi_profile", "setup:") if key in history]


def test_the_board_in_the_middle_of_november_does_not_know_december(house: Flask) -> None:
    with signed_in(house, "comite") as client:
        now, then = client.get("/tableau").text, client.get("/tableau?as_of=2017-11-15").text
    assert "Vous regardez le passé" in then and "Vous regardez le passé" not in now
    assert "en retard" in now and "en retard" not in then
    assert "tablettes inventoriées" not in then or "14 sur 14" not in then.split("AIX-CM02", 2)[2][:1500]


def test_a_stranger_and_an_absent_object_are_the_same_page(house: Flask) -> None:
    with signed_in(house, "ecole") as client:
        answers = [client.get(page) for page in ("/tablettes/9999", "/classes/AIX-CM99", "/ecoles/0130001A", "/trimestres/2017-Q2")]
    assert {answer.status_code for answer in answers} == {404}
    assert len({re.sub(r'value="[^"]*"', "", answer.text) for answer in answers}) == 1


def test_two_taps_record_a_breakdown_with_its_reason(own_house: Flask) -> None:
    with signed_in(own_house, "technicien") as client:
        token = proof(client, "/tablettes/1")
        without = client.post("/tablettes/1/etape", data={"csrf_token": token, "stage": "broken"})
        assert without.status_code == 422 and "indiquer le motif" in without.text
        done = client.post(
            "/tablettes/1/etape", data={"csrf_token": token, "stage": "broken", "note": "écran fendu <b>"}, follow_redirects=True
        )
        assert "en panne" in done.text and "écran fendu &lt;b&gt;" in done.text
    with database.connection_context():
        assert Tablet.get_by_id(1).stage == "broken" and list(complaints()) == []


def test_who_goes_on_without_looking_finds_the_last_messages_and_no_cookie_too_large(own_house: Flask) -> None:
    with signed_in(own_house, "technicien") as client:
        token = proof(client, "/tablettes/1")
        for number in range(1, 9):
            answer = client.post(f"/tablettes/{number}/etape", data={"csrf_token": token, "stage": "broken", "note": "panne"})
            assert answer.status_code == 302 and all(len(cookie) < 1500 for cookie in answer.headers.getlist("Set-Cookie"))
        page = client.get("/aide").text
        assert [number for number in range(1, 9) if f"AIX-CM01-T{number:02} est" in page] == [4, 5, 6, 7, 8]
        assert "AIX-CM01-T08 est" not in client.get("/aide").text


def test_a_form_without_its_proof_or_from_a_reader_changes_nothing(own_house: Flask) -> None:
    with database.connection_context():
        before = Event.select().count()
    with signed_in(own_house, "technicien") as client:
        assert client.post("/tablettes/1/etape", data={"stage": "broken", "note": "x"}).status_code == 403
    with signed_in(own_house, "auditeur") as client:
        token = proof(client, "/tablettes/1")
        assert client.post("/tablettes/1/etape", data={"csrf_token": token, "stage": "broken", "note": "x"}).status_code == 403
    with database.connection_context():
        assert Event.select().count() == before


def test_several_slots_at_once_all_or_none(own_house: Flask) -> None:
    with signed_in(own_house, "technicien") as client:
        token = proof(client, "/classes/AIX-CM02")
        with database.connection_context():
            cart = MobileClass.get(MobileClass.code == "AIX-CM02")
            enrolled = [row.id for row in Tablet.select().where((Tablet.mobile_class == cart) & (Tablet.stage == "enrolled"))]
            labelled = [row.id for row in Tablet.select().where((Tablet.mobile_class == cart) & (Tablet.stage == "labelled"))]
        refused = client.post("/classes/AIX-CM02/etapes", data={"csrf_token": token, "stage": "configured", "tablet": enrolled + labelled})
        assert refused.status_code == 422
        done = client.post("/classes/AIX-CM02/etapes", data={"csrf_token": token, "stage": "configured", "tablet": enrolled})
        assert done.status_code == 302
    with database.connection_context():
        stages = [Tablet.get_by_id(tablet).stage for tablet in enrolled + labelled]
    assert stages == ["configured", "configured", "labelled"]


def test_a_visa_is_of_the_committee_and_waits_for_the_delivery(own_house: Flask) -> None:
    with signed_in(own_house, "comite") as client:
        token = proof(client, "/classes/AIX-CM02")
        assert client.post("/classes/AIX-CM02/pas", data={"csrf_token": token, "step": "acceptance"}).status_code == 422
        shown = client.get("/classes/AIX-CM02/integration").text.partition('name="digest" value="')[2][:64]
        answer = client.post("/classes/AIX-CM02/integration", data={"csrf_token": token, "verdict": "validated", "digest": shown})
        assert answer.status_code == 422 and "11 tablettes livrées sur 14" in answer.text
    with signed_in(own_house, "dsi") as client:
        token = proof(client, "/classes/AIX-CM01")
        answer = client.post("/classes/AIX-CM01/pas", data={"csrf_token": token, "step": "service_done"})
        assert answer.status_code == 422 and "académie" in answer.text


def test_a_file_is_tried_then_taken_in_then_undone(own_house: Flask) -> None:
    note = "N° de série;N° d'inventaire;Classe mobile;Alvéole\nTESTC300001;AIX-CM01-T15;AIX-CM01;15\n"
    with signed_in(own_house, "dsi") as client:
        token = proof(client, "/imports")
        sent = {"csrf_token": token, "kind": "tablets", "file": (io.BytesIO(note.encode()), "bon.csv")}
        tried = client.post("/imports", data=sent, follow_redirects=True)
        assert "Rien n&#39;est encore écrit" in tried.text or "Rien n'est encore écrit" in tried.text
        plan = tried.request.path
        assert client.post(plan, data={"csrf_token": token}, follow_redirects=True).status_code == 200
        with database.connection_context():
            assert Tablet.get(Tablet.serial == "TESTC300001").slot == 15
            batch = Event.select().order_by(Event.position.desc()).first().source.partition(":")[2]
        client.post(f"/imports/{batch}/annuler", data={"csrf_token": token})
    with database.connection_context():
        assert Tablet.get(Tablet.serial == "TESTC300001").withdrawn and list(complaints()) == []


def test_the_quarter_issued_on_a_page_gives_the_same_bytes_afterwards(own_house: Flask) -> None:
    with signed_in(own_house, "dsi") as client:
        token = proof(client, "/trimestres")
        assert client.post("/trimestres", data={"csrf_token": token, "period": "2017-Q4"}, follow_redirects=True).status_code == 200
        first = client.get("/trimestres/2017-Q4/trimestre.json").data
        client.post("/tablettes/1/etape", data={"csrf_token": token, "stage": "broken", "note": "après l'émission"})
        client.post("/trimestres", data={"csrf_token": token, "period": "2017-Q4"})
        assert client.get("/trimestres/2017-Q4/trimestre.json").data == first
        running = client.post("/trimestres", data={"csrf_token": token, "period": "2018-Q1"})
        assert running.status_code == 422


def words(page: str) -> str:
    """What a page's main part says, its form's hidden proofs and its addresses aside."""
    return " ".join(re.sub(r"<[^>]*>", " ", page.partition("<main")[2].partition("</main>")[0]).split())


def test_a_page_looks_at_the_past_or_says_that_it_shows_the_present(autumn: Path) -> None:
    house = app_over(autumn)
    told = dict[str, str]()
    rules = [rule for rule in house.url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    with signed_in(house, "admin") as client:
        for path in (*sorted({rule.rule for rule in rules} - SAME_AT_ALL_TIMES), *OF_ONE_THING):
            then = client.get(path, query_string={"as_of": "2017-10-02"})
            if then.mimetype == "text/html" and then.status_code == 200:
                live = "montre toujours le présent" in then.text
                told[path] = "present" if live else "past" if words(then.text) != words(client.get(path).text) else ""
    assert [path for path, word in told.items() if not word] == []
    assert sum(word == "past" for word in told.values()) > 15, told


def test_the_links_of_a_page_of_the_past_lead_to_the_same_past(autumn: Path) -> None:
    house = app_over(autumn)
    with signed_in(house, "dsi") as client:
        page = client.get("/classes/AIX-CM01?as_of=2017-11-15").text.partition("<main")[2].partition("</main>")[0]
        ways = [way for way in re.findall(r'<a [^>]*href="(/[^"#]*)', page) if "/static/" not in way]
        assert len(ways) > 20 and [way for way in ways if "as_of=2017-11-15" not in way] == []
        assert "as_of" not in client.get("/classes/AIX-CM01").text


def test_every_role_has_an_account_in_the_demonstration() -> None:
    assert {somebody.role for somebody in PEOPLE} == set(Role)
