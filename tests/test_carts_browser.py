"""On a phone in Chromium: a signature on the glass, and a check of a cart by who has neither an account nor a script."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from autumn import AS_OF, app_over, copied
from test_browser import chromium, enter, served, violations

from config.clock import read_moment
from deploy.handover import actions
from deploy.handover.record import Reservation
from deploy.models import Handover, HandoverSignature
from deploy.rollcall import queries
from inventory.actions import labels
from inventory.actions.records import Hand
from inventory.db import database
from inventory.labels.code import Names
from inventory.models import Event, Label, MobileClass, Person
from inventory.scope import EVERYWHERE

pytestmark = [pytest.mark.browser, pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")]
PHONE = {"viewport": {"width": 390, "height": 844}}
__all__ = ["chromium"]


@pytest.fixture(scope="module")
def round_of_malik(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int, str, str]]:
    """The pages served, a record to sign, the label of a cart and this week's code."""
    app = app_over(copied(autumn, tmp_path_factory.mktemp("round")))
    with database.connection_context():
        cart = MobileClass.get(MobileClass.code == "AIX-CM02")
        hand = Hand(Person.get(Person.login == "technicien"), read_moment(AS_OF, "AS_OF"))
        row = actions.prepare(cart, (Reservation(11, "écran fendu"),), "Hélène Roy", "directrice", hand)
        labels.prepare(cart, [], hand)
        label = Label.get((Label.names == Names.CART.value) & (Label.mobile_class == cart)).code
        code = queries.code_of(EVERYWHERE, cart.school, hand.now)
    with served(app) as address:
        yield address, row.id, label, code


def faults(page: Any) -> list[str]:
    """What axe finds, and how far the page overflows."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [*violations(page), *([f"overflows by {wide}"] if wide > 0 else [])]


def test_a_finger_signs_what_is_shown_and_it_is_sealed(chromium: Any, round_of_malik: tuple[str, int, str, str]) -> None:
    town, number, _, _ = round_of_malik
    page, complaints = enter(chromium, town, "technicien", **PHONE)
    page.goto(f"{town}/pv/{number}")
    page.click("text=Signer et sceller")
    page.wait_for_selector("text=La signature manque")
    page.goto(f"{town}/pv/{number}")
    assert faults(page) == []
    glass = page.locator("canvas")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 60)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 20 + step * 20, box["y"] + 60 + (step % 3) * 15)
    page.mouse.up()
    page.click("text=Signer et sceller")
    page.wait_for_selector("img.signature")
    assert "Scellé intact" in page.content() and faults(page) == []
    assert [one for one in complaints if "422" not in one] == []
    with database.connection_context():
        signature = HandoverSignature.get(HandoverSignature.handover == Handover.get_by_id(number))
        assert bytes(signature.image.content).startswith(b"\x89PNG") and signature.manner == actions.GLASS
    page.context.close()


def test_a_cart_is_checked_without_account_and_without_script(chromium: Any, round_of_malik: tuple[str, int, str, str]) -> None:
    town, _, label, code = round_of_malik
    page = chromium.new_context(java_script_enabled=False, **PHONE).new_page()
    page.goto(f"{town}/e/{label}")
    page.fill("#code-court", code)
    page.click("text=Ouvrir")
    page.click("text=Tout est là")
    page.wait_for_selector("text=C'est noté")
    page.context.close()
    with database.connection_context():
        line = Event.select().where(Event.axis == "check").order_by(Event.position.desc()).first()
        assert (line.value, line.source) == ("complete", "label")
