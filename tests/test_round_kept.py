"""What a phone keeps of a round, and what it does not: unsent acts through anything, the day's work for its person and its day only."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from phones import listened, phone, prepare, sign_in, unsent
from playwright.sync_api import expect
from test_browser import violations
from test_round import NIGHT, chromium_driver, pytestmark, town

from deploy.field.actions.receive import receive_file
from deploy.field.acts_file import parse
from deploy.handover.queries import latest
from deploy.models import FieldAct
from inventory.db import database
from inventory.scope import EVERYWHERE

__all__ = ["chromium_driver", "pytestmark", "town"]
FULL = "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('', 'QuotaExceededError'); }; }"
LEFT_ALONE = """(since) => new Promise((resolve) => { const request = indexedDB.open("cartable-tournee"); request.onsuccess = () => {
  const writing = request.result.transaction("state", "readwrite");
  writing.objectStore("state").put(new Date().getTime() - since, "used");
  writing.oncomplete = () => { request.result.close(); resolve(); }; }; })"""
KEYS = """() => new Promise((resolve) => { const request = indexedDB.open("cartable-tournee"); request.onsuccess = () => {
  const asked = request.result.transaction("state").objectStore("state").getAllKeys();
  asked.onsuccess = () => { request.result.close(); resolve(asked.result); }; }; })"""


def test_unsent_acts_survive_sign_out_and_a_lost_session_and_are_exported(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with phone(chromium_driver, tmp_path / "profile") as context:
        page = context.pages[0]
        page.on("dialog", lambda dialog: dialog.accept())
        sign_in(page, town)
        prepare(page)
        context.set_offline(True)
        page.goto(f"{town}/tournee/#tablette/1")
        page.get_by_role("button", name=re.compile("Essai fait")).focus()
        page.keyboard.press("Space")
        unsent(page, 1)
        expect(page.get_by_role("button", name=re.compile("Essai fait"))).to_be_focused()
        page.get_by_text("Changer d'étape").click()
        page.get_by_role("button", name="en panne").click()
        expect(page.get_by_role("alert")).to_contain_text("Écrire d'abord le motif")
        page.goto(f"{town}/tournee/#envoi")
        with page.expect_download() as download:
            page.get_by_role("button", name="Exporter mes saisies").click()
        exported = Path(download.value.path()).read_bytes()
        assert [act["payload"]["items"] for act in json.loads(exported)["acts"]] == [["tested"]]
        context.route("**/tournee/actes", lambda route: route.abort())
        context.set_offline(False)
        page.get_by_role("button", name="Se déconnecter").click()
        expect(page.get_by_text("Déconnecté : la tournée a quitté ce téléphone")).to_be_visible()
        assert {key.partition(":")[0] for key in page.evaluate(KEYS)} == {"person", "phone", "used"}, "nothing of the day is left"
        unsent(page, 1)
        context.unroute("**/tournee/actes")
        with database.connection_context():
            assert [answer.state.value for answer in receive_file(parse(exported, "saisies.json"), NIGHT)] == ["applied"]
        sign_in(page, town)
        unsent(page, 0)
        with database.connection_context():
            assert FieldAct.select().count() == 1, "by the file, then by the phone: once"
        prepare(page)
        context.clear_cookies()
        page.reload()
        expect(page.get_by_text("La session est terminée")).to_be_visible()
        assert {key.partition(":")[0] for key in page.evaluate(KEYS)} <= {"missing", "phone", "schools", "used"}, "nor when its session ended"


def test_a_phone_without_room_says_so_and_one_left_alone_shows_nothing(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with phone(chromium_driver, tmp_path / "profile") as context:
        page = context.pages[0]
        sign_in(page, town)
        prepare(page)
        context.set_offline(True)
        page.goto(f"{town}/tournee/#tablette/1")
        page.evaluate(FULL)
        page.get_by_role("button", name=re.compile("Essai fait")).click()
        expect(page.get_by_role("alert")).to_contain_text("n'a plus de place : rien n'a été enregistré")
        unsent(page, 0)
        page.add_init_script("navigator.storage.estimate = async () => ({ usage: 90, quota: 100 })")
        page.reload()
        expect(page.get_by_role("alert")).to_contain_text("n'a presque plus de place")
        page.evaluate(LEFT_ALONE, 13 * 3600 * 1000)
        page.reload()
        expect(page.get_by_text("Douze heures sans un geste")).to_be_visible()
        assert {key.partition(":")[0] for key in page.evaluate(KEYS)} <= {"missing", "phone", "schools", "used"}


def signed_with_a_finger(page: Any) -> None:
    glass = page.locator("canvas")
    glass.scroll_into_view_if_needed()
    box = glass.bounding_box()
    page.mouse.move(box["x"] + 20, box["y"] + 40)
    page.mouse.down()
    for step in range(12):
        page.mouse.move(box["x"] + 20 + step * 20, box["y"] + 40 + (step % 3) * 15)
    page.mouse.up()


def test_a_headmistress_signs_on_the_glass_without_network_and_what_she_saw_is_sealed(chromium_driver: Any, town: str, tmp_path: Path) -> None:
    with phone(chromium_driver, tmp_path / "profile", viewport={"width": 360, "height": 700}) as context:
        page = context.pages[0]
        complaints = listened(page)
        sign_in(page, town)
        prepare(page)
        context.set_offline(True)
        page.get_by_role("link", name=re.compile("AIX-CM02")).click()
        page.get_by_role("link", name="Mise à disposition").click()
        page.get_by_label("Signataire").fill("Nadia Kaci")
        page.get_by_label("Réserves").fill("11 : écran fendu\nil manque un câble")
        page.get_by_role("button", name="Signer et sceller").click()
        expect(page.get_by_role("alert")).to_contain_text("La signature manque")
        signed_with_a_finger(page)
        assert violations(page) == [] and page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        page.get_by_role("button", name="Signer et sceller").click()
        expect(page.get_by_text("Le procès-verbal est signé.")).to_be_visible()
        unsent(page, 1)
        page.reload()
        expect(page.get_by_text("Le procès-verbal est signé.")).to_be_visible()
        expect(page.locator("#compte")).to_contain_text("sans réseau")
        context.set_offline(False)  # the browser thought itself online all along: no event tells this
        unsent(page, 0)
        assert [one for one in complaints if "ERR_INTERNET_DISCONNECTED" not in one] == []
    with database.connection_context():
        (kept,) = latest(EVERYWHERE)
        assert kept.intact and not kept.changed and kept.signature is not None and kept.signature.signer == "Nadia Kaci"
        assert [(one.slot, one.words) for one in kept.record.reservations] == [(11, "écran fendu"), (0, "il manque un câble")]
        assert (len(kept.record.places), kept.record.day, kept.record.prepared_by) == (14, "lundi 8 janvier 2018", "Malik Roux, technicien")
