"""A page of a past evening is the page of a journal that was told no further: what happened later changes not one letter of it."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from datetime import date
from html import unescape
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from autumn import LIGHT, app_over, settings_at, signed_in
from flask import Flask
from werkzeug.exceptions import HTTPException

from config import passwords
from config.demo.build import build
from inventory.paris import end_of

LINK = re.compile(r'href="([^"#]+)')
EACH = 2
EVENINGS = (date(2017, 11, 28),)
"""An evening whose words were all noted by then: a bill of 30 November that is noted in December is shown in November, as what is known now."""
ROOTS = ("/", "/tableau", "/ecoles", "/classes", "/tablettes", "/appareils", "/ecarts", "/rapprochement", "/comites", "/financement", "/convention", "/trimestres", "/planning", "/incidents", "/pv", "/pointages", "/constats", "/synchronisation", "/lectures")
ALIKE = re.compile(r'<input type="hidden" name="csrf_token"[^>]*>|(?<=127\.0\.0\.1):[0-9]+|(?<=/2017) à [0-9]{2}:[0-9]{2}(?=\s*</dd>)|vue il y a (?:[0-9]+\sh|moins d&#39;une heure) de classe')
"""What differs by nature: a proof of form, the port of the simulated server, the hour of a contact, of which the past keeps the day."""


@pytest.fixture(params=EVENINGS, ids=str)
def evening(request: pytest.FixtureRequest) -> date:
    day: date = request.param
    return day


def ways(app: Flask, login: str, day: date) -> Iterator[tuple[str, str]]:
    """Every page of an evening, followed by its links as far as they stay in it: at most two of each rule and set of questions."""
    adapter, counted = app.url_map.bind("localhost"), Counter[object]()
    left = deque(f"{root}?as_of={day}" for root in ROOTS)
    seen = set(left)
    with signed_in(app, login) as client:
        while left:
            way = left.popleft()
            answer = client.get(way)
            if answer.status_code != 200:
                yield way, str(answer.status_code)
                continue
            yield way, main(answer.text) if answer.mimetype == "text/html" else answer.mimetype
            for link in map(unescape, LINK.findall(answer.text) if answer.mimetype == "text/html" else ()):
                told = urlsplit(link)
                if told.netloc or f"as_of={day}" not in told.query or link in seen:
                    continue
                seen.add(link)
                try:
                    endpoint, _ = adapter.match(told.path)
                except HTTPException:
                    continue
                kind = (endpoint, tuple(sorted(re.findall(r"(\w+)=", told.query))))
                counted[kind] += 1
                if counted[kind] <= EACH and endpoint != "lists.export" and told.path not in OF_THE_READER:
                    left.append(link)


OF_THE_READER = ("/compte", "/donnees-personnelles")


def main(page: str) -> str:
    return ALIKE.sub("", page.partition("<main")[2].partition("</main>")[0])


def test_what_came_later_changes_no_letter_of_any_page_of_that_evening(autumn: Path, evening: date, tmp_path: Path) -> None:
    passwords.use(LIGHT)
    build(settings_at(tmp_path), lambda done, total: None, until=end_of(evening))
    then = dict(ways(app_over(tmp_path), "dsi", evening))
    now = {}
    with signed_in(app_over(autumn), "dsi") as client:
        for way in then:
            answer = client.get(way)
            now[way] = str(answer.status_code) if answer.status_code != 200 else main(answer.text) if answer.mimetype == "text/html" else answer.mimetype
    assert len(then) > 40
    assert [way for way in then if then[way] != now[way]] == []
