"""Claire reads the autumn of 2017 on its page: each figure opens on the rows it is made of, and the rows on the tablets, steps and invoices they tell of."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from html import unescape
from pathlib import Path

import pytest
from autumn import app_over, signed_in
from flask.testing import FlaskClient

from config import clock
from config.demo.run import AS_OF
from deploy.queries.conventions import convention
from deploy.queries.quarter import export_of
from deploy.reports.behind import Behind
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Column
from inventory.db import database

PAGE = "/trimestres/2017-Q4"
LINK = re.compile(r'href="([^"#]+)"')


@pytest.fixture(scope="module")
def claire(autumn: Path) -> Iterator[FlaskClient]:
    with signed_in(app_over(autumn), "dsi") as client:
        yield client


def links(text: str) -> set[str]:
    """Where the main part of a page leads."""
    return {unescape(one) for one in LINK.findall(text.partition("<main")[2].partition("</main>")[0])}


def test_each_figure_opens_on_its_rows_and_they_on_what_they_tell_of(claire: FlaskClient) -> None:
    page = claire.get(PAGE).text
    assert "Provisoire" in page
    figures = sorted(way for way in links(page) if "chiffre=" in way)
    assert len(figures) == 15
    told = [claire.get(way) for way in figures]
    assert {one.status_code for one in told} == {200}
    onward: set[str] = set().union(*(links(one.text) for one in told))
    kinds = {way.split("?")[0].rstrip("0123456789-ABCDEFGHIJKLMNOPQRSTUVWXYZ") for way in onward}
    assert {"/tablettes/", "/classes/", "/financement/factures/"} <= kinds
    assert any("/pas/delivery?as_of=2017-12-31" in way for way in onward), "the steps of that day"
    one_each = {way.split("/")[1]: way for way in sorted(onward)}
    assert {way: claire.get(way).status_code for way in one_each.values()} == dict.fromkeys(one_each.values(), 200)


def test_a_figure_shows_only_the_rows_that_it_counts(claire: FlaskClient) -> None:
    counted = claire.get(f"{PAGE}/lignes/tablettes?chiffre=enrolled").text
    assert counted.count("<tr>") - 1 == 26
    assert claire.get(f"{PAGE}/lignes/tablettes").text.count("<tr>") - 1 == 28


def test_the_rows_that_each_figure_opens_are_its_count_or_its_sum(claire: FlaskClient) -> None:
    """Read on the page alone: the figure it bears, the lines it shows, the column that it adds up."""
    told = {one.key: one for one in exported()}
    for way in sorted(way for way in links(claire.get(PAGE).text) if "chiffre=" in way):
        page, figure = claire.get(way).text, told[way.partition("chiffre=")[2]]
        head, *lines = re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL) or [""]
        shown = re.search(r'class="lead" lang="fr">[^<]*<strong>([^<]*)</strong>', page)
        assert shown and number(shown[1]) == Decimal(figure.value), way
        total = figure.behind.total if figure.behind else ""
        if not total:
            assert len(lines) == Decimal(figure.value), way
            continue
        label = next(column.label for column in figure.columns if column.key == total)
        place = [words(cell) for cell in re.findall(r"<th[^>]*>(.*?)</th>", head, re.DOTALL)].index(label)
        assert sum(number(words(re.findall(r"<t[dh][^>]*>(.*?)</t[dh]>", line, re.DOTALL)[place])) for line in lines) == Decimal(figure.value), way


@dataclass(frozen=True, slots=True)
class Told:
    key: str
    value: object
    behind: Behind | None
    columns: tuple[Column, ...]


def exported() -> list[Told]:
    """The figures of the quarter that the page shows, each with the columns of its table."""
    with database.connection_context():
        export = export_of(Quarter.parse("2017-Q4"), convention().key, clock.read_moment(AS_OF, "as_of"), provisional=True)
    columns = {table.key: tuple(table.columns) for table in export.tables}
    return [Told(one.key, str(one.value), one.behind, columns[one.source]) for one in export.summary.figures]


def words(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def number(text: str) -> Decimal:
    plain = re.sub(r"[\s€]", "", text).replace(",", ".").replace("−", "-")
    return Decimal(0) if plain in ("—", "") else Decimal(plain)


def test_a_quarter_before_the_convention_or_to_come_and_an_unknown_table_are_not_there(claire: FlaskClient) -> None:
    for way in ("/trimestres/2017-Q2", "/trimestres/2018-Q2", f"{PAGE}/lignes/autre", "/trimestres/2017-Q2/lignes/tablettes"):
        assert claire.get(way).status_code == 404, way


def test_as_of_a_day_the_page_tells_what_was_known_that_day(claire: FlaskClient) -> None:
    november = claire.get(f"{PAGE}/lignes/reunions?as_of=2017-11-15").text
    assert "Comité de pilotage" in november and "Comité technique" not in november


def test_luc_who_sees_one_school_sees_no_quarter(autumn: Path) -> None:
    with signed_in(app_over(autumn), "ecole") as luc:
        assert luc.get(PAGE).status_code == luc.get(f"{PAGE}/lignes/tablettes").status_code == 404
