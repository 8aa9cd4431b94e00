"""Samia, of the académie, reads the life of the convention and its final statement."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from autumn import app_over, signed_in
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook


@pytest.fixture(scope="module")
def samia(autumn: Path) -> Iterator[FlaskClient]:
    with signed_in(app_over(autumn), "academie") as client:
        yield client


def test_its_pages_say_that_it_is_not_signed_and_the_statement_is_told_and_printed(samia: FlaskClient) -> None:
    page, statement = samia.get("/convention"), samia.get("/financement/bilan")
    assert page.status_code == statement.status_code == 200
    assert page.text.count("convention non signée") >= 4 and "Convention non signée" in statement.text
    assert all(word in statement.text for word in ("Budget prévu et réalisé", "Solde", "F2017-1184", "pièce manquante"))
    paper = samia.get("/financement/bilan.pdf").data
    assert paper.startswith(b"%PDF") and b"pdfuaid" in paper


def test_its_workbooks_and_its_table_read_back_as_the_same_figures(samia: FlaskClient) -> None:
    files = {kind: samia.get(f"/financement/bilan.{kind}").data for kind in ("ods", "xlsx", "csv")}
    books = {kind: CalamineWorkbook.from_filelike(io.BytesIO(files[kind])) for kind in ("ods", "xlsx")}
    assert all(samia.get(f"/financement/bilan.{kind}").data == content for kind, content in files.items()), "the same statement gives the same bytes"
    ods, xlsx = ({name: [row for row in book.get_sheet_by_name(name).to_python() if any(row)] for name in book.sheet_names} for book in books.values())
    assert list(ods) == ["Synthèse", "Budget prévu et réalisé", "Subvention par classe", "Versements", "Solde", "Ressources pédagogiques", "Pièces justificatives"]
    assert ods == xlsx
    rows = list(csv.DictReader(io.StringIO(files["csv"].decode("utf-8-sig")), delimiter=";"))
    told = {(row["Tableau"], int(row["Ligne"]), row["Colonne"]): row["Montant"].replace(",", ".") for row in rows if row["Montant"]}
    found = {
        (name, number, heads[place]): f"{cell:.2f}"
        for name, (heads, *lines) in list(ods.items())[1:] for number, line in enumerate(lines, 1) for place, cell in enumerate(line) if isinstance(cell, float)
    }  # fmt: skip
    assert told == found and told["Solde", 1, "Montant"] == "3950.00"
    assert {row["Mention (article 9)"] for row in rows} == {"Opération réalisée dans le cadre du Programme d'investissements d'avenir lancé par l'État"}
