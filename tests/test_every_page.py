"""Every page of the demonstration in Chromium: axe finds nothing, nothing moves or overflows, it is light, it prints, plots have tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from autumn import app_over
from test_browser import KEEPERS_PAGES, PAGES, axe_of, chromium, enter, pytestmark, town

__all__ = ["chromium", "pytestmark", "town"]
MORE_PAGES = (
    "/synchronisation?age=old&as_of=2018-01-05", "/aide", "/aide/technician", "/accessibilite", "/?as_of=2017-11-30", "/financement",
    "/financement/factures", "/financement/etat-recapitulatif", "/financement/simulation", "/imports?as_of=2017-11-15", "/comites", "/actes-en-conflit", "/appareils?connu=non",
    "/trimestres/2017-Q4", "/trimestres/2017-Q4/lignes/depenses?chiffre=eligible", "/convention", "/financement/bilan", "/lectures", "/lectures?as_of=2017-11-15&issue=complete", "/planning",
    "/differences?du=2017-10-10&au=2017-12-14", "/commandes", "/rapprochement", "/ecarts", "/ecarts/1", "/tablettes/9/vol",
)  # fmt: skip
KEEPERS_MORE = ("/systeme", "/aide", "/courrier")
OTHER_ROLES = {"technicien": ("/", "/aide"), "comite": ("/",), "ecole": ("/", "/aide", "/tableau")}
OF_COLOURS = ("color-contrast", "link-in-text-block")
"""What may differ between a page in the light and the same one in the dark."""
NO_PAGE = ("/connexion", "/tournee/", "/health/", "/metrics", "/api/", ".json", ".csv", ".pdf")
LIGHTEST = 150_000
UNSEEN = 0.02
"""Columns of a table that a busy machine draws in pieces; a good page shifts by less than 0.1 (Core Web Vitals, CLS)."""
STILL = """[...document.querySelectorAll("*")].filter(one => {
  const style = getComputedStyle(one);
  return style.animationName !== "none" || style.transitionDuration.split(", ").some(time => parseFloat(time) > 0) || style.scrollBehavior === "smooth";
}).map(one => one.outerHTML.slice(0, 80))"""
SHIFTS = """new Promise(done => {
  let sum = 0;
  new PerformanceObserver(list => { for (const one of list.getEntries()) sum += one.value; }).observe({ type: "layout-shift", buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => done(sum)));
})"""
WITHOUT_SCRIPT = """async () => {
  const words = page => page.querySelector("main").textContent.replace(/\\s+/g, " ").trim();
  const sent = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
  return [words(sent) === words(document), sent.querySelector("main h1") !== null];
}"""
PRINTED = """[...document.querySelectorAll("nav, .top, .skip, button, input, select, textarea, .plot summary")]
  .filter(one => one.type !== "hidden" && one.getClientRects().length && one.getBoundingClientRect().width > 1).map(one => one.outerHTML.slice(0, 80))"""
LOST = """[...document.querySelectorAll("main .card, main td, main h2, main li.step, main .slot")]
  .filter(one => !one.getClientRects().length && !one.closest("form:not(:has(.card, .slots)), details, .pager, .slider")).map(one => one.outerHTML.slice(0, 80))"""
ASTRAY = """(() => {
  const ids = [...document.querySelectorAll("[id]")].map(one => one.id);
  const ends = [...document.querySelectorAll("a[href^='#'], [data-tick-all]")].map(one => one.dataset.tickAll ?? one.hash.slice(1));
  return [ids.filter((id, place) => ids.indexOf(id) !== place), ends.filter(end => !ids.includes(end))];
})()"""
CUT = """[...document.querySelectorAll("main table")].filter(one => one.getClientRects().length && one.scrollWidth > one.parentElement.clientWidth + 1).map(one => one.outerHTML.slice(0, 80))"""
PAPER = {"width": 680, "height": 900}
"""The width of A4 between its margins, in pixels of a style sheet."""


def visits() -> list[tuple[str, tuple[str, ...]]]:
    return [("dsi", PAGES + MORE_PAGES), ("admin", KEEPERS_PAGES + KEEPERS_MORE), *OTHER_ROLES.items()]


def test_no_page_is_forgotten(autumn: Path) -> None:
    rules = [rule for rule in app_over(autumn).url_map.iter_rules() if "GET" in (rule.methods or ()) and not rule.arguments]
    pages = {rule.rule for rule in rules if not any(part in rule.rule for part in NO_PAGE)}
    assert pages <= {path.partition("?")[0] for _, paths in visits() for path in paths}


@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_accessible_still_light_whole_without_script_and_prints(chromium: Any, town: str, width: int) -> None:
    """Each page is loaded once a width, then looked at in the light, in the dark and on paper."""
    for login, paths in visits():
        page, complaints = enter(chromium, town, login, viewport={"width": width, "height": 900})
        hosts: set[str] = set()
        page.on("request", lambda request, seen=hosts: seen.add(request.url.split("/")[2]))
        loaded = weights(page)
        for path in paths:
            page.emulate_media(media="screen", color_scheme="light", reduced_motion="no-preference")
            loaded.clear()
            page.goto(town + path)
            assert loaded and all(loaded.values()) and sum(loaded.values()) <= LIGHTEST, (path, loaded)
            assert page.evaluate(SHIFTS) < UNSEEN, path
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
            assert login == "admin" or width < 960 or page.evaluate("document.querySelector('.top').scrollHeight <= innerHeight"), path
            assert page.evaluate(WITHOUT_SCRIPT) == [True, True], path
            assert page.evaluate(ASTRAY) == [[], []], path
            assert page.locator(".plot svg").count() == page.locator(".plot details table").count(), path
            page.emulate_media(reduced_motion="reduce")
            assert page.evaluate(STILL) == [], path
            violations = axe_of(page)
            assert violations(()) == [], path
            page.emulate_media(color_scheme="dark")
            assert violations(OF_COLOURS) == [], path
            page.emulate_media(media="print")
            assert page.evaluate(PRINTED) == [], path
            assert page.evaluate(LOST) == [], path
            page.set_viewport_size(PAPER)
            assert page.evaluate(CUT) == [], path
            page.set_viewport_size({"width": width, "height": 900})
        assert [one for one in complaints if "404" not in one] == []
        assert hosts == {town.split("/")[2]}
        page.context.close()


def weights(page: Any) -> dict[str, float]:
    """The bytes on the wire of each answer that the page needs, from here on; what the browser kept weighs what it did when it came,
    which all that the page at hand needs does once more."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    addresses: dict[str, str] = {}
    came: dict[str, float] = {}
    loaded: dict[str, float] = {}

    def finished(told: dict[str, Any]) -> None:
        if (address := addresses.get(told["requestId"], "")).startswith("http"):
            loaded[address] = came[address] = max(came.get(address, 0), told["encodedDataLength"])

    wire.on("Network.requestWillBeSent", lambda told: addresses.update({told["requestId"]: told["request"]["url"]}))
    wire.on("Network.loadingFinished", finished)
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.reload()
    wire.send("Network.setCacheDisabled", {"cacheDisabled": False})
    return loaded
