"""Pages in headless Chromium: nothing breaks the policy, nothing overflows, axe finds nothing, and a phone's two taps work."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pyotp
import pytest
from autumn import AS_OF, app_over, copied
from flask import Flask

from config.app import create_app
from config.clock import read_moment
from config.demo.people import PASSWORD
from config.settings import read
from inventory.db import database
from inventory.models import Tablet

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed"),
]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
PAGES = (
    "/", "/tableau", "/tableau?as_of=2017-11-15", "/ecoles", "/ecoles/0131204N", "/classes/AIX-CM01", "/classes/AIX-CM02",
    "/classes/AIX-CM02/pas/enrolment", "/classes", "/tablettes", "/tablettes?q=introuvable",
    "/tablettes?etape=in_service&tri=-serie&col=etape&col=contact&col=ecole", "/tablettes/5", "/tablettes/20", "/synchronisation", "/synchronisation/mdm-ville", "/constats", "/trimestres",
    "/imports", "/compte", "/compte/courrier", "/compte/second-facteur", "/donnees-personnelles", "/introuvable",
    "/classes/AIX-CM01/etiquettes?start=4&stock=L4732", "/etiquettes", "/classes/AIX-CM01/pointage", "/ecoles/0131204N/pointage", "/pointages",
    "/pv", "/classes/AIX-CM01/pv", "/pv/photos", "/incidents", "/classes/AIX-CM01/inventaire",
)  # fmt: skip
KEEPERS_PAGES = ("/comptes", "/comptes/technicien", "/", "/securite", "/jetons", "/abonnements", "/donnees-personnelles/2")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
             "--disable-component-update", "--disable-sync"]  # fmt: skip


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """The address of `app`, on this machine alone."""
    server = make_server("127.0.0.1", 0, app, type("Server", (ThreadingMixIn, WSGIServer), {"daemon_threads": True}), Quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()


@pytest.fixture(scope="module")
def town(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The pages served on this machine, over an autumn that may be written in."""
    with served(app_over(copied(autumn, tmp_path_factory.mktemp("town")))) as address:
        yield address


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        yield browser
        browser.close()


def enter(chromium: Any, town: str, login: str, **how: Any) -> tuple[Any, list[str]]:
    """A signed-in page, and what its console complains of."""
    page = chromium.new_context(**how).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.goto(f"{town}/connexion")
    page.fill("#login", login)
    page.fill("#password", PASSWORD)
    page.click("main button")
    page.wait_for_url(f"{town}/")
    return page, complaints


def violations(page: Any, rules: tuple[str, ...] = ()) -> list[str]:
    """What axe finds, by all its rules or by some."""
    return axe_of(page)(rules)


def axe_of(page: Any) -> Callable[[tuple[str, ...]], list[str]]:
    """What looks with axe at the page that is loaded, from a world of its own: the page's policy lets no script in."""
    session = page.context.new_cdp_session(page)
    frame = session.send("Page.getFrameTree")["frameTree"]["frame"]["id"]
    world = session.send("Page.createIsolatedWorld", {"frameId": frame, "worldName": "axe"})["executionContextId"]
    session.send("Runtime.evaluate", {"expression": AXE, "contextId": world})

    def found(rules: tuple[str, ...]) -> list[str]:
        asked = json.dumps({"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {}))
        looked = f"axe.run({asked}).then(r => JSON.stringify(r.violations.map(v => v.id + ' ' + v.nodes[0].html)))"
        told = session.send("Runtime.evaluate", {"expression": looked, "contextId": world, "awaitPromise": True, "returnByValue": True})["result"]["value"]
        return [] if told == "[]" else [told]

    return found


def test_a_technician_records_a_breakdown_in_two_taps_on_a_phone(chromium: Any, town: str) -> None:
    page, complaints = enter(chromium, town, "technicien", viewport={"width": 390, "height": 800}, has_touch=True, is_mobile=True)
    page.goto(f"{town}/classes/AIX-CM01")
    page.get_by_role("link", name="AIX-CM01-T02").tap()
    page.fill("#champ-note", "écran fendu à la récréation")
    button = page.get_by_role("button", name="En panne")
    assert button.bounding_box()["height"] >= 44
    with page.expect_navigation():
        button.tap()
    assert "est « en panne »" in page.inner_text("body")
    assert complaints == []
    with database.connection_context():
        assert Tablet.get(Tablet.asset_tag == "AIX-CM01-T02").stage == "broken"


def test_a_whole_cart_is_ticked_at_once_and_its_page_says_what_is_on_it(chromium: Any, town: str) -> None:
    page, complaints = enter(chromium, town, "technicien", viewport={"width": 390, "height": 844})
    page.goto(town + "/classes/AIX-CM01")
    boxes, all_at_once = page.locator("#grille input[type=checkbox]"), page.get_by_role("button", name="Tout cocher")
    all_at_once.click()
    assert boxes.count() == 14 == sum(box.is_checked() for box in boxes.all())
    page.get_by_role("button", name="Tout décocher").click()
    assert not any(box.is_checked() for box in boxes.all())
    contents = page.get_by_role("navigation", name="Sur cette page")
    contents.get_by_role("link", name="Histoire").click()
    assert page.url.endswith("#histoire") and page.get_by_role("heading", name="Histoire").is_visible() and page.evaluate("scrollY") > 2000
    assert complaints == []


def test_a_list_is_found_as_one_types_and_kept_under_its_name(chromium: Any, town: str) -> None:
    page, complaints = enter(chromium, town, "technicien", viewport={"width": 1280, "height": 900})
    page.goto(f"{town}/tablettes?tri=-nom")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.resource_type))
    page.get_by_label("N° de série, n° d'inventaire ou modèle").press_sequentially("cm02-t1")
    page.get_by_text("5 tablettes", exact=True).last.wait_for()
    assert page.locator(".row-link").first.inner_text() == "AIX-CM02-T14"
    assert "q=cm02-t1" in page.url and "tri=-nom" in page.url and "document" not in asked
    page.get_by_label("Garder cette liste sous le nom").fill("Fin de valise")
    page.get_by_role("button", name="Garder").click()
    page.goto(f"{town}/tablettes")
    page.get_by_role("link", name="Fin de valise").click()
    page.get_by_text("5 tablettes", exact=True).last.wait_for()
    assert complaints == []


