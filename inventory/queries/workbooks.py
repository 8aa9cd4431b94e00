"""The files that schools and suppliers send, read: XLSX and ODS by python-calamine once they are known to be honest, else CSV.

calamine holds a sheet as one full rectangle: a cell in the last corner, or one repeated a million times, would take all the
memory of the machine; and it may never come back from XML that is cut short. So every part is first unpacked within bounds and
found well-formed, and the rectangle measured in the file's own XML (ECMA-376 part 1, 18.3.1.4; OpenDocument 1.3, 19.677, 19.679).
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook

from inventory.errors import Refused
from inventory.spreadsheets import Aliases, Sheet, Table, best_sheet, csv_table

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
MOST_BYTES = 20 * 2**20
MOST_ENTRIES = 1_000
MOST_UNPACKED = 128 * 2**20
MOST_CELLS = 3_000_000
MOST_SHEETS = 20
EXACT = 1e15
PLAIN_OR_DEFLATED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
BROKEN = (zipfile.BadZipFile, zlib.error, struct.error, expat.ExpatError, EOFError, OSError, RuntimeError, ValueError, LookupError)
_XLSX_SHEET = re.compile(r"xl/worksheets/[^/]+\.xml")
_ATTRIBUTES = rb"""((?:[^<>"']|"[^"<]*"|'[^'<]*')*+)>"""
_XLSX_TAG = re.compile(rb"<(?:\w+:)?(row|c)\b" + _ATTRIBUTES)
_XLSX_PLACE = re.compile(rb"""\sr=["']([A-Za-z]{0,3})([0-9]{1,7})["']""")
_ODS_TAG = re.compile(rb"<(/?)table:(table|table-row|table-cell|covered-table-cell)\b(?!-)" + _ATTRIBUTES)
_ODS_REPEATED = re.compile(rb"""table:number-(?:rows|columns)-repeated=["']([0-9]{1,12})["']""")


def read(content: bytes, filename: str, aliases: Aliases, required: Sequence[str]) -> Sheet:
    """Read a file under the headers of `aliases` (field -> names, the best first); raises `Refused`, naming the remedy.

    What the file is, its first bytes say, not its name. The table may stand on any sheet of a workbook.
    """
    if len(content) > MOST_BYTES:
        raise Refused(f"{filename} pèse plus de {MOST_BYTES // 2**20} Mo : le couper en plusieurs fichiers.")
    if not content.strip(b"\x00\xef\xbb\xbf \r\n\t"):
        raise Refused(f"{filename} est vide : choisir le fichier à importer.")
    if content.startswith((ZIP, OLE)):
        return best_sheet(tables(content, filename), filename, aliases, required)
    return best_sheet([csv_table(content, filename, aliases)], filename, aliases, required)


def tables(content: bytes, filename: str) -> Iterator[Table]:
    """The sheets of a workbook in their order, each as rows of text."""
    if content.startswith(OLE):
        raise Refused(f"{filename} : ancien format .xls, ou classeur protégé par un mot de passe ; l'enregistrer en XLSX sans mot de passe.")
    _refuse_bomb(content, filename)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        for name in book.sheet_names[:MOST_SHEETS]:
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            yield [[_text(value) for value in row] for row in rows]
    except (CalamineError, ValueError, OSError, LookupError) as fault:
        raise _unreadable(filename) from fault


def _unreadable(filename: str) -> Refused:
    return Refused(f"{filename} : classeur illisible ; l'ouvrir et l'enregistrer de nouveau en XLSX, ODS ou CSV.")


def _refuse_bomb(content: bytes, filename: str) -> None:
    """Raise `Refused` unless every part unpacks to what it announces, is well-formed, and all of it stays within bounds."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            if any(entry.compress_type not in PLAIN_OR_DEFLATED for entry in entries):
                raise _unreadable(filename)
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise _too_large(filename)
            for entry in entries:
                part = archive.read(entry)
                if entry.filename.endswith((".xml", ".rels")):
                    _parse(part)
                if _cells(entry.filename, part) > MOST_CELLS:
                    raise _too_large(filename)
    except BROKEN as fault:
        raise _unreadable(filename) from fault


def _parse(part: bytes) -> None:
    """Raise `ExpatError` unless a part is one whole XML document without a DTD."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_dtd
    parser.Parse(part, True)


def _refuse_dtd(*_: object) -> None:
    raise expat.ExpatError("a workbook has no DTD")


def _too_large(filename: str) -> Refused:
    return Refused(
        f"{filename} : le classeur est trop grand une fois ouvert ; garder la seule feuille utile, supprimer les lignes et les "
        "colonnes vides, ou couper le fichier."
    )


def _cells(name: str, xml: bytes) -> int:
    if _XLSX_SHEET.fullmatch(name):
        return _xlsx_cells(xml)
    return _ods_cells(xml) if name == "content.xml" else 0


def _xlsx_cells(xml: bytes) -> int:
    """The rectangle that holds every filled cell of a sheet, in cells; an empty one is written `<c .../>`."""
    width = height = row = across = 0
    for tag in _XLSX_TAG.finditer(xml):
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
    for tag in _ODS_TAG.finditer(xml):
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
