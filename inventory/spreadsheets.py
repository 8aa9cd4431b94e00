"""CSV (`;`, `,` or tab; UTF-8 with or without BOM, or cp1252), XLSX and ODS as rows of text under known headers."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from python_calamine import CalamineError, CalamineWorkbook

from inventory.errors import Refused

MOST_BYTES = 20 * 2**20
MOST_ROWS = 100_000
MOST_COLUMNS = 400
HEADER_ROWS = 10
SEPARATORS = ";,\t"
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as the spreadsheet shows it, and its cells by field."""

    number: int
    cells: Mapping[str, str]

    def text(self, field: str) -> str:
        """The cell's text, empty if there is none."""
        return self.cells.get(field, "")


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table read: which header gave each field, and the rows that are not empty."""

    headers: Mapping[str, str]
    rows: Sequence[Row]


def read(content: bytes, filename: str, aliases: Mapping[str, Sequence[str]], required: Sequence[str]) -> Sheet:
    """Read a file under the headers of `aliases` (field -> names); raises `Refused` when it cannot be, naming the remedy."""
    if len(content) > MOST_BYTES:
        raise Refused(f"{filename} pèse plus de {MOST_BYTES // 2**20} Mo : le couper en plusieurs fichiers.")
    if not content.strip(b"\x00\xef\xbb\xbf \r\n\t"):
        raise Refused(f"{filename} est vide : choisir le fichier à importer.")
    table = _workbook(content, filename) if content.startswith((ZIP, OLE)) else _csv(content, filename)
    found = _header(table, aliases)
    missing = [field for field in required if found is None or field not in found[1]]
    if found is None or missing:
        names = " ; ".join(f"« {aliases[field][0]} »" for field in missing)
        raise Refused(f"{filename} : il manque la colonne {names} ; nommer les colonnes sur la première ligne.")
    start, columns = found
    rows = [_row(start + offset + 2, cells, columns) for offset, cells in enumerate(table[start + 1 :])]
    kept = [row for row in rows if any(row.cells.values())]
    if not kept:
        raise Refused(f"{filename} n'a que des en-têtes : ajouter au moins une ligne.")
    return Sheet({field: table[start][column] for field, column in columns.items()}, kept)


def _csv(content: bytes, filename: str) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text:
        raise Refused(f"{filename} n'est ni un CSV, ni un XLSX, ni un ODS : l'enregistrer dans un de ces formats.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(SEPARATORS, key=first.count)
    try:
        return _bounded(csv.reader(io.StringIO(text), delimiter=separator), filename)
    except csv.Error as fault:
        raise Refused(f"{filename} : CSV illisible ({fault}) ; l'enregistrer de nouveau depuis le tableur.") from fault


def _decoded(content: bytes) -> str:
    """UTF-8 if it is valid UTF-8, else cp1252, which French spreadsheets write."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _workbook(content: bytes, filename: str) -> list[list[str]]:
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
        if sheet.total_width > MOST_COLUMNS or sheet.total_height > MOST_ROWS:
            raise Refused(f"{filename} : {sheet.total_height} lignes sur {sheet.total_width} colonnes, c'est trop ; le couper.")
        rows = sheet.to_python(skip_empty_area=False)
    except (CalamineError, ValueError, IndexError) as fault:
        raise Refused(f"{filename} : classeur illisible ; l'ouvrir et l'enregistrer de nouveau en XLSX, ODS ou CSV.") from fault
    return _bounded(([_cell(value) for value in row] for row in rows), filename)


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    return str(value)


def _bounded(rows: Iterable[Sequence[str]], filename: str) -> list[list[str]]:
    table = []
    for number, row in enumerate(rows):
        if number >= MOST_ROWS or len(row) > MOST_COLUMNS:
            raise Refused(f"{filename} : plus de {MOST_ROWS} lignes ou de {MOST_COLUMNS} colonnes ; le couper.")
        table.append([unicodedata.normalize("NFC", cell).replace("\u00a0", " ").strip() for cell in row])
    return table


def _header(table: Sequence[Sequence[str]], aliases: Mapping[str, Sequence[str]]) -> tuple[int, dict[str, int]] | None:
    """The row that names most fields, among the first ones, with the column of each field."""
    names = {plain(alias): field for field, several in aliases.items() for alias in several}
    best: tuple[int, dict[str, int]] | None = None
    for number, row in enumerate(table[:HEADER_ROWS]):
        columns: dict[str, int] = {}
        for column, cell in enumerate(row):
            field = names.get(plain(cell))
            if field:
                columns.setdefault(field, column)
        if columns and (best is None or len(columns) > len(best[1])):
            best = number, columns
    return best


def _row(number: int, cells: Sequence[str], columns: Mapping[str, int]) -> Row:
    return Row(number, {field: cells[column] if column < len(cells) else "" for field, column in columns.items()})


def plain(text: str) -> str:
    """A header without case, accents or punctuation: « N° de série » and « numero_serie » differ only by words."""
    letters = unicodedata.normalize("NFD", text.lower().replace("°", "o")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", letters)
