"""Tables in any French dialect as rows of text under known headers; CSV by `;`, `,` or tab in UTF-8, UTF-16 or cp1252."""

from __future__ import annotations

import csv
import io
import itertools
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from operator import itemgetter
from typing import NamedTuple

from inventory.errors import Refused
from inventory.words import tell

MOST_ROWS = 100_000
MOST_COLUMNS = 400
HEADER_ROWS = 20
ONE_LOOK = 50
SEPARATORS = ";,\t"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROLS = re.compile(r"[\x00-\x20\x7f-\xa0]+")

Aliases = Mapping[str, Sequence[str]]
Table = list[list[str]]


class Row(NamedTuple):
    """One row: its number as the spreadsheet shows it, and its cells by field."""

    number: int
    cells: Mapping[str, str]

    def text(self, field: str) -> str:
        """The cell's text, empty if there is none."""
        return self.cells.get(field, "")


@dataclass(frozen=True)
class Sheet:
    """A table read: which header gave each field, the numbers of the rows that are not empty, and their cells, a column for each field."""

    headers: Mapping[str, str]
    numbers: Sequence[int]
    columns: Mapping[str, Sequence[str]]

    def column(self, field: str) -> Sequence[str]:
        """The texts of a field, all empty if no header names it."""
        return self.columns.get(field) or [""] * len(self.numbers)

    @cached_property
    def rows(self) -> Sequence[Row]:
        """The same cells, row by row."""
        cells = zip(*self.columns.values(), strict=True)
        return [Row(number, dict(zip(self.columns, told, strict=True))) for number, told in zip(self.numbers, cells, strict=True)]


@dataclass(frozen=True, slots=True)
class Header:
    """Where a table's header stands, and the column of each field that it names."""

    index: int
    columns: Mapping[str, int]
    doubled: Sequence[str] = ()

    def lacks(self, required: Iterable[str]) -> list[str]:
        return [field for field in required if field not in self.columns]


def best_sheet(tables: Iterable[Table], filename: str, aliases: Aliases, required: Sequence[str]) -> Sheet:
    """The first table that has every required column, under its header; raises `Refused`, naming the remedy, if none has.

    The header may stand below a title; columns that no alias names are left out.
    """
    table, header = _best(tables, filename, aliases, required)
    missing = header.lacks(required)
    if missing:
        names = ", ".join(tell("« {name} »", name=aliases[field][0]) for field in missing)
        raise Refused(tell("{filename} : il manque la colonne {names} ; nommer les colonnes au-dessus des données.", filename=filename, names=names))
    if header.doubled:
        raise Refused(tell("{filename} : deux colonnes « {doubled} » ; en renommer ou en supprimer une.", filename=filename, doubled=header.doubled[0]))
    numbers, columns = _columns_of(table, header)
    if not numbers:
        raise Refused(tell("{filename} n'a que des en-têtes : ajouter au moins une ligne.", filename=filename))
    if len(numbers) > MOST_ROWS:
        raise _too_long(filename)
    return Sheet({field: table[header.index][column] for field, column in header.columns.items()}, numbers, columns)


def _best(tables: Iterable[Table], filename: str, aliases: Aliases, required: Sequence[str]) -> tuple[Table, Header]:
    """The first table that has every required column, else the one that names the most fields."""
    best: tuple[Table, Header] = [], Header(0, {})
    for raw in tables:
        table = _bounded(raw, filename)
        header = _header(table, aliases)
        if not header.lacks(required):
            return table, header
        if len(header.columns) > len(best[1].columns):
            best = table, header
    return best


def csv_table(content: bytes, filename: str, aliases: Aliases) -> Table:
    """The rows of a CSV (RFC 4180), cut at the separator under which its header names the most fields."""
    text = _decoded(content, filename)
    separator = max(SEPARATORS, key=lambda tried: _named(text, tried, aliases))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        return list(itertools.islice(reader, MOST_ROWS + HEADER_ROWS + 1))
    except csv.Error as fault:
        raise Refused(
            tell("{filename} : CSV illisible vers la ligne {row} (un guillemet qui ne se referme pas, par exemple) ; la corriger, ou enregistrer de nouveau le fichier depuis le tableur.", filename=filename, row=reader.line_num)
        ) from fault


