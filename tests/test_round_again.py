"""A phone on a network that carries nothing tries again by itself, and whoever holds it, or left it, sees nothing of that."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from phones import phone, prepare, sign_in, unsent
from playwright.sync_api import expect
from test_round import chromium_driver, pytestmark, town
from test_round_kept import KEYS, LEFT_ALONE

__all__ = ["chromium_driver", "pytestmark", "town"]
CARRIED = "**/tournee/actes"
INK = """() => { const { width, height } = document.querySelector("canvas"), dots = document.querySelector("canvas").getContext("2d").getImageData(0, 0, width, height).data;
  return dots.filter((value, place) => place % 4 === 0 && value < 128).length; }"""


@contextmanager
def one_unsent(chromium_driver: Any, town: str, tmp_path: Path) -> Iterator[tuple[Any, Any, list[str]]]:
    """A phone whose one act cannot leave, the page that it shows, and what it tried to send."""
    tried = list[str]()
    with phone(chromium_driver, tmp_path / "profile") as context:
        page = context.pages[0]
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page, town)
        prepare(page)
        context.route(CARRIED, lambda route: (tried.append(route.request.url), route.abort()))
        page.goto(f"{town}/tournee/#tablette/1")
        page.get_by_role("button", name=re.compile("Essai fait")).click()
        unsent(page, 1)
        yield context, page, tried


def until(page: Any, tried: list[str], count: int) -> None:
    while len(tried) < count:
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)


def test_a_signature_and_a_word_being_written_are_left_alone_until_the_network_carries(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with one_unsent(chromium_driver, town, tmp_path) as (context, page, tried):
        page.goto(f"{town}/tournee/#valise/2")
        page.get_by_role("link", name="Mise à disposition").click()
        glass = page.locator("canvas")
        glass.scroll_into_view_if_needed()
        box = glass.bounding_box()

        def stroke(far: int) -> int:
            page.mouse.move(box["x"] + 20 + far, box["y"] + 40 + far % 3)
            return int(page.evaluate(INK))

        page.mouse.move(box["x"] + 20, box["y"] + 40)
        page.mouse.down()
        before, inks = len(tried), [stroke(10)]
        for far in (40, 70):
            until(page, tried, before + far // 30)
            inks.append(stroke(far))
        context.unroute(CARRIED)
        unsent(page, 0)
        inks.append(stroke(110))
        page.mouse.up()
        assert inks == sorted(set(inks)), "each piece of the stroke has left its ink, what failed and what arrived meanwhile notwithstanding"
        context.route(CARRIED, lambda route: (tried.append(route.request.url), route.abort()))


def test_a_word_begun_goes_on_where_it_was(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with one_unsent(chromium_driver, town, tmp_path) as (_, page, tried):
        page.goto(f"{town}/tournee/#valise/2")
        page.get_by_role("link", name="Mise à disposition").click()
        note = page.get_by_label("Réserves")
        note.fill("11 : fendu")
        note.evaluate("one => one.setSelectionRange(0, 0)")
        for count, letter in enumerate("le "):
            until(page, tried, count + 1)
            page.keyboard.type(letter)
        assert note.input_value() == "le 11 : fendu"


def test_who_signed_out_is_told_so_and_a_phone_left_alone_stays_shut(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with one_unsent(chromium_driver, town, tmp_path) as (context, page, tried):
        until(page, tried, 2)
        page.evaluate(LEFT_ALONE, 13 * 3600 * 1000)
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
        page.goto(f"{town}/tournee/#")
        expect(page.get_by_text("Douze heures sans un geste")).to_be_visible()
        context.unroute(CARRIED)
        page.wait_for_timeout(5000)
        expect(page.get_by_text("Douze heures sans un geste")).to_be_visible()
        assert "work" not in page.evaluate(KEYS)
        context.route(CARRIED, lambda route: route.abort())
        page.reload()
        unsent(page, 1)
        page.goto(f"{town}/tournee/#envoi")
        page.get_by_role("button", name="Se déconnecter").click()
        said = page.get_by_text("Déconnecté : la tournée a quitté ce téléphone")
        expect(said).to_be_visible()
        page.wait_for_timeout(3500)
        expect(said).to_be_visible()


def test_what_changes_nothing_says_why_and_the_way_to_the_content_stays_on_its_screen(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with phone(chromium_driver, tmp_path / "profile") as context:
        page = context.pages[0]
        sign_in(page, town)
        prepare(page)
        page.goto(f"{town}/tournee/#tablette/16")
        page.get_by_role("button", name="Garder la note").click()
        expect(page.get_by_role("alert")).to_contain_text("La note est vide")
        page.locator("#note").fill("un mot")
        page.locator(".skip").focus()
        page.keyboard.press("Enter")
        expect(page.locator("#titre")).to_be_focused()
        assert page.url.endswith("#tablette/16") and page.locator("#note").input_value() == "un mot"
        page.goto(f"{town}/tournee/#sauf/2")
        page.get_by_role("button", name="Cocher").click()
        expect(page.get_by_role("alert")).to_contain_text("Rien à cocher")