def test_a_list_keeps_a_column_and_no_search_is_too_long_for_it(chromium: Any, town: str) -> None:
    page, complaints = enter(chromium, town, "dsi")
    page.goto(town + "/tablettes")
    page.locator("input[name=q]").press_sequentially("x" * 105, delay=0)
    assert page.locator("input[name=q]").input_value() == "x" * 100
    page.goto(town + "/tablettes")
    page.get_by_text("Colonnes").first.click()
    boxes = page.locator("input[name=col]")
    for box in boxes.all():
        if box.is_checked():
            box.click()
    assert page.locator("input[name=col]:checked").count() == 1
    page.wait_for_load_state("networkidle")
    assert page.url.count("col=") == 1, "and what is ticked is what is shown"
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(town + "/tablettes")
    page.locator(".list thead").get_by_text("N° de série").click()
    assert "tri=serie" in page.url and page.locator(".list thead a").first.is_visible()
    assert complaints == []


def test_the_keyboard_alone_reaches_the_content_and_the_menu(chromium: Any, town: str) -> None:
    page, _ = enter(chromium, town, "comite", viewport={"width": 1280, "height": 900})
    page.goto(f"{town}/tableau")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Aller au contenu"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "contenu"


def test_the_slider_goes_through_the_autumn_by_keyboard_with_and_without_script(chromium: Any, town: str) -> None:
    for script in (True, False):
        page, complaints = enter(chromium, town, "comite", viewport={"width": 390, "height": 800}, java_script_enabled=script)
        page.goto(f"{town}/tableau")
        assert page.inner_text("#jour-dit").replace("\xa0", " ") == "dimanche 31 décembre 2017"
        page.focus("#jour")
        page.keyboard.press("Home")
        for _ in range(31):
            page.keyboard.press("ArrowRight")
        if script:
            assert page.inner_text("#jour-dit") == page.get_attribute("#jour", "aria-valuetext") == "mercredi 1er novembre 2017"
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert page.url == f"{town}/tableau?as_of=2017-11-01"
        assert "État au 01/11/2017" in page.inner_text(".banner-past")
        assert page.input_value("#jour") == "31"
        page.click(".banner-past a")
        assert page.url == f"{town}/tableau"
        assert complaints == []


def test_pages_work_without_script(chromium: Any, town: str) -> None:
    page, _ = enter(chromium, town, "technicien", viewport={"width": 390, "height": 800}, java_script_enabled=False)
    page.goto(f"{town}/tablettes/11")
    page.fill("#champ-note", "batterie")
    page.click("button[value=broken]")
    assert "en panne" in page.inner_text("main")


def test_a_phone_is_set_as_second_factor_then_asked_for(chromium: Any, autumn: Path, tmp_path: Path) -> None:
    moment = read_moment(AS_OF, "AS_OF")
    with served(create_app(read({"CARTABLE_DATABASE": f"sqlite:///{copied(autumn, tmp_path)}/cartable.db"}), clock=lambda: moment)) as town:
        page, complaints = enter(chromium, town, "academie", viewport={"width": 390, "height": 800})
        page.goto(f"{town}/compte/second-facteur")
        page.fill("#password", PASSWORD)
        page.click("main button")
        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        phone = pyotp.TOTP(page.inner_text("main p code"))
        page.fill("#code", phone.at(moment))
        page.click("main button")
        assert violations(page) == []
        codes = page.locator("main li code").all_inner_texts()
        page.context.clear_cookies()
        page.goto(f"{town}/connexion")
        page.fill("#login", "academie")
        page.fill("#password", PASSWORD)
        page.click("main button")
        assert violations(page) == []
        page.fill("#code", codes[0])
        page.click("main button")
        page.wait_for_url(f"{town}/")
        assert complaints == []
