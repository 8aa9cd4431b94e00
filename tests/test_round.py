"""The technician's round in headless Chromium: prepared at the depot, done in a basement, killed, renewed, and every act there once."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from autumn import AS_OF, app_over, copied
from phones import film, kill, listened, phone, prepare, sign_in, unsent, video
from playwright.sync_api import expect
from test_browser import served, violations

from config.clock import read_moment
from deploy.actions.steps import tick
from deploy.field import views
from deploy.models import FieldAct
from inventory.actions import labels
from inventory.actions.places import register_class
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all, register_tablets
from inventory.db import database
from inventory.journal import facts
from inventory.models import Event, Label, MobileClass, Person, Tablet

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]
TABLETS = 48
NIGHT = read_moment(AS_OF, "AS_OF")


@pytest.fixture(scope="module")
def chromium_driver() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture
def town(autumn: Path, tmp_path: Path) -> Iterator[str]:
    with served(app_over(copied(autumn, tmp_path / "town"))) as address:
        yield address


@pytest.fixture
def three_carts(autumn: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A town whose two schools have forty-eight tablets in three carts; a film of the labels of them all."""
    app = app_over(copied(autumn, tmp_path / "town"))
    with database.connection_context():
        hand = Hand(Person.get(Person.login == "dsi"), NIGHT)
        model = MobileClass.get(MobileClass.code == "AIX-CM01")
        window = {"window_first": model.window_first, "window_last": model.window_last}
        cart = register_class({"code": "AIX-CM03", "school": model.school, "slots": 24, "expected": 20, "baseline": model.baseline, **window}, [], hand)
        new = [Tablet(serial=f"TESTC{slot:05}", asset_tag=f"AIX-CM03-T{slot:02}") for slot in range(1, 21)]
        register_tablets(new, hand)
        place_all([(tablet, cart, slot) for slot, tablet in enumerate(new, 1)], hand)
        labels.prepare(cart, list(Tablet.select()), hand)
        told = [f"https://tablettes.aix.fr/e/{row.code}" for row in Label.select().where(Label.tablet.is_null(False)).order_by(Label.tablet)]
    with served(app) as address:
        yield address, film(tmp_path / "labels.y4m", told)


def uncharged(code: str) -> list[Tablet]:
    """The tablets of a cart that nobody has said charged, by slot."""
    cart = MobileClass.get(MobileClass.code == code)
    charged = {number for (number, _), line in facts("tablet", axes=["setup:charged"]).items() if line.value == "done"}
    return [row for row in Tablet.select().where(Tablet.mobile_class == cart).order_by(Tablet.slot) if row.id not in charged]


def in_the_basement(page: Any, context: Any, town: str, left_out: Tablet, late: list[Tablet]) -> None:
    """Malik's morning: an act with network, then 2 + `late` acts without, on both sides of a reload, then all the tablets seen by the camera."""
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
    page.goto(f"{town}/tournee/#")
    page.get_by_role("button", name="Scanner").click()
    unsent(page, 2 + len(late) + TABLETS)
    page.get_by_role("button", name="Fermer").click()


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
    chromium_driver: Any, three_carts: tuple[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (town, shelf), profile = three_carts, tmp_path / "profile"
    with database.connection_context():
        left_out, *late = uncharged("AIX-CM02")
    waiting = 3 + len(late) + TABLETS
    with phone(chromium_driver, profile, shelf) as context:
        page = context.pages[0]
        complaints = listened(page)
        sign_in(page, town)
        prepare(page, TABLETS)
        in_the_basement(page, context, town, left_out, late)
        failed_visit(page, town)
        unsent(page, waiting)
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
        unsent(page, waiting)
        before = page.get_by_text(re.compile("^Version ")).inner_text()
        context.set_offline(False)
        in_the_evening(page, town, late, before)
    with database.connection_context():
        acts = list(FieldAct.select().order_by(FieldAct.sequence))
        lines = list(Event.select().where(Event.source == f"field:{acts[0].device}").order_by(Event.position))
        assert [act.sequence for act in acts] == list(range(1, waiting + 3)), "the first, what waited, the end: each once"
        assert [act.subject for act in acts if act.state != "applied"] == [f"tablet:{late[0].id}"], "one conflict, and it is shown"
        assert [act.subject for act in acts if act.kind == "seen"] == [f"tablet:{line.subject_id}" for line in lines if line.axis == "seen"]
        assert len({line.subject_id for line in lines if line.axis == "seen"}) == TABLETS and len(lines) == waiting
        assert facts("tablet", ids=[late[0].id])[late[0].id, "setup:charged"].value == "waived", "the office's word came first"
        assert next(line for line in lines if line.axis == "visit").detail["reason"] == "no_keys"


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


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_screen_is_accessible_and_fits_a_small_phone(chromium_driver: Any, town: str, tmp_path: Path, scheme: str) -> None:
    how = {"viewport": {"width": 360, "height": 700}, "color_scheme": scheme, "reduced_motion": "reduce"}
    with phone(chromium_driver, tmp_path / "profile", **how) as context:
        page = context.pages[0]
        complaints = listened(page)
        sign_in(page, town)
        prepare(page)
        for address in ("#", "#choix", "#valise/1", "#sauf/1", "#pv/1", "#tablette/2", "#visite/1", "#envoi"):
            page.goto(f"{town}/tournee/{address}")
            expect(page.locator("main h1")).to_be_visible()
            assert violations(page) == [], address
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
            small = page.evaluate("[...document.querySelectorAll('main button, main a, nav *:is(a, button)')].filter(e => e.offsetHeight && e.offsetHeight < 44).map(e => e.outerHTML)")
            assert small == [], address
        assert complaints == []
