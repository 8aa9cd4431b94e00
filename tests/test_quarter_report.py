"""The quarter of Aix that the steering committee reads: every figure is recounted from its own rows, and the page comes before its annexes."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from deploy.committee.queries import integration
from deploy.funding.queries import account
from deploy.queries.conventions import convention
from deploy.queries.quarter import export_of
from deploy.reports import behind
from deploy.reports.annexes import MOST_ROWS, annexes
from deploy.reports.behind import Behind, recount
from deploy.reports.json_file import json_bytes
from deploy.reports.pdf_summary import pdf_bytes
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Export, Table
from inventory.journal import When
from inventory.paris import end_of
from inventory.queries.gaps import rows_then
from inventory.scope import EVERYWHERE

AUTUMN = Quarter.parse("T4-2017")
JANUARY = end_of(date(2018, 1, 8))
CONTENT = {
    "classes", "ecoles", "etapes", "tablettes", "mdm", "ecarts", "services", "incidents", "formations", "budget", "depenses", "subvention", "versements",
    "solde", "reunions", "decisions", "constats", "risques", "suite", "evolution", "demandes",
}  # fmt: skip
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not here")


@pytest.fixture(scope="module")
def autumn_told(aix: None) -> Export:
    return export_of(AUTUMN, convention().key, JANUARY, provisional=False)


def rows(told: Export, key: str) -> list[dict[str, object]]:
    table = next(one for one in told.tables if one.key == key)
    return [dict(zip((column.key for column in table.columns), row, strict=True)) for row in table.rows]


def test_it_has_the_whole_content_and_each_figure_is_the_sum_of_rows_that_its_file_gives(autumn_told: Export) -> None:
    assert {table.key for table in autumn_told.tables} == CONTENT
    told = json.loads(json_bytes(autumn_told))
    assert len(told["figures"]) == 15
    for figure in told["figures"]:
        assert recount(behind.read(figure["behind"]), told["tables"][figure["source"]]["rows"]) == behind.Decimal(str(figure["value"])), figure["key"]


def test_its_money_is_that_of_the_account_at_the_end_of_the_quarter(autumn_told: Export) -> None:
    money = account(EVERYWHERE, convention(), When(AUTUMN.end, JANUARY))
    figures = {one.key: one.value for one in autumn_told.summary.figures}
    assert (figures["due"], figures["received"], figures["balance"]) == (money.due.due, money.due.received, money.due.balance)
    assert figures["eligible"] == sum(money.costs.values())


def test_what_is_noted_after_the_quarter_is_not_in_it(aix: None, autumn_told: Export) -> None:
    november = export_of(AUTUMN, convention().key, end_of(date(2017, 11, 15)), provisional=True)
    assert [row["day"] for row in rows(november, "reunions")] == [date(2017, 10, 10)]
    assert [row["invoice"] for row in rows(november, "depenses")] == ["F2017-1184", "F2017-1184"]
    assert {row["due"] for row in rows(november, "subvention")} == {0}
    assert len(rows(autumn_told, "reunions")) == 2


def test_an_unsigned_convention_is_told_among_the_risks_and_the_remarks(autumn_told: Export) -> None:
    assert "Convention" in {row["kind"] for row in rows(autumn_told, "risques")}
    assert any("non signée" in remark for remark in autumn_told.summary.remarks)


@needs_poppler
def test_the_first_page_is_the_summary_and_every_annex_follows_with_the_mention(autumn_told: Export, tmp_path: Path) -> None:
    content = pdf_bytes(autumn_told)
    assert b"pdfuaid" in content, "it says it is PDF/UA"
    (tmp_path / "t.pdf").write_bytes(content)
    pages = subprocess.run(["pdftotext", "-layout", tmp_path / "t.pdf", "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]
    mention = autumn_told.summary.mention
    assert len(pages) > 2 and all(mention in " ".join(page.split()) for page in pages)
    first, after = pages[0], " ".join(pages[1:])
    assert "Solde" in first and "Annexe" not in first
    told = [int(number) for number in re.findall(r"Annexe (\d+)", after)]
    assert told == list(range(1, len(autumn_told.tables) + 1))


def test_an_annex_too_long_to_print_counts_what_it_leaves(autumn_told: Export) -> None:
    tablets = next(one for one in autumn_told.tables if one.key == "tablettes")
    long = replace(tablets, rows=list(tablets.rows) * 10)
    (shown,) = annexes([long])
    assert len(shown["rows"]) == MOST_ROWS
    assert f"{len(long.rows) - MOST_ROWS}\xa0autres lignes" in shown["left"]


def test_a_figure_is_recounted_by_rows_or_by_a_column() -> None:
    told = [{"state": "ouvert", "euros": "2.50"}, {"state": "clos", "euros": "1.00"}, {"state": "ouvert", "euros": None}]
    assert recount(Behind(), told) == 3
    assert recount(Behind("state", ("ouvert",)), told) == 2
    assert recount(Behind("state", ("ouvert",), "euros"), told) == behind.Decimal("2.50")
    assert behind.read(behind.told(Behind("a", ("b",), "c"))) == Behind("a", ("b",), "c")
    assert annexes([Table("nouvelle", "Nouvelle", (), ())])[0]["title"].startswith("Annexe 1")


def test_its_discrepancies_and_those_of_a_visa_are_the_ones_whose_life_their_page_tells(aix: None, autumn_told: Export) -> None:
    stood = [row for row in rows_then(EVERYWHERE, When(AUTUMN.end, JANUARY)) if row.closed is None]
    told = rows(autumn_told, "ecarts")
    assert sorted((row["kind"], row["serial"], row["standing"]) for row in told) == sorted((one.kind.label, one.serial, one.standing.label) for one in stood)
    assert {"numéros de série qui se ressemblent", "dérive de configuration"} <= {row["kind"] for row in told}
    shown = integration(EVERYWHERE, "AIX-CM02", When(AUTUMN.end, JANUARY), JANUARY)[1]
    assert shown.discrepancies == sorted(f"{one.kind.value}:{one.serial}" for one in stood if one.class_code == "AIX-CM02")
