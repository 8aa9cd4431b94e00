"""A list as a file, written while it is read: CSV for a French spreadsheet, and a workbook with its note."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import IO, Any

from xlsxwriter import Workbook

from inventory.cells import harmless
from inventory.french import short_day
from inventory.paris import PARIS
from inventory.status import Status

BOM = "\ufeff"
CHUNK = 500
MENTION = "Mention"
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


def csv_stream(labels: Sequence[str], rows: Iterable[Sequence[Any]], mention: str) -> Iterator[bytes]:
    """`;`, CRLF, UTF-8 with its mark, every cell quoted; the mention of article 9 is the last column of each line."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    out.write(BOM)
    writer.writerow([harmless(label) for label in (*labels, MENTION)])
    yield _emptied(out)
    coming = iter(rows)
    while some := list(islice(coming, CHUNK)):
        writer.writerows([*map(as_text, row), mention] for row in some)
        yield _emptied(out)


def _emptied(out: io.StringIO) -> bytes:
    told = out.getvalue().encode("utf-8", "replace")
    out.seek(0)
    out.truncate()
    return told


def workbook(title: str, labels: Sequence[str], rows: Iterable[Sequence[Any]], note: Sequence[str]) -> IO[bytes]:
    """The workbook in a temporary file, read from its start; a list longer than a sheet goes on in the next one."""
    out = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
    with Workbook(out, SAFE) as book:
        head = book.add_format({"bold": True, "font_color": "white", "bg_color": "#16324F"})
        line, sheet, number = LAST_ROW, None, 0
        for row in rows:
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