def _named(text: str, separator: str, aliases: Aliases) -> int:
    """How many fields the first rows name when cut at a separator, which need not be the right one."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        top = list(itertools.islice(reader, HEADER_ROWS))
    except csv.Error:
        return 0
    return len(_header(_cleaned(top), aliases).columns)


def _decoded(content: bytes, filename: str) -> str:
    """UTF-8 if it is valid UTF-8, else cp1252, which French spreadsheets write; UTF-16 is their « Texte Unicode »."""
    encodings = ("utf-16",) if content.startswith(UTF16) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(tell("{filename} n'est ni un CSV, ni un XLSX, ni un ODS : l'enregistrer dans un de ces formats.", filename=filename))


def _bounded(rows: Table, filename: str) -> Table:
    if len(rows) > MOST_ROWS + HEADER_ROWS or max(map(len, rows), default=0) > MOST_COLUMNS:
        raise _too_long(filename)
    return _cleaned(rows)


def _too_long(filename: str) -> Refused:
    return Refused(tell("{filename} : plus de {rows} lignes ou de {columns} colonnes ; le couper en plusieurs fichiers.", filename=filename, rows=MOST_ROWS, columns=MOST_COLUMNS))


def _cleaned(rows: Table) -> Table:
    """NFC, and plain single spaces for every space and control character."""
    parts = (rows[start : start + ONE_LOOK] for start in range(0, len(rows), ONE_LOOK))
    return [row for part in parts for row in (part if _are_clean(part) else [[_clean(cell) for cell in row] for row in part])]


def _are_clean(rows: Table) -> bool:
    """Whether rows have only printable ASCII and no space but single ones inside their cells: so have most, and one look at all cells tells it."""
    text = f"|{'|'.join(map('|'.join, rows))}|"
    return text.isascii() and text.isprintable() and "  " not in text and "| " not in text and " |" not in text


@lru_cache(maxsize=8192)
def _clean(cell: str) -> str:
    return _CONTROLS.sub(" ", unicodedata.normalize("NFC", cell)).strip()


def _header(table: Table, aliases: Aliases) -> Header:
    """The row that names most fields, among the first ones."""
    names = {plain(alias): (field, rank) for field, several in aliases.items() for rank, alias in enumerate(several)}
    found = [_columns(index, row, names) for index, row in enumerate(table[:HEADER_ROWS])]
    return max(found, key=lambda header: len(header.columns), default=Header(0, {}))


def _columns(index: int, row: Sequence[str], names: Mapping[str, tuple[str, int]]) -> Header:
    """The column of each field: of two that name the same field, the better name; the same name twice is doubled."""
    ranks: dict[str, int] = {}
    columns: dict[str, int] = {}
    doubled: dict[str, str] = {}
    for column, cell in enumerate(row):
        field, rank = names.get(plain(cell), ("", 0))
        if not field or rank > ranks.get(field, rank):
            continue
        if ranks.get(field) == rank:
            doubled[field] = cell
            continue
        ranks[field], columns[field] = rank, column
        doubled.pop(field, None)
    return Header(index, columns, list(doubled.values()))


def _columns_of(table: Table, header: Header) -> tuple[list[int], dict[str, Sequence[str]]]:
    """The numbers, as the spreadsheet shows them, of the rows under the header that say something, and the cells of each field."""
    start, pick, wide = header.index + 1, list(header.columns.values()), max(header.columns.values())
    padded = (row if wide < len(row) else row + [""] * (wide + 1 - len(row)) for row in table[start:])
    told = [(number, cells) for number, cells in enumerate(map(itemgetter(*pick, pick[0]), padded), start + 1) if any(cells)]
    columns = zip(*(cells for _, cells in told), strict=True)
    return [number for number, _ in told], dict(zip(header.columns, columns, strict=False))


def plain(text: str) -> str:
    """A header without case, accents or punctuation: « N° de série » and « numero_serie » differ only by words."""
    letters = unicodedata.normalize("NFKD", text.lower().replace("°", "o")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]", "", letters)
