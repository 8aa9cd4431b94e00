"""The technician's round in headless Chromium: prepared at the depot, done in a basement, killed, renewed, and every act there once."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from autumn import app_over, copied
from phones import kill, listened, phone, prepare, sign_in, unsent, video
from playwright.sync_api import expect
from test_browser import served, violations

from deploy.actions.steps import tick
from deploy.field import views
from deploy.models import FieldAct
from inventory.actions.records import Hand
from inventory.db import database
from inventory.journal import facts
from inventory.models import Event, MobileClass, Person, Tablet

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]


@pytest.fixture(scope="module")
def chromium_driver() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def town(autumn: Path, tmp_path: Path) -> Iterator[str]:
    with served(app_over(copied(autumn, tmp_path / "town"))) as address:
        yield address


def uncharged(code: str) -> list[Tablet]:
    """The tablets of a cart that nobody has said charged, by slot."""
    cart = MobileClass.get(MobileClass.code == code)
    charged = {number for (number, _), line in facts("tablet", axes=["setup:charged"]).items() if line.value == "done"}
    return [row for row in Tablet.select().where(Tablet.mobile_class == cart).order_by(Tablet.slot) if row.id not in charged]


def in_the_basement(page: Any, context: Any, town: str, left_out: Tablet, late: list[Tablet]) -> None:
    """Bruno's morning: an act with network, then 3 + `late` acts without, on both sides of a reload."""
    page.get_by_role("link", name=re.compile("AIX-CM01")).click()
    page.locator("#t1").click()
    with page.expect_response("**/tournee/actes"):
        page.get_by_role("button", name=re.compile("Essai fait")).click()
    unsent(page, 0)
    context.set_offline(True)
    page.get_by_role("button", name=re.compile("Chargée")).click()
    unsent(page, 1)
    page.reload()
    page.get_by_label("Note ou motif").fill("coque fendue au coin")
    page.get_by_role("button", name="Garder la note").click()
    unsent(page, 2)
    page.goto(f"{town}/tournee/#sauf/2")
    page.get_by_label(re.compile("Chargée")).check()
    page.locator(f"input[name=but][value='{left_out.id}']").check()
    page.get_by_role("button", name="Cocher").click()
    unsent(page, 2 + len(late))


def in_the_evening(page: Any, town: str, late: list[Tablet], before: str) -> None:
    """Back online: all is sent, one conflict is shown, the new version is taken, the round can end."""
    sign_in(page, town)
    unsent(page, 0)
    expect(page.get_by_text(f"{late[0].asset_tag} : en conflit.")).to_be_visible()
    newer = page.get_by_role("button", name=re.compile("Nouvelle version"))
    newer.click(timeout=20_000)
    expect(newer).to_have_count(0)
    page.goto(f"{town}/tournee/#envoi")
    expect(page.get_by_text(re.compile("^Version "))).not_to_have_text(before)
    page.goto(f"{town}/tournee/#")
    page.get_by_role("button", name="Terminer la tournée").click()
    expect(page.get_by_text("Tournée terminée")).to_be_visible()


def failed_visit(page: Any, town: str) -> None:
    """The round cannot end without network; the second school's keys are nowhere."""
    page.goto(f"{town}/tournee/#")
    page.get_by_role("button", name="Terminer la tournée").click()
    expect(page.get_by_role("alert")).to_contain_text("Sans réseau, la tournée ne peut pas finir")
    page.get_by_role("link", name="Visite infructueuse").last.click()
    page.get_by_label("détenteur des clés absent").check()
    expect(page.get_by_label(re.compile("^Proposer le"))).to_be_checked()
    page.get_by_role("button", name="Enregistrer").click()


