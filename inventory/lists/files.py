"""A list as a file, written while it is read: CSV for a French spreadsheet, and a workbook with its note."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import chain
from types import NoneType
from typing import IO, Any

from xlsxwriter import Workbook

from inventory.cells import harmless
from inventory.french import short_day
from inventory.paris import PARIS
from inventory.status import Status

BOM = "\ufeff"
MENTION = "Mention"
TOLD_ALIKE = (str, int, datetime)
"""Kinds of value of which equal ones are told alike, in a column of that kind alone: `True` equals 1, and a key its word."""
LAST_ROW = 1_048_575
SAFE = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def as_text(value: Any) -> str:
    """A value as a French spreadsheet shows it: labels, hours of Paris, decimal comma; nothing is a formula."""
    if type(value) is str:
        return harmless(value)
    if value is None:
        return ""
    if isinstance(value, Status):
        return value.label
    if isinstance(value, datetime):
        local = value.astimezone(PARIS)
        return f"{short_day(local.date())} {local:%H:%M:%S}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return str(value) if isinstance(value, int) else harmless(str(value))


def csv_stream(labels: Sequence[str], parts: Iterable[Sequence[Sequence[Any]]], mention: str) -> Iterator[bytes]:
    """`;`, CRLF, UTF-8 with its mark, every cell quoted (RFC 4180); the mention of article 9 is the last column of each line.

    A list comes by parts, each as its columns: a column is told in words at once, and its lines are joined, for a call for each
    cell costs several times the writing.
    """
    yield BOM.encode() + _lines([_told([label]) for label in (*labels, MENTION)], "")
    last = f';"{_doubled(mention)}"'
    for part in parts:
        if lines := _lines([_told(column) for column in part], last):
            yield lines


def _lines(columns: Sequence[Sequence[str]], last: str) -> bytes:
    end = f'"{last}\r\n'
    return "".join(['"' + '";"'.join(cells) + end for cells in zip(*columns, strict=True)]).encode("utf-8", "replace")


def _told(column: Sequence[Any]) -> Sequence[str]:
    """A column as texts, their quotes doubled; where equal values are told alike, each different value is told once."""
    kinds = {*map(type, column)}
    if kinds == {str} and _plain(column):
        return column
    kinds -= {NoneType}
    if len(kinds) <= 1 and all(kind in TOLD_ALIKE or issubclass(kind, Status) for kind in kinds):
        told = {value: _doubled(as_text(value)) for value in {*column}}
        return [told[value] for value in column]
    return [_doubled(as_text(value)) for value in column]


def _plain(texts: Sequence[str]) -> bool:
    """Whether each text begins with a letter or a figure, and none holds a quote: most columns do, and this is all they need."""
    return '"' not in "".join(texts) and all(map(str.isalnum, {text[:1] for text in texts} - {""}))


def _doubled(text: str) -> str:
    return text.replace('"', '""')


def workbook(title: str, labels: Sequence[str], parts: Iterable[Sequence[Sequence[Any]]], note: Sequence[str]) -> IO[bytes]:
    """The workbook in a temporary file, read from its start; a list longer than a sheet goes on in the next one."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    with Workbook(out, SAFE) as book:
        head = book.add_format({"bold": True, "font_color": "white", "bg_color": "#16324F"})
        line, sheet, number = LAST_ROW, None, 0
        for row in chain.from_iterable(zip(*part, strict=True) for part in parts):
            if line >= LAST_ROW:
                number, line = number + 1, 0
                sheet = _sheet(book, f"{title} {number}" if number > 1 else title, labels, head)
            line += 1
            for place, value in enumerate(row):
                _write(sheet, line, place, value)
        if sheet is None:
            _sheet(book, title, labels, head)
        about = book.add_worksheet("LISEZMOI")
        about.set_column(0, 0, 100)
        for place, sentence in enumerate(note):
            about.write_string(place, 0, sentence)
    out.seek(0)
    return out


def _sheet(book: Workbook, title: str, labels: Sequence[str], head: Any) -> Any:
    sheet = book.add_worksheet(title)
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(labels) - 1, 20)
    for place, label in enumerate(labels):
        sheet.write_string(0, place, label, head)
    return sheet


def _write(sheet: Any, line: int, place: int, value: Any) -> None:
    if isinstance(value, int) and not isinstance(value, bool):
        sheet.write_number(line, place, value)
    elif value is not None:
        sheet.write_string(line, place, value if type(value) is str else as_text(value))
