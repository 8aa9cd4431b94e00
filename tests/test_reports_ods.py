"""The OpenDocument workbook says what the XLSX says, cell by cell, and no text of it is ever a formula."""

import io
import zipfile
from dataclasses import replace
from xml.parsers import expat

from autumn_export import AUTUMN, MENTION, SUMMARY
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from deploy.reports.ods_file import ods_bytes
from deploy.reports.tables import Column, Export, Table
from deploy.reports.xlsx_file import xlsx_bytes


def read(content: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}


def without_empty(sheets: dict[str, list[list[object]]]) -> dict[str, list[list[object]]]:
    """Lines and trailing cells that are empty are told or left out as each format likes."""
    return {name: [row for row in rows if any(cell != "" for cell in row)] for name, rows in sheets.items()}


def with_texts(texts: list[str]) -> Export:
    return replace(AUTUMN, tables=[Table("t", "Textes", (Column("a", "A", "text"),), [(text,) for text in texts])])


def test_it_reads_back_as_the_xlsx_does_sheet_by_sheet_and_cell_by_cell() -> None:
    odt, xlsx = read(ods_bytes(AUTUMN)), read(xlsx_bytes(AUTUMN))
    assert list(odt) == list(xlsx) == ["Synthèse", "Tablettes", "Écoles"]
    assert without_empty(odt) == without_empty(xlsx)


def test_equal_quarters_give_equal_bytes_dated_of_their_issue() -> None:
    content = ods_bytes(AUTUMN)
    assert content == ods_bytes(AUTUMN)
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        first = parts.infolist()[0]
        assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        meta, listed = parts.read("meta.xml").decode(), parts.read("META-INF/manifest.xml").decode()
        assert meta.count(">2018-01-08T08:30:00<") == 2
        assert all(f'full-path="{name}"' in listed for name in parts.namelist() if name not in ("mimetype", "META-INF/manifest.xml"))
        assert listed.count("full-path") == len(parts.namelist()) - 1


def test_the_mention_is_in_its_summary_its_properties_and_at_the_foot_of_its_pages() -> None:
    content = ods_bytes(replace(AUTUMN, summary=replace(SUMMARY, mention="Avenir & École <b>")))
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        told = [parts.read(name).decode() for name in ("content.xml", "meta.xml", "styles.xml")]
    assert all("Avenir &amp; École &lt;b&gt;" in part for part in told)
    assert MENTION not in "".join(told)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=12))
def test_no_text_breaks_the_file_or_becomes_a_formula(texts: list[str]) -> None:
    content = ods_bytes(with_texts(["\ufffe \0 \x1b", *texts, *("=" + text for text in texts), *("http://" + text for text in texts)]))
    found: set[str] = set()
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, given: found.update([tag, *given])
        parser.Parse(parts.read("content.xml"), True)
    assert not {"table:formula", "text:a", "xlink:href"} & found


def test_spaces_lines_and_leading_zeros_come_back_as_they_were_written() -> None:
    texts = ["000123", " deux  espaces ", "une\nautre", "=1+1", "'+33"]
    assert [row[0] for row in read(ods_bytes(with_texts(texts)))["Textes"][1:]] == texts
