"""Article 9: whoever follows every link of the house finds the State's programme named on each page and in each file, PDF, CSV, XLSX, ODS, ICS or text."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from autumn import app_over, copied, signed_in
from flask import Flask
from werkzeug.exceptions import HTTPException

from deploy.actions import quarter as quarters
from deploy.queries.conventions import convention
from deploy.reports.quarter import Quarter
from deploy.schedule import actions as schedule
from inventory.actions.records import Hand
from inventory.db import database
from inventory.models import Person
from inventory.paris import local_date

LINK = re.compile(r'href="([^"#]+)')
EACH = 2
FOR_MACHINES = (".json", ".sha256", ".py", ".zip", ".webmanifest")
"""Files of programs alone: their folder's LISEZMOI names the programme."""
pytestmark = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not here")


@pytest.fixture(scope="module")
def house(autumn: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Flask, str, str]]:
    """The autumn with its quarter issued, the sentence of article 9, and an address of calendar."""
    app = app_over(copied(autumn, tmp_path_factory.mktemp("mention")))
    with database.connection_context():
        dsi = Person.get(Person.login == "dsi")
        now = app.config["CARTABLE"].as_of - timedelta(days=3)
        quarters.issue(Quarter.of(local_date(now)).before(), Hand(dsi, now), strict=True)
        secret = schedule.open_feed(dsi, now)
        mention = convention().mention
    yield app, mention, f"/agenda/{secret}.ics"
    database.close()


def followed(app: Flask, login: str, start: str) -> Iterator[tuple[str, str, bytes]]:
    """Every way that leads on from a page, at most two of each rule and set of questions: its address, its type, its bytes."""
    seen, counted, adapter = {start}, Counter[object](), app.url_map.bind("localhost")
    with signed_in(app, login) as client:
        left = deque([start])
        while left:
            way = left.popleft()
            answer = client.get(way)
            assert answer.status_code in (200, 302, 303), way
            if answer.status_code != 200:
                continue
            yield way, answer.mimetype, answer.data
            for link in map(unescape, LINK.findall(answer.text) if answer.mimetype == "text/html" else ()):
                told = urlsplit(link)
                if told.scheme or told.netloc or not told.path.startswith("/") or link in seen:
                    continue
                seen.add(link)
                try:
                    endpoint, arguments = adapter.match(told.path)
                except HTTPException:
                    continue
                kind = (endpoint, Path(str(arguments.get("name", ""))).suffix, tuple(sorted(re.findall(r"(\w+)=", told.query))))
                counted[kind] += 1
                if counted[kind] <= EACH and endpoint != "static" and not endpoint.endswith(".static"):
                    left.append(link)


def words(way: str, mimetype: str, content: bytes, folder: Path) -> str:
    """What a reader finds written in an answer, spaces made one."""
    name = urlsplit(way).path
    if content.startswith(b"%PDF"):
        (folder / "t.pdf").write_bytes(content)
        told = subprocess.run(["pdftotext", folder / "t.pdf", "-"], capture_output=True, text=True, check=True).stdout
    elif name.endswith((".xlsx", ".ods")):
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            told = " ".join(parts.read(part).decode() for part in parts.namelist() if part.endswith(".xml"))
    else:
        told = content.decode("utf-8-sig").replace("\r\n ", "") if mimetype != "image/svg+xml" else ""
    return " ".join(unescape(told).replace("\\", "").split())


@pytest.mark.parametrize("login", ["dsi", "admin", "technicien"])
def test_every_way_leads_to_a_page_or_a_file_that_names_the_programme(house: tuple[Flask, str, str], login: str, tmp_path: Path) -> None:
    app, mention, _ = house
    kinds, without, plain = Counter[str](), [], " ".join(mention.split())
    for way, mimetype, content in followed(app, login, "/"):
        name = urlsplit(way).path
        of_a_folder = name.startswith("/trimestres/") and name.endswith(".csv")
        without_row = name.endswith(".csv") and len(content.splitlines()) == 1
        if name.endswith(FOR_MACHINES) or of_a_folder or without_row or name.startswith(("/api/", "/tournee/")):
            continue
        kinds[Path(name).suffix or mimetype] += 1
        if plain not in words(way, mimetype, content, tmp_path):
            without.append(way)
    assert without == []
    assert kinds["text/html"] > 25
    if login == "dsi":
        assert {".pdf", ".csv", ".xlsx", ".ods", ".txt"} <= set(kinds), "the folder of the quarter has its LISEZMOI for its tables"


def test_the_calendar_names_the_programme(house: tuple[Flask, str, str], tmp_path: Path) -> None:
    app, mention, way = house
    answer = app.test_client().get(way)
    assert answer.status_code == 200
    assert " ".join(mention.split()) in words(way, answer.mimetype, answer.data, tmp_path)
