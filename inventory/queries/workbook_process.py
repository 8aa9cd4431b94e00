"""A process of its own that opens one workbook: bytes on its standard input, rows of text or a refusal on its standard output.

Run by its path, in isolation, with no environment and no other file: it imports nothing of Cartable, and the kernel holds it to
512 MiB, 20 s of processor and a bounded answer (setrlimit(2)). calamine holds a sheet as one full rectangle: a cell in the last
corner, or one repeated a million times, would take all the memory of the machine; and it may never come back from XML that is cut
short. So every part is first unpacked within bounds and found well-formed, and the rectangle measured in the file's own XML
(ECMA-376 part 1, 18.3.1.4; OpenDocument 1.3, 19.677, 19.679).
"""

from __future__ import annotations

import io
import os
import re
import resource
import struct
import sys
import zipfile
import zlib
from encodings import cp437 as cp437
from collections.abc import Iterator
from datetime import date, datetime, time
from xml.parsers import expat

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

MOST_ENTRIES = 1_000
MOST_UNPACKED = 128 * 2**20
MOST_CELLS = 3_000_000
MOST_SHEETS = 20
MOST_ANSWER = 32 * 2**20
LIMITS = {
    resource.RLIMIT_AS: 512 * 2**20,
    resource.RLIMIT_CPU: 20,
    resource.RLIMIT_FSIZE: MOST_ANSWER,
    resource.RLIMIT_CORE: 0,
    resource.RLIMIT_NPROC: 0,
    resource.RLIMIT_NOFILE: 3,
}
EXACT = 1e15
PLAIN_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (
    CalamineError, zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, OSError, RuntimeError, ValueError, LookupError,
)  # fmt: skip
_XLSX_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ATTRIBUTES = rb"""((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>"""
_XLSX_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b" + _ATTRIBUTES)
_XLSX_PLACE = re.compile(rb"""\sr=["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)\b(?!-)" + _ATTRIBUTES)
_ODS_REPEATED = re.compile(rb"""table:number-(?:rows|columns)-repeated=["']([0-9]{1,12})["']""")


class Hostile(Exception):
    """A workbook that is not opened; its one word is a key of `workbooks.REMEDIES`."""


def main() -> None:
    """Answer `{"tables": rows of text of each sheet}` or `{"refused": word}`, in msgpack."""
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most))
    os.nice(5)
    sys.stdout.buffer.write(msgspec.msgpack.encode(answer(sys.stdin.buffer.read())))


def answer(content: bytes) -> dict[str, object]:
    """What the workbook holds, or why it is refused."""
    try:
        check(content)
        return {"tables": list(tables(content))}
    except Hostile as refusal:
        return {"refused": str(refusal)}
    except MemoryError:
        return {"refused": "large"}
    except BROKEN:
        return {"refused": "unreadable"}


def tables(content: bytes) -> Iterator[list[list[str]]]:
    """The sheets of a workbook in their order, each as rows of text."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names[:MOST_SHEETS]:
        yield [[_text(value) for value in row] for row in book.get_sheet_by_name(name).to_python(skip_empty_area=False)]


def check(content: bytes) -> None:
    """Raise `Hostile` or one of `BROKEN` unless every part unpacks to what it announces, is well-formed, and all stays within bounds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        _check_directory(entries)
        cells = 0
        for entry in entries:
            part = archive.read(entry)
            if entry.filename == "META-INF/manifest.xml" and b"encryption-data" in part:
                raise Hostile("locked")
            cells += _cells(entry.filename, part)
            if cells > MOST_CELLS:
                raise Hostile("large")
            if entry.filename.endswith((".xml", ".rels")):
                _parse(part)


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Hostile("large")
    if any(entry.flag_bits & 1 for entry in entries):
        raise Hostile("locked")
    if any(entry.compress_type not in PLAIN_OR_DEFLATED for entry in entries) or len(set(names)) < len(names):
        raise Hostile("unreadable")
    if any(".." in re.split(r"[/\\]", name) for name in names):
        raise Hostile("unreadable")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise Hostile("macros")
    if not any(name == "content.xml" or name.startswith(("xl/", "/xl/")) for name in names):
        raise Hostile("archive")


def _parse(part: bytes) -> None:
    """Raise `ExpatError` unless a part is one whole XML document without a DTD."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.Parse(part, True)


def _refuse_dtd(*_: object) -> None:
    raise expat.ExpatError("a workbook has no DTD")


def _cells(name: str, xml: bytes) -> int:
    if _XLSX_SHEET.fullmatch(name):
        return _xlsx_cells(xml)
    return _ods_cells(xml) if name == "content.xml" else 0


def _xlsx_cells(xml: bytes) -> int:
    """The rectangle that holds every filled cell of a sheet, in cells; an empty one is written `<c .../>`."""
    width = height = row = across = 0
    for told, tag in enumerate(_XLSX_TAG.finditer(xml)):
        if told > MOST_CELLS:
            return told
        place = _XLSX_PLACE.search(tag[2])
        if tag[1] == b"row":
            row, across = int(place[2]) if place else row + 1, 0
            continue
        across = _column(place[1].upper()) if place else across + 1
        if not tag[2].endswith(b"/"):
            width, height = max(width, across), max(height, int(place[2]) if place else row)
    return width * height


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _ods_cells(xml: bytes) -> int:
    """The largest rectangle of the tables, repeated rows and columns counted as often as they are repeated."""
    largest = width = height = pending = repeated = across = filled = 0
    for told, tag in enumerate(_ODS_TAG.finditer(xml)):
        if told > 2 * MOST_CELLS:
            return told
        closing, kind, attributes = tag[1], tag[2], tag[3]
        if kind == b"table":
            width = height = pending = 0
        elif kind == b"table-row" and not closing:
            repeated, across, filled = _repeated(attributes), 0, 0
            pending += repeated if attributes.endswith(b"/") else 0
        elif kind == b"table-row":
            pending += repeated
            if filled:
                width, height, pending = max(width, filled), height + pending, 0
                largest = max(largest, width * height)
        elif not closing:
            across += _repeated(attributes)
            filled = filled if attributes.endswith(b"/") and b"value" not in attributes else across
    return largest


def _repeated(attributes: bytes) -> int:
    found = _ODS_REPEATED.search(attributes) if b"repeated" in attributes else None
    return int(found[1]) if found else 1


def _text(value: object) -> str:
    if isinstance(value, datetime) and value.time() == time():
        return value.date().isoformat()
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    """A number as it was typed; beyond fifteen digits a spreadsheet has lost some, and the text says so."""
    if not value.is_integer():
        return format(value, ".12g")
    return str(int(value)) if abs(value) < EXACT else format(value, "E")


if __name__ == "__main__":
    main()
