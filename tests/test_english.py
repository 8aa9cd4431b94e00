"""English by choice: no page keeps a French sentence, and what is stored or exported never changes."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from autumn import app_over, copied, proof, signed_in
from flask import Flask
from flask.testing import FlaskClient
from shown import Shown

from config.demo.people import PASSWORD
from config.models import TABLES as CONFIG_TABLES
from deploy.models import TABLES as DEPLOY_TABLES
from deploy.models import QuarterFile
from inventory.db import database
from inventory.models import TABLES as INVENTORY_TABLES
from inventory.models import Event
from mdm.models import TABLES as MDM_TABLES

FRENCH = re.compile(
    r"[àâçèéêëîïôùûœ«»]|(?<![\w'’-])(?:au|aucune?|aux|avec|ce|chaque|classes?|dans|de|depuis|des|du|elle|en|est|et|il|jamais|jours?|la|le|les|leur"
    r"|ne|ni|ou|par|pas|pour|que|qui|sans|sont|sur|tablettes?|tous|toutes?|une?|vers|école)(?![\w'’-])",
    re.IGNORECASE,
)
IN_ENGLISH_TOO = re.compile(r"\(académie\)|\(collège\)|département|école|élémentaire|Défenseur des droits|Libre réponse")
"""What has no English: kinds of French school and authority, beside their explanation or as a document says them."""


@pytest.fixture
def house(autumn: Path) -> Flask:
    return app_over(autumn)


FAULTY = ("/nulle-part", "/tableau?as_of=hier", "/classes?tri=couleur", "/ecoles?suite=zut")
FIRST = ("/", "/tableau?as_of=2017-11-15", "/classes/AIX-CM02/pas/enrolment", "/tablettes?etape=stolen", "/tablettes?q=rien", *FAULTY)


def choose(client: FlaskClient, language: str, **others: str) -> None:
    assert client.post("/langue", data={"language": language, **others}).status_code == 303


@contextmanager
def reading(house: Flask, language: str, login: str) -> Iterator[FlaskClient]:
    """A browser of this person that was given a language before the door: the account keeps none."""
    with house.test_client() as client:
        choose(client, language)
        assert client.post("/connexion", data={"login": login, "password": PASSWORD}).status_code == 303
        yield client


def links(text: str) -> set[str]:
    return {found.replace("&amp;", "&").partition("#")[0] for found in re.findall(r'href="(/[^"]*)"', text)} - {""}


def visited(house: Flask, client: FlaskClient, first: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Two pages at most of each endpoint that links lead to, from some first ones on."""
    waiting, seen, adapter = list(first), set[str](), house.url_map.bind("localhost")
    count: dict[str, int] = {}
    while waiting:
        url = waiting.pop(0)
        if url in seen or "." in url.partition("?")[0]:  # a file
            continue
        seen.add(url)
        endpoint = adapter.match(url.partition("?")[0])[0] if url not in FAULTY else url
        if count.get(endpoint, 0) < 2:
            count[endpoint] = count.get(endpoint, 0) + 1
            answer = client.get(url)
            if answer.mimetype == "text/html":
                yield url, answer.text
                waiting += sorted(links(answer.text))


def data() -> list[str]:
    """Every text that the database keeps, the longest first: names, notes, what servers said, what the convention prints."""
    found: set[str] = set()
    for table in (*INVENTORY_TABLES, *MDM_TABLES, *DEPLOY_TABLES, *CONFIG_TABLES):
        for row in table.select().tuples().iterator():
            for value in row:
                found |= set(_texts(value))
    return sorted((text for text in found if len(text) > 3), key=len, reverse=True)


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, str):
        yield value
        yield from value.split("\n")
        yield from re.findall(r'"((?:[^"\\]|\\.)+)"', value) if "\n" in value else ()


def test_no_page_in_english_keeps_a_french_word(house: Flask) -> None:
    left: dict[str, list[str]] = {}
    with database.connection_context():
        kept = data()
    pages = 0
    for login in ("admin", "dsi", "comite"):
        with reading(house, "en", login) as client:
            for url, text in visited(house, client, FIRST):
                pages += 1
                assert '<html lang="en">' in text, url
                words = [shown for shown in Shown(text).found if _french(shown, kept)]
                if words:
                    left[url] = words
    assert pages > 40 and left == {}, "\n".join(f"{url}: {words}" for url, words in left.items())


