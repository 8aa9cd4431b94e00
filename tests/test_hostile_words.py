"""Stored words never run: three hundred hostile strings in every field that people, files and servers fill, every page visited."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

import pytest
from autumn import AS_OF, app_over, copied, proof, signed_in
from hostile_words import RENDERED, WORDS
from test_browser import chromium, enter, served

from config.clock import read_moment
from config.models import JobRun, WebSession
from inventory.actions.records import Hand, change
from inventory.db import Table, database
from inventory.models import (
    Accessory,
    Closing,
    ImportBatch,
    MobileClass,
    Person,
    PurchaseLine,
    Remark,
    School,
    Sighting,
    Tablet,
)
from mdm.models import Connector, SyncRun

__all__ = ["chromium"]
ROOT = Path(__file__).parent.parent
ROOMS = ("inventory", "mdm", "deploy", "config")
RAW = re.compile(r"\|\s*safe\b|Markup\(|autoescape|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|\bnew Function\b")
RAW_ALLOWED = {"config/account.py": 1, "config/templates/ui.html": 1}
JOURNALLED = ((School, ("name", "name_printed", "address", "postcode", "commune", "district")), (MobileClass, ("name",)), (Tablet, ("model",)))
WRITTEN: tuple[tuple[type[Table], tuple[str, ...]], ...] = (
    (Closing, ("reason",)), (Accessory, ("label",)), (PurchaseLine, ("order_reference", "supplier", "model")), (Remark, ("text",)),
    (Sighting, ("number", "model", "os_version", "configuration", "group")), (ImportBatch, ("filename",)), (Connector, ("name", "url", "login")),
    (SyncRun, ("message", "reason")), (Person, ("name",)), (WebSession, ("agent",)), (JobRun, ("outcome",)),
)  # fmt: skip
STRANGERS = (
    "script:not([src^='/static/'], [src^='/tournee/static/'], #phrases[type='application/json']), iframe, object, embed, math, marquee,"
    "audio, video:not([muted][playsinline]), base, link:not([href^='/static/'], [href^='/tournee/static/']),"
    "meta[http-equiv], [onerror], [onload], [onfocus], [ontoggle], [onbegin], [onstart], [onmouseover], [href^='javascript:' i],"
    "[action^='javascript:' i]"
)

LOOKED_AT = """strangers => [
  [...document.querySelectorAll(strangers)].map(one => one.outerHTML.slice(0, 80)), document.body.innerText,
  [...document.querySelectorAll("a[href]")].map(one => one.getAttribute("href")),
]"""


def test_no_template_and_no_script_takes_words_for_markup() -> None:
    """If this fails: let the template escape the words; else say here why that file may not."""
    files = [file for room in ROOMS for kind in ("*.py", "*.html", "*.js") for file in (ROOT / room).rglob(kind)]
    found = {str(file.relative_to(ROOT)): len(RAW.findall(file.read_text(encoding="utf-8"))) for file in files}
    assert {name: count for name, count in found.items() if count} == RAW_ALLOWED
    assert len(files) > 100


def shares(rows: int) -> Iterator[str]:
    """The strings dealt to `rows` rows, every other hand turned over so that none is always behind the same neighbour."""
    hands = min(rows, len(WORDS))
    for row in range(rows):
        hand = WORDS[row % hands :: hands]
        yield " ".join(hand if row % 2 else hand[::-1])


def plant() -> int:
    """Write the strings in every field that is not a number, a date or a key; returns how many fields."""
    moment, planted = read_moment(AS_OF, "AS_OF"), 0
    hand = Hand(Person.get(Person.login == "dsi"), moment)
    for model, columns in JOURNALLED:
        rows = list(model.select())
        for row, words in zip(rows, shares(len(rows)), strict=True):
            change(row, dict.fromkeys(columns, words), hand)
            planted += len(columns)
    for model, columns in WRITTEN:
        rows = list(model.select())
        for row, words in zip(rows, shares(len(rows)), strict=True):
            fresh = {name: f"{row.get_id()} {words}" if model is Connector else words for name in columns}
            model.update(fresh).where(model._meta.primary_key == row.get_id()).execute()
            planted += len(columns)
    seen = list(Sighting.select())
    for number, row in enumerate(seen):
        hand_of_it = WORDS[number :: len(seen)]
        Sighting.update(apps=[[word, word, word] for word in hand_of_it], remarks=list(hand_of_it)).where(Sighting.id == row.id).execute()
    SyncRun.update(refusals=[{"record": word, "reason": word} for word in WORDS]).execute()
    return planted


def visit(page: Any, town: str) -> int:
    """Follow every link from the first page on; returns how many pages were seen.

    A page is loaded again with a question of a name that it was not asked yet, and a thing's past, or a quarter, once for all of its kind."""
    asked: dict[str, set[str]] = {}
    seen, waiting = 0, ["/"]
    while waiting:
        path, _, question = (link := waiting.pop()).partition("?")
        names = {"", *parse_qs(question, keep_blank_values=True)}
        place = re.sub(r"\d+", "0", path) if "as_of" in names else re.sub(r"\d{4}-Q\d", "Q", path)
        if names <= asked.setdefault(place, set()):
            continue
        asked[place] |= names
        seen += 1
        page.goto(town + link)
        strangers, words, links = page.evaluate(LOOKED_AT, STRANGERS)
        assert strangers == [], link
        assert RENDERED not in words, link
        waiting += [one.partition("#")[0] for one in links if one.startswith("/") and not re.search(r"\.(csv|xlsx|ods|pdf|json|toml|txt)\b", one)]
    return seen


@pytest.mark.browser
@pytest.mark.skipif(shutil.which("chromium") is None, reason="chromium is not installed")
def test_three_hundred_strings_in_every_field_run_on_no_page(chromium: Any, autumn: Path, tmp_path: Path) -> None:
    assert len(set(WORDS)) == 300
    app = app_over(copied(autumn, tmp_path))
    with database.connection_context():
        assert plant() > 300
    with served(app) as town:
        page, complaints = enter(chromium, town, "admin", viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        seen = visit(page, town)
        for asked in ("/tablettes?q=", "/tablettes?etape=", "/connexion?next=", "/tableau?as_of=", "/"):
            for first in range(0, len(WORDS), 60):
                page.goto(town + asked + quote(" ".join(WORDS[first : first + 60]), safe=""))
                assert page.evaluate(LOOKED_AT, STRANGERS)[0] == [], asked
    assert [one for one in complaints if "Failed to load resource" not in one] == []
    assert seen > 200


def test_what_a_form_refuses_is_shown_as_words(autumn: Path, tmp_path: Path) -> None:
    with signed_in(app_over(copied(autumn, tmp_path)), "admin") as client:
        token = proof(client, "/tablettes/1")
        for word in WORDS:
            for path, field in (("/tablettes/1/etape", "stage"), ("/trimestres", "period"), ("/donnees-personnelles/1/anonymiser", "login")):
                answer = client.post(path, data={"csrf_token": token, field: word})
                assert answer.status_code in (400, 404, 422), (path, word)
                assert "<" not in word or word not in answer.text
