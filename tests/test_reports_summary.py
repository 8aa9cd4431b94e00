"""One A4 page that a committee reads: its figures, its plot, the mention of article 9, and nothing cut off in silence."""

import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from autumn_export import AUTUMN, MENTION, PLOT, SUMMARY

from deploy.reports.pdf_summary import pdf_bytes
from deploy.reports.tables import Summary

needs_poppler = pytest.mark.skipif(
    not (shutil.which("pdftotext") and shutil.which("pdfinfo")), reason="poppler is not here"
)
REMARKS = tuple(f"AIX-CM{number:02} (école n° {number}) : faite." for number in range(1, 61))


def page(summary: Summary) -> bytes:
    return pdf_bytes(replace(AUTUMN, summary=summary, tables=()))


def pages(content: bytes) -> int:
    """`/Type /Page` objects, which typst leaves out of its compressed streams."""
    return len(re.findall(rb"/Type\s*/Page\b", content))


def text_of(content: bytes, tmp_path: Path) -> str:
    path = tmp_path / "synthese.pdf"
    path.write_bytes(content)
    told = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True, check=True).stdout
    return " ".join(told.split())


def info_of(content: bytes, tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "synthese.pdf"
    path.write_bytes(content)
    told = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    return {key: value.strip() for key, _, value in (line.partition(":") for line in told.splitlines())}


@needs_poppler
def test_the_page_says_the_figures_the_dates_and_the_mention(tmp_path: Path) -> None:
    told = text_of(pdf_bytes(AUTUMN), tmp_path)
    assert MENTION in told
    for words in (
        "4e trimestre 2017",
        "1 054",
        "sur 1056 attendues",
        "285,71",
        "dimanche 31 décembre 2017",
        "08/01/2018 à 09:30",
    ):
        assert words in told
    assert "Tablettes livrées & attendues" in told
    assert "octobre" in told
    assert all(remark in told for remark in SUMMARY.remarks)
    assert "ligne 12 345" in told and "5e" * 32 in told
    assert "PROVISOIRE" not in told


@needs_poppler
def test_the_file_is_one_tagged_a4_page_dated_of_its_issue(tmp_path: Path) -> None:
    info = info_of(page(SUMMARY), tmp_path)
    assert (info["Pages"], info["Tagged"]) == ("1", "yes")
    assert "A4" in info["Page size"]
    assert info["Title"] == "État d'avancement trimestriel, 4e trimestre 2017"
    assert info["CreationDate"].startswith("Mon Jan  8") and "2018" in info["CreationDate"]


@needs_poppler
def test_a_quarter_under_way_tells_its_last_known_day_and_is_provisional(tmp_path: Path) -> None:
    november = SUMMARY.issued.replace(year=2017, month=11, day=15)
    told = text_of(page(replace(SUMMARY, issued=november, known=november, provisional=True)), tmp_path)
    assert "PROVISOIRE" in told and "mercredi 15 novembre 2017" in told


@needs_poppler
def test_sixty_classes_stay_on_one_page_and_the_rest_is_counted(tmp_path: Path) -> None:
    content = page(replace(SUMMARY, remarks=REMARKS))
    told = text_of(content, tmp_path)
    shown = sum(remark in told for remark in REMARKS)
    assert pages(content) == 1
    assert 5 < shown < 60
    assert f"et {60 - shown} autres dans trimestre.xlsx" in told


@pytest.mark.parametrize(
    "summary",
    [
        replace(SUMMARY, plot_svg=None, remarks=(), figures=()),
        replace(
            SUMMARY,
            figures=(*SUMMARY.figures, *SUMMARY.figures, *SUMMARY.figures),
            convention="Convention " * 90,
            mention=MENTION * 3,
            remarks=REMARKS,
        ),
        replace(SUMMARY, plot_svg=PLOT.replace("700 240", "700 1900"), remarks=REMARKS),
    ],
    ids=["bare", "crowded", "tall plot"],
)
def test_the_summary_is_always_one_page(summary: Summary) -> None:
    assert pages(page(summary)) == 1


@pytest.mark.parametrize("remark", ["#panic() *gras* $x$ \\ <a> @b `c`", "École 🎒 日本", "\x00\x1b\ufffe\u202e\u200b"])
def test_no_name_breaks_the_page(remark: str) -> None:
    assert pages(page(replace(SUMMARY, remarks=(remark,)))) == 1


@needs_poppler
def test_markup_in_a_name_is_only_text(tmp_path: Path) -> None:
    assert "#panic() *gras* $x$" in text_of(page(replace(SUMMARY, remarks=("#panic() *gras* $x$",))), tmp_path)
