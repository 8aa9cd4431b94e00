"""Whatever a supplier or an academy sends is read the same, or refused at once with a remedy: no file brings the server down."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from inventory import spreadsheets
from inventory.errors import Refused
from inventory.queries.workbooks import ZIP, read
from inventory.spreadsheets import Sheet

ALIASES = {
    "serial": ("N° de série", "Serial number"),
    "model": ("Modèle", "Désignation", "Model"),
    "price": ("Prix unitaire", "Unit price"),
    "end": ("Fin de garantie", "Warranty end"),
}
HEADER = ["N° de série", "Modèle", "Prix unitaire", "Fin de garantie"]
ROWS = [["TEST00001", "Tablette 10\" d'été ; bleue", "339,90", "02/10/2020"], ["TEST00002", "Tablette, œuvre €", "1 339,90", ""]]
TOLD = [dict(zip(ALIASES, row, strict=True)) for row in ROWS]
SPREADSHEET = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
)


def read_note(content: bytes, required: tuple[str, ...] = ("serial",)) -> Sheet:
    return read(content, "bon", ALIASES, required)


def told(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(row.cells) for row in sheet.rows]


def as_csv(separator: str, encoding: str, newline: str = "\r\n") -> bytes:
    quoted = [['"' + cell.replace('"', '""') + '"' for cell in row] for row in [HEADER, *ROWS]]
    return newline.join(separator.join(row) for row in quoted).encode(encoding)


def as_xlsx(rows: list[list[object]], sheets_before: int = 0) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for _ in range(sheets_before):
            book.add_worksheet().write(0, 0, "Conditions générales de vente")
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, date):
                    sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), day)
                else:
                    sheet.write(number, column, value)
    return out.getvalue()


def as_ods(body: str) -> bytes:
    out = io.BytesIO()
    inside = f'<office:body><office:spreadsheet><table:table table:name="F">{body}</table:table></office:spreadsheet></office:body>'
    entry = f'<m:file-entry m:full-path="/" m:media-type="{SPREADSHEET}"/>'
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", SPREADSHEET)
        manifest = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
        archive.writestr("META-INF/manifest.xml", f'<m:manifest xmlns:m="{manifest}">{entry}</m:manifest>')
        archive.writestr("content.xml", f"<office:document-content {NAMESPACES}>{inside}</office:document-content>")
    return out.getvalue()


def ods_rows(rows: list[list[str]]) -> str:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    return "".join("<table:table-row>" + "".join(map(cell.format, row)) + "</table:table-row>" for row in rows)


@pytest.mark.parametrize("separator", [";", ",", "\t"], ids=["semicolon", "comma", "tab"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("newline", ["\r\n", "\n"], ids=["crlf", "lf"])
def test_every_french_dialect_of_csv_says_the_same(separator: str, encoding: str, newline: str) -> None:
    assert told(read_note(as_csv(separator, encoding, newline))) == TOLD


def test_a_workbook_says_the_same_as_a_csv_whatever_the_type_of_its_cells() -> None:
    rows = [[*HEADER], [*ROWS[0][:2], 339.9, date(2020, 10, 2)], [ROWS[1][0], 10, 1339, ""]]
    first, second = read_note(as_xlsx(rows)).rows
    assert [first.text(field) for field in ("price", "end")] == ["339.9", "2020-10-02"]
    assert [second.text(field) for field in ("model", "price", "end")] == ["10", "1339", ""]


def test_an_open_document_says_the_same_and_its_million_empty_rows_are_nothing() -> None:
    empty = '<table:table-row table:number-rows-repeated="1048573"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    assert told(read_note(as_ods(ods_rows([HEADER, *ROWS]) + empty))) == TOLD


def test_the_digits_that_a_spreadsheet_lost_are_not_made_up() -> None:
    (row,) = read_note(as_xlsx([["N° de série"], [357145080123456789]])).rows
    assert row.text("serial") == "3.571451E+17"


def test_a_title_above_and_blank_rows_leave_the_row_numbers_of_the_spreadsheet() -> None:
    text = 'Bon de livraison n° 12, Fournitures du Sud, Aix\n\nN° de série;Modèle\nTEST00001;"sur\ndeux lignes"\n;\nTEST00002;B\n'
    sheet = read_note(text.encode())
    assert [(row.number, row.text("serial"), row.text("model")) for row in sheet.rows] == [
        (4, "TEST00001", "sur deux lignes"), (6, "TEST00002", "B"),
    ]  # fmt: skip


def test_the_table_is_found_on_the_second_sheet() -> None:
    assert [row.text("serial") for row in read_note(as_xlsx([HEADER, *ROWS], sheets_before=1)).rows] == ["TEST00001", "TEST00002"]


@pytest.mark.parametrize("written", ["N° DE SERIE", "n°de série", "no_de_serie", "Serial Number", "serial-number", " Nº de série "])
def test_a_header_is_known_by_its_letters_in_french_and_in_english(written: str) -> None:
    assert read_note(f"{written};x\nTEST00001;y\n".encode()).headers == {"serial": written.strip()}


def test_of_two_headers_of_one_field_the_better_name_speaks() -> None:
    sheet = read_note("Désignation;N° de série;Modèle\nBelle tablette;TEST00001;T10\n".encode())
    assert sheet.rows[0].text("model") == "T10"


def test_the_same_header_twice_is_refused() -> None:
    with pytest.raises(Refused, match="deux colonnes « Modèle »"):
        read_note("N° de série;Modèle;Modèle\nTEST00001;A;B\n".encode())


def test_text_is_composed_and_its_spaces_are_plain() -> None:
    (row,) = read_note("N° de série;Modèle\nTEST00001;\u00a0e\u0301te\u0301\u00a0\t2017 \n".encode()).rows
    assert row.text("model") == "été 2017"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "est vide"),
        (b"\xef\xbb\xbf\r\n", "est vide"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "ni un CSV, ni un XLSX, ni un ODS"),
        (ZIP + b" not a workbook", "classeur illisible"),
        (b"serie;x\n" * 3, "il manque la colonne « N° de série »"),
        ("N° de série\n".encode() + b"TEST00001\n" * 100_001, "plus de 100000 lignes"),
        ("N° de série".encode() + b";x" * 500 + b"\nT\n", "400 colonnes"),
        (b" " * (20 * 2**20 + 1), "pèse plus de 20 Mo"),
        ("N° de série;Modèle\nTEST00001;\"jamais fermé\nTEST00002;B\n".encode(), "CSV illisible vers la ligne"),
        ("N° de série;Modèle\n;\n".encode(), "n'a que des en-têtes"),
    ],
    ids=["empty", "bom", "picture", "zip", "header", "rows", "columns", "heavy", "quote", "headers-only"],
)
def test_what_cannot_be_read_is_refused_with_its_remedy(content: bytes, said: str) -> None:
    with pytest.raises(Refused, match=said):
        read_note(content)


@settings(deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"", ZIP, b"\xff\xfe", "N° de série;".encode()]))
def test_no_bytes_do_worse_than_be_refused(content: bytes, start: bytes) -> None:
    try:
        read_note(start + content)
    except Refused as refusal:
        assert refusal.sentences


@given(st.lists(st.text("aé;,\t\"' \n€", max_size=8), min_size=1, max_size=5), st.sampled_from(spreadsheets.SEPARATORS))
def test_a_cell_quoted_as_rfc_4180_says_is_read_back(cells: list[str], separator: str) -> None:
    lines = [["N° de série", "Modèle"], *([f"TEST{n:05}", cell] for n, cell in enumerate(cells))]
    text = "\r\n".join(separator.join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    assert [row.text("model") for row in read_note(text.encode()).rows] == [" ".join(cell.split()) for cell in cells]
