"""A process of its own that opens one workbook: bytes on its standard input, rows of text or a refusal on its standard output.

Run by its path, in isolation, with no environment and no other file: it imports nothing of Cartable, and the kernel holds it to
512 MiB, 20 s of processor and a bounded answer (setrlimit(2)). calamine holds a sheet as one full rectangle: a cell in the last
corner, or one repeated a million times, asks for all the memory of the machine and ends this process alone. It may never come back
from XML that is cut short, and takes its time over millions of empty tags: so every part is first unpacked within bounds, its tags
counted, and found well-formed.
"""

from __future__ import annotations

import gc
import io
import os
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from encodings import cp437 as cp437
from functools import lru_cache
from xml.parsers import expat

import msgspec
from python_calamine import CalamineError, CalamineWorkbook

MOST_ENTRIES = 1_000
MOST_UNPACKED = 128 * 2**20
SMALL, MOST_PACKED = 2 * 2**20, 100
"""A part over `SMALL` packed more than a hundred times is a bomb: what Apache POI refuses (ZipSecureFile)."""
MOST_TAGS, MOST_TAGS_ASIDE = 16_000_000, 500_000
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
_FULL = re.compile(r"content\.xml|xl/sharedStrings\.xml|/?xl/worksheets/[^/]+\.xml")


class Hostile(Exception):
    """A workbook that is not opened; its one word is a key of `workbooks.REMEDIES`."""


def main() -> None:
    """Answer `{"tables": rows of text of each sheet}` or `{"refused": word}`, in msgpack; rows of text hold no circles to collect."""
    confine()
    gc.disable()
    said = msgspec.msgpack.encode(answer(sys.stdin.buffer.read()))
    sys.stdout.buffer.write(said if len(said) <= MOST_ANSWER else msgspec.msgpack.encode({"refused": "large"}))


def confine() -> None:
    """Hold this process to `LIMITS`: with three files open no other can be, nor a socket. One second more of processor is the end."""
    for limit, most in LIMITS.items():
        resource.setrlimit(limit, (most, most + (limit == resource.RLIMIT_CPU)))
    os.nice(5)


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
    cells = 0
    for name in book.sheet_names[:MOST_SHEETS]:
        sheet = book.get_sheet_by_name(name)
        cells += sheet.total_height * sheet.total_width
        if cells > MOST_CELLS:
            raise Hostile("large")
        rows = sheet.to_python(skip_empty_area=False)
        yield [[value if value.__class__ is str else _text(value) for value in row] for row in rows]


def check(content: bytes) -> None:
    """Raise `Hostile` or one of `BROKEN` unless every part unpacks to what it announces, is well-formed, and all stays within bounds."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        _check_directory(entries)
        tags = 0
        for entry in entries:
            part = archive.read(entry)
            if entry.filename == "META-INF/manifest.xml" and b"encryption-data" in part:
                raise Hostile("locked")
            told = part.count(b"<")
            tags += told
            if tags > MOST_TAGS or (told > MOST_TAGS_ASIDE and not _FULL.fullmatch(entry.filename)):
                raise Hostile("large")
            if entry.filename.endswith((".xml", ".rels")):
                _parse(part)


def _check_directory(entries: list[zipfile.ZipInfo]) -> None:
    names = [entry.filename for entry in entries]
    if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries) > MOST_UNPACKED:
        raise Hostile("large")
    if any(entry.file_size > max(SMALL, MOST_PACKED * entry.compress_size) for entry in entries):
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


@lru_cache(maxsize=4096, typed=True)
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
