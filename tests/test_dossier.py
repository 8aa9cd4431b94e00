"""The dossier of a meeting: one tagged file, the same bytes for ever once the meeting was held, with what changed since the one before."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from autumn import app_over, signed_in
from flask.testing import FlaskClient

from config.clock import read_moment
from deploy.committee.dossier import dossier
from deploy.committee.queries import sittings
from deploy.queries.conventions import convention
from deploy.reports.annexes import widths
from inventory.scope import EVERYWHERE

JANUARY = read_moment("2018-01-08T09:30", "")
needs_poppler = pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler is not here")


@pytest.fixture(scope="module")
def samia(autumn: Path) -> Iterator[FlaskClient]:
    with signed_in(app_over(autumn), "academie") as client:
        yield client


@needs_poppler
def test_it_has_agenda_progress_changes_evidence_annexes_and_the_mention_on_each_page(samia: FlaskClient, tmp_path: Path) -> None:
    page = samia.get("/comites/reunions/2")
    assert "/comites/reunions/2/dossier.pdf" in page.text
    answer = samia.get("/comites/reunions/2/dossier.pdf")
    assert answer.mimetype == "application/pdf" and "dossier-technical-2017-12-14.pdf" in answer.headers["Content-Disposition"]
    assert b"pdfuaid" in answer.data, "it says it is PDF/UA"
    (tmp_path / "d.pdf").write_bytes(answer.data)
    pages = subprocess.run(["pdftotext", "-layout", tmp_path / "d.pdf", "-"], capture_output=True, text=True, check=True).stdout.split("\f")[:-1]
    mention = convention().mention
    assert all(mention in " ".join(one.split()) for one in pages)
    told = " ".join(" ".join(pages).split())
    for words in ("Ordre du jour", "État d'avancement", "Étape des tablettes", "Ce qui a changé", "Intégration dans les écoles", "Visa pour la commune", "Annexe 1", "Solde"):
        assert words in told, words
    assert "jeudi 14 décembre 2017, 09:30" in told


def test_once_held_it_tells_the_hour_of_the_meeting_whenever_it_is_asked(aix: None) -> None:
    told = convention()
    held = next(one for one in sittings(EVERYWHERE, told.key, None) if one.meeting.committee == "technical")
    first = dossier(told, told.committee("technical"), held, JANUARY)
    assert first == dossier(told, told.committee("technical"), held, JANUARY + timedelta(days=200))


def test_the_columns_of_a_table_share_the_page_by_what_they_say() -> None:
    assert widths(["N°", "Description", "Facturé TTC"], [["1", "Raccordement et maintenance du réseau de l'école", "5 761,00 €"]]) == [3, 34, 13]