def _french(text: str, kept: Iterable[str]) -> bool:
    if not FRENCH.search(text):
        return False
    for known in kept:
        text = text.replace(known, "")
    return bool(FRENCH.search(IN_ENGLISH_TOO.sub("", text)))


def test_french_by_default_english_by_choice_before_and_after_the_door(autumn: Path, tmp_path: Path) -> None:
    house = app_over(copied(autumn, tmp_path))
    browser = house.test_client()
    english = {"Accept-Language": "en-GB,en;q=0.9"}
    assert '<html lang="fr">' in browser.get("/connexion", headers=english).text, "a browser is not believed"
    choose(browser, "en", next="/connexion")
    page = browser.get("/connexion").text
    assert '<html lang="en">' in page and "Password" in page and "Mot de passe" not in page
    with signed_in(house, "dsi") as client:
        assert "Tableau de bord" in client.get("/").text
        choose(client, "en", next="//ailleurs.example/")
        assert "Dashboard" in client.get("/").text
    with signed_in(house, "dsi") as elsewhere:
        assert "Dashboard" in elsewhere.get("/").text, "the account keeps it"
        choose(elsewhere, "klingon")
        assert "Tableau de bord" in elsewhere.get("/").text
    assert browser.post("/langue", data={"language": "en", "next": "//ailleurs.example/"}).location == "/"
    assert browser.post("/langue", data={"language": "en"}, headers={"Origin": "https://ailleurs.example"}).status_code == 403


EXPORTS = (
    "/listes/tablettes.csv?etape=delivered&col=nom&col=etape&col=mdm&col=contact", "/listes/ecoles.xlsx", "/listes/tablettes.xlsx?as_of=2017-11-15",
    "/financement/etat-recapitulatif.csv", "/donnees-personnelles/export.json",
)  # fmt: skip


def test_a_file_asked_in_english_has_the_same_bytes(house: Flask) -> None:
    told: dict[str, list[bytes]] = {}
    with signed_in(house, "dsi") as client:
        for language in ("fr", "en"):
            client.set_cookie("cartable_language", language)
            answers = [client.get(url, buffered=True) for url in EXPORTS]
            assert [one.status_code for one in answers] == [200] * len(EXPORTS)
            told[language] = [_content(one.data) for one in answers]
            assert f'<html lang="{language}">' in client.get("/").text
    assert told["en"] == told["fr"]


def _content(file: bytes) -> bytes:
    """The parts of a workbook but the one that holds the moment it was made; another file as it is."""
    if not file.startswith(b"PK"):
        return file
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return b"".join(archive.read(name) for name in sorted(archive.namelist()) if name != "docProps/core.xml")


FORMS = (
    ("/trimestres", {"period": "2017-Q3"}),
    ("/tablettes/5/etape", {"stage": "broken", "note": "écran fendu"}), ("/tablettes/7/coches", {"item": "charged"}),
    ("/classes/AIX-CM02/pas", {"step": "storage", "note": "essai du 15"}), ("/ecoles/0132397K/debit", {"value": "sufficient", "mbps": "30,5"}),
    ("/ecoles/0132397K/conseil", {"day": "2017-11-10"}),
    ("/classes/AIX-CM02/reglages", {"name": "Valise 2", "expected": "14", "slots": "16"}),
)  # fmt: skip


def test_what_is_said_in_english_is_written_as_if_it_were_said_in_french(autumn: Path, tmp_path: Path) -> None:
    written = {}
    for language in ("fr", "en"):
        house = app_over(copied(autumn, tmp_path / language))
        with signed_in(house, "dsi") as client:
            choose(client, language)
            before = {"csrf_token": proof(client, "/tablettes/5")}
            answers = [client.post(url, data={**form, **before}).status_code for url, form in FORMS]
        with database.connection_context():
            lines = [(one.axis, one.value, one.detail, one.source, one.at) for one in Event.select().order_by(Event.position)]
            files = [bytes(one.content) for one in QuarterFile.select().order_by(QuarterFile.name)]
        written[language] = (answers, lines, files)
    assert written["fr"][0] == [302] * len(FORMS)
    for french, english in zip(written["fr"][1], written["en"][1], strict=True):
        assert english == french
    assert written["en"] == written["fr"]
