"""Samia, of the académie, reads the life of the convention and its final statement."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from autumn import app_over, signed_in
from flask.testing import FlaskClient


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
