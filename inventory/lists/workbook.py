"""A list as a workbook with its note, in a temporary file: XlsxWriter makes all but the rows, for which it takes seven times as long."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from shutil import copyfileobj
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile

from xlsxwriter import Workbook

from inventory.lists.files import as_text
from inventory.sheet_cells import EMPTY, text_cell

LAST_ROW = 1_048_575
QUICK = 1
SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
_text = text_cell(0)


def workbook(title: str, labels: Sequence[str], parts: Iterable[Sequence[Sequence[Any]]], note: Sequence[str]) -> IO[bytes]:
    """The workbook in a temporary file, read from its start; a list longer than a sheet goes on in the next one."""
    with ExitStack() as held:
        sheets = _rows_of_sheets(parts, held)
        frame = _frame(title, labels, note, len(sheets))
        out = tempfile.TemporaryFile()  # noqa: SIM115 the answer closes it
        _fill(out, frame, {f"xl/worksheets/sheet{number}.xml": rows for number, rows in enumerate(sheets, 1)})
    out.seek(0)
    return out


def _rows_of_sheets(parts: Iterable[Sequence[Sequence[Any]]], held: ExitStack) -> list[IO[bytes]]:
    """The rows of each sheet as XML, in temporary files: how many sheets there are is known at the end."""
    sheets: list[IO[bytes]] = [held.enter_context(tempfile.TemporaryFile())]  # noqa: SIM115 the stack closes it
    full = 0
    for part in parts:
        rows = list(map("".join, zip(*map(_cells, part), strict=True)))
        while rows:
            if full == LAST_ROW:
                sheets.append(held.enter_context(tempfile.TemporaryFile()))  # noqa: SIM115 the stack closes it
                full = 0
            some, rows = rows[: LAST_ROW - full], rows[LAST_ROW - full :]
            sheets[-1].write("".join([f'<row r="{line}">{cells}</row>' for line, cells in enumerate(some, full + 2)]).encode("utf-8", "replace"))
            full += len(some)
    return sheets


def _cells(column: Sequence[Any]) -> list[str]:
    return [EMPTY if value is None else _cell(value) for value in column]


def _cell(value: Any) -> str:
    if type(value) is int:
        return f"<c><v>{value}</v></c>"
    return _text(value if type(value) is str else as_text(value))


def _frame(title: str, labels: Sequence[str], note: Sequence[str], sheets: int) -> io.BytesIO:
    frame = io.BytesIO()
    with Workbook(frame, SAFE) as book:
        head = book.add_format({"bold": True, "font_color": "white", "bg_color": "#16324F"})
        for number in range(1, sheets + 1):
            sheet = book.add_worksheet(f"{title} {number}" if number > 1 else title)
            sheet.freeze_panes(1, 0)
            sheet.set_column(0, len(labels) - 1, 20)
            for place, label in enumerate(labels):
                sheet.write_string(0, place, label, head)
        about = book.add_worksheet("LISEZMOI")
        about.set_column(0, 0, 100)
        for place, sentence in enumerate(note):
            about.write_string(place, 0, sentence)
    return frame


def _fill(out: IO[bytes], frame: io.BytesIO, sheets: dict[str, IO[bytes]]) -> None:
    with ZipFile(frame) as old, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=QUICK) as new:
        for name in old.namelist():
            before, end, after = old.read(name).partition(b"</sheetData>" if name in sheets else b"\0")
            with new.open(name, "w", force_zip64=True) as told:
                told.write(_DIMENSION.sub(b"", before, count=1) if name in sheets else before)
                if name in sheets:
                    sheets[name].seek(0)
                    copyfileobj(sheets[name], told)
                told.write(end + after)
