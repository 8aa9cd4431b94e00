"""Sets a sheet of labels as PDF: a QR code, a Code 128 and words in each cell; typst lays it out with its own fonts."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files

import segno
import typst
from barcode import Code128

from inventory.labels.stock import Stock, sheets

TEMPLATE = "sheet.typ"
QUIET = 2
LEAST_MODULE = 0.165
"""Millimetres: 4 dots at 600 dpi, what a hand scanner reads without effort."""
BAR_QUIET = 10
PAIR_99 = 99


class Bars(Code128):
    """Code 128 (ISO/IEC 15417). In its set C, with which python-barcode begins, 99 is the pair of digits and not the change to that set:
    taken for one, a code that begins with 99 was printed without it."""

    def _try_to_optimize(self, encoded: list[int]) -> list[int]:
        return encoded if encoded[1] == PAIR_99 else super()._try_to_optimize(encoded)


@dataclass(frozen=True, slots=True)
class Face:
    """What one label says: the address or code of its QR, the text of its bars (else `code`), a title and lines."""

    code: str
    qr: str
    bars: str
    title: str
    lines: tuple[str, ...] = ()


def pdf(faces: Sequence[Face], stock: Stock, start: int, title: str, mention: str, now: datetime) -> bytes:
    """The sheets, as many as it takes; equal faces give equal bytes. Raises `Refused` on a cell that the sheet does not have."""
    drawn = [_drawn(face, stock) for face in faces]
    pages = [[{**drawn[number], **_at(stock, cell)} for cell, number in page] for page in sheets(stock, start, len(faces))]
    told = {"title": title, "mention": mention, "pages": pages, "width": stock.width, "height": stock.height, "inset": stock.inset}
    made = typst.compile(
        files("inventory.labels").joinpath(TEMPLATE).read_bytes(), format="pdf", ignore_system_fonts=True,
        sys_inputs={"sheet": json.dumps(told, ensure_ascii=False)}, timestamp=now.astimezone(UTC).replace(microsecond=0),
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("the sheets are one file, whatever their number")
    return made


def _drawn(face: Face, stock: Stock) -> dict[str, object]:
    bars, told = _bars(face, stock)
    return {"title": face.title, "lines": list(face.lines), "qr": _qr(face.qr), "bars": bars, "told": told}


def _at(stock: Stock, cell: int) -> dict[str, float]:
    x, y = stock.corner(cell)
    return {"x": x, "y": y}


def _qr(text: str) -> str:
    out = io.BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="svg", border=QUIET, xmldecl=False, svgns=True)
    return out.getvalue().decode()


def _bars(face: Face, stock: Stock) -> tuple[str, str]:
    """The bars of a label and the text they say: its own if it fits the width, else its code."""
    room = stock.width - 2 * stock.inset
    for text in (face.bars, face.code):
        if text.isascii() and text.isprintable():
            modules = Bars(text).build()[0]
            if room / (len(modules) + 2 * BAR_QUIET) >= LEAST_MODULE or text == face.code:
                return _strokes(modules), text
    raise ValueError(f"a code is plain: {face.code}")


def _strokes(modules: str) -> str:
    """Bars one module wide each, between their quiet zones."""
    path = "".join(f"M{BAR_QUIET + place + 0.5} 0v10" for place, module in enumerate(modules) if module == "1")
    wide = len(modules) + 2 * BAR_QUIET
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} 10" width="{wide}" height="10" preserveAspectRatio="none">'
        f'<path d="{path}" stroke="#000" stroke-width="1" shape-rendering="crispEdges"/></svg>'
    )