def deploy_another_version(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copytree(str(views.pages.static_folder), folder)
    with (folder / "words.js").open("a", encoding="utf-8") as file:
        file.write("// a later version\n")
    monkeypatch.setattr(views.pages, "_static_folder", str(folder))


def test_a_round_of_two_schools_cut_killed_and_renewed_arrives_once(
    chromium_driver: Any, town: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "profile"
    with database.connection_context():
        left_out, *late = uncharged("AIX-CM02")
    with phone(chromium_driver, profile) as context:
        page = context.pages[0]
        complaints = listened(page)
        sign_in(page, town)
        prepare(page)
        in_the_basement(page, context, town, left_out, late)
        failed_visit(page, town)
        unsent(page, 3 + len(late))
        kill(profile)
    assert [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
    with database.connection_context():
        (first,) = FieldAct.select()
        tick(late[:1], ["charged"], Hand(Person.get(Person.login == "dsi"), first.received), value="waived", note="batterie à changer")
    deploy_another_version(tmp_path / "static", monkeypatch)
    with phone(chromium_driver, profile) as context:
        context.set_offline(True)
        page = context.pages[0]
        page.goto(f"{town}/tournee/#envoi")
        unsent(page, 3 + len(late))
        before = page.get_by_text(re.compile("^Version ")).inner_text()
        context.set_offline(False)
        in_the_evening(page, town, late, before)
    with database.connection_context():
        acts = list(FieldAct.select().order_by(FieldAct.sequence))
        assert [act.sequence for act in acts] == list(range(1, len(late) + 6))
        assert [act.subject for act in acts if act.state != "applied"] == [f"tablet:{late[0].id}"], "one conflict, and it is shown"
        assert Event.select().where(Event.source == f"field:{acts[0].device}").count() == len(late) + 3
        assert Event.select().where((Event.subject == "school") & (Event.axis == "visit")).get().detail["reason"] == "no_keys"


def test_codes_are_read_by_the_camera_by_a_scanner_and_by_hand(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    film = video(tmp_path / "codes.y4m", "qr", "code128", "datamatrix")
    with phone(chromium_driver, tmp_path / "profile", film) as context:
        page = context.pages[0]
        complaints = listened(page)
        sign_in(page, town)
        prepare(page)
        context.set_offline(True)
        page.get_by_role("button", name="Scanner").click()
        unsent(page, 2)
        expect(page.get_by_role("heading", level=1)).to_have_text("AIX-CM01")
        for name in ("03", "05"):
            expect(page.get_by_role("link", name=re.compile(f"T{name}.*"))).to_contain_text("vue aujourd'hui")
        page.get_by_role("button", name="Fermer").click()
        for typed, said in (("SDMPHC2JTJF8J", "n'est pas de cette tournée"), ("aix cm02 t01", "est de la valise AIX-CM02"), ("490154203237518", "IMEI")):
            page.locator("h1").focus()
            page.keyboard.type(typed)
            page.keyboard.press("Enter")
            expect(page.locator("#said")).to_contain_text(said)
        page.get_by_role("button", name="Scanner").click()
        page.fill("#code", "testa100003")
        page.keyboard.press("Enter")
        expect(page.locator("#said")).to_contain_text("AIX-CM01-T03 : déjà vue.")
        assert [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []


def test_unsent_acts_survive_sign_out_another_person_and_are_exported(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with phone(chromium_driver, tmp_path / "profile") as context:
        page = context.pages[0]
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page, town)
        prepare(page)
        context.set_offline(True)
        page.goto(f"{town}/tournee/#tablette/1")
        page.get_by_role("button", name=re.compile("Essai fait")).click()
        unsent(page, 1)
        page.get_by_text("Changer d'étape").click()
        page.get_by_role("button", name="en panne").click()
        expect(page.get_by_role("alert")).to_contain_text("Écrire d'abord le motif")
        page.goto(f"{town}/tournee/#envoi")
        with page.expect_download() as download:
            page.get_by_role("button", name="Exporter mes saisies").click()
        told = json.loads(Path(download.value.path()).read_text(encoding="utf-8"))
        assert [act["payload"]["items"] for act in told["acts"]] == [["tested"]]
        context.clear_cookies()
        context.set_offline(False)
        page.get_by_role("button", name="Envoyer").click()
        page.goto(f"{town}/tournee/#")
        expect(page.get_by_text("La session est terminée")).to_be_visible()
        assert {key.partition(":")[0] for key in page.evaluate(KEYS)} == {"person", "phone", "schools", "used"}, "nothing of the day is left"
        unsent(page, 1)
        sign_in(page, town)
        unsent(page, 0)
        expect(page.get_by_text("Prêt hors ligne, 28 tablettes")).to_be_visible()
        page.evaluate(LEFT_ALONE, 13 * 3600 * 1000)
        page.reload()
        expect(page.get_by_text("Douze heures sans un geste")).to_be_visible()


LEFT_ALONE = """(since) => new Promise((resolve) => { const request = indexedDB.open("cartable-tournee"); request.onsuccess = () => {
  const writing = request.result.transaction("state", "readwrite");
  writing.objectStore("state").put(new Date().getTime() - since, "used");
  writing.oncomplete = () => { request.result.close(); resolve(); }; }; })"""
KEYS = """() => new Promise((resolve) => { const request = indexedDB.open("cartable-tournee"); request.onsuccess = () => {
  const asked = request.result.transaction("state").objectStore("state").getAllKeys();
  asked.onsuccess = () => { request.result.close(); resolve(asked.result); }; }; })"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_accessible_and_fits_a_small_phone(chromium_driver: Any, town: str, tmp_path: Path, scheme: str) -> None:
    how = {"viewport": {"width": 360, "height": 700}, "color_scheme": scheme, "reduced_motion": "reduce"}
    with phone(chromium_driver, tmp_path / "profile", **how) as context:
        page = context.pages[0]
        complaints = listened(page)
        sign_in(page, town)
        prepare(page)
        for address in ("#", "#choix", "#valise/1", "#sauf/1", "#tablette/2", "#visite/1", "#envoi"):
            page.goto(f"{town}/tournee/{address}")
            expect(page.locator("main h1")).to_be_visible()
            assert violations(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            small = page.evaluate("[...document.querySelectorAll('main button, main a, nav *:is(a, button)')].filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.outerHTML)")
            assert small == [], address
        assert complaints == []
