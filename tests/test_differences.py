"""Claire compares the autumn at two dates, and between two meetings: what the journal told on each, and nothing where nothing changed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from autumn import app_over, signed_in
from flask.testing import FlaskClient

from deploy.committee.integration import told
from deploy.committee.queries import compared
from deploy.committee.wording import in_words
from deploy.queries.board import board
from deploy.queries.conventions import convention
from inventory.db import database
from inventory.journal import When
from inventory.paris import end_of
from inventory.scope import EVERYWHERE

DAYS = [date(2017, 10, 2) + timedelta(days=21 * number) for number in range(5)]
NOW = end_of(date(2018, 1, 8))


def text(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2].partition("</main>")[0]).split())


@pytest.fixture
def house(autumn: Path) -> Iterator[None]:
    app_over(autumn)
    with database.connection_context():
        yield


@pytest.fixture
def claire(autumn: Path) -> Iterator[FlaskClient]:
    with signed_in(app_over(autumn), "dsi") as client:
        yield client


@pytest.mark.parametrize("first", DAYS)
def test_its_numbers_are_those_of_the_board_on_each_day_and_nothing_differs_from_itself(house: None, first: date) -> None:
    last = DAYS[-1]
    then, afterwards = ({one.record.code: one.progress for one in board(EVERYWHERE, When(end_of(day)), NOW)} for day in (first, last))
    for cart in compared(EVERYWHERE, convention().key, When(end_of(first)), When(end_of(last)), NOW):
        counts = {key: (one, two) for key, one, two in cart.counts}
        assert counts["enrolled"] == tuple(told_of[cart.code].enrolled if cart.code in told_of else 0 for told_of in (then, afterwards))
        assert counts["delivered"] == tuple(told_of[cart.code].step("delivery").done if cart.code in told_of else 0 for told_of in (then, afterwards))
        assert cart.before and cart.after
        moved = list(in_words(told(cart.before), told(cart.after)))
        assert bool(moved) == (told(cart.before) != told(cart.after))
        assert [(what, two, one) for what, one, two in moved] == list(in_words(told(cart.after), told(cart.before))), "the way back is the same way"


def test_what_is_noted_later_about_an_earlier_day_is_told_with_what_is_known_now(house: None) -> None:
    key, day = convention().key, When(end_of(DAYS[2]))
    blind = When(end_of(DAYS[2]), datetime(2017, 9, 1, tzinfo=NOW.tzinfo))
    assert [next(two for one, _, two in cart.counts if one == "registered") for cart in compared(EVERYWHERE, key, blind, day, NOW)] == [14, 0]
    assert all(one == 0 for cart in compared(EVERYWHERE, key, blind, day, NOW) for _, one, _ in cart.counts)


def test_between_two_days_the_page_says_what_moved_in_words(claire: FlaskClient) -> None:
    page = text(claire.get("/differences?du=2017-10-10&au=2017-12-14").text)
    for words in ("Subvention due 0,00 € 3 950,00 € 3 950,00 €", "livrées 0 14 +14", "TESTA100009, étape configurée volée", "débit mesuré, en Mbit/s 2,1 24,0", "Comité technique du 14/12/2017"):
        assert words in page.replace("\u00a0", " "), words
    assert not re.search(r"\b(delivered|stolen|compliant|enrolled|sufficient|partly)\b", page), "no stored key on a page"
    assert text(claire.get("/differences?du=2017-12-14&au=2017-12-14").text).count("Rien ne diffère.") == 2


@pytest.mark.parametrize("asked", ["du=2017-12-14&au=2017-10-10", "du=2017-10-10&au=2030-01-01", "du=hier"])
def test_dates_out_of_order_to_come_or_unreadable_are_refused(claire: FlaskClient, asked: str) -> None:
    assert claire.get(f"/differences?{asked}").status_code == 422


def test_luc_compares_his_own_school_without_its_money(autumn: Path) -> None:
    with signed_in(app_over(autumn), "ecole") as luc:
        page = text(luc.get("/differences?du=2017-10-10&au=2017-12-14").text)
    assert "AIX-CM01" in page and "AIX-CM02" not in page and "€" not in page and "Comité" not in page
