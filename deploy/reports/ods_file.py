"""The quarter as one OpenDocument workbook (ODF 1.3, what the State's services open): the same sheets as the XLSX, typed cells, no formula."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from datetime import UTC
from decimal import Decimal
from typing import IO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from odfdo import Document, Element

from deploy.reports.ods_rows import EMPTY, number, row_xml, rows_xml, text
from deploy.reports.ods_styles import STYLES, footer
from deploy.reports.sheets import FIGURES_HEAD, SUMMARY_SHEET, SUMMARY_WIDTHS, masthead, sheet_name, width
from deploy.reports.tables import Export, Figure, Table

SHEETS = b"<table:named-expressions/>"
CONTENT = "content.xml"
ASIDE = ("Thumbnails", "Configurations2")
A_CHARACTER = 0.19
QUICK = 1


def ods_bytes(export: Export) -> bytes:
    """The workbook; its inner times are the day of issue and 1 January 1980, so that equal exports give equal bytes."""
    frame = io.BytesIO()
    _document(export).save(frame)
    out = io.BytesIO()
    with ZipFile(frame) as old, ZipFile(out, "w") as new:
        for part in old.infolist():
            if part.filename.startswith(ASIDE):
                continue
            with new.open(_same_day(part), "w", force_zip64=True) as told:
                _write(told, part.filename, old.read(part), export)
    return out.getvalue()


def _document(export: Export) -> Document:
    """The frame: properties, styles, the foot of the printed pages; its sheets come afterwards."""
    summary, document = export.summary, Document("spreadsheet")
    document.body.clear()
    document.body.append(Element.from_tag(SHEETS.decode()))
    for style in STYLES:
        document.insert_style(style, automatic=True)
    for wide in sorted({*SUMMARY_WIDTHS, *_widths(export)}):
        document.insert_style(_column_style(wide), automatic=True)
    footer(document, summary.mention)
    meta, issued = document.meta, summary.issued.astimezone(UTC).replace(tzinfo=None)
    meta.title, meta.subject, meta.description = f"{summary.title}, {summary.period_label}", summary.convention, summary.mention
    meta.creator = meta.initial_creator = f"Cartable {export.version}"
    meta.creation_date = meta.date = issued
    return document


def _widths(export: Export) -> Iterator[int]:
    return (width(table, place, column) for table in export.tables for place, column in enumerate(table.columns))


def _column_style(wide: int) -> str:
    size = f'<style:table-column-properties style:column-width="{wide * A_CHARACTER:.2f}cm"/>'
    return f'<style:style style:name="width-{wide}" style:family="table-column">{size}</style:style>'


def _same_day(part: ZipInfo) -> ZipInfo:
    """The entry under one date; the type of the document comes first and uncompressed (ODF 1.3 part 2, 3.3)."""
    same = ZipInfo(part.filename, (1980, 1, 1, 0, 0, 0))
    same.compress_type = ZIP_STORED if part.filename == "mimetype" else ZIP_DEFLATED
    same._compresslevel = QUICK  # type: ignore[attr-defined]
    return same


def _write(told: IO[bytes], name: str, content: bytes, export: Export) -> None:
    if name != CONTENT:
        told.write(_manifest(content) if name.endswith("manifest.xml") else content)
        return
    before, mark, after = content.partition(SHEETS)
    told.write(before)
    for piece in _sheets(export):
        told.write(piece.encode())
    told.write(mark + after)


def _manifest(content: bytes) -> bytes:
    """The list of the parts less those that a spreadsheet program adds for itself."""
    left = (name.encode() for name in ASIDE)
    names = tuple(b'full-path="' + name for name in left)
    return b"\n".join(line for line in content.split(b"\n") if not any(name in line for name in names))


def _sheets(export: Export) -> Iterator[str]:
    yield from _sheet(SUMMARY_SHEET, SUMMARY_WIDTHS, _summary_rows(export))
    for table in export.tables:
        head = row_xml(text(column.label, "head") for column in table.columns)
        widths = [width(table, place, column) for place, column in enumerate(table.columns)] or [1]
        rows = iter([f"<table:table-header-rows>{head}</table:table-header-rows>"])
        yield from _sheet(sheet_name(table.title), widths, rows, table)


def _sheet(name: str, widths: Sequence[int], rows: Iterator[str], table: Table | None = None) -> Iterator[str]:
    yield f'<table:table table:name="{escape(name, {chr(34): "&quot;"})}" table:style-name="sheet">'
    yield "".join(f'<table:table-column table:style-name="width-{wide}"/>' for wide in widths)
    yield from rows
    yield from rows_xml(table) if table else ()
    yield "</table:table>"


def _summary_rows(export: Export) -> Iterator[str]:
    summary = export.summary
    titles = {table.key: sheet_name(table.title) for table in export.tables}
    blank = row_xml(iter([EMPTY]))
    yield from (row_xml(iter([text(line, look)])) for line, look in masthead(summary))
    yield blank + row_xml(text(name, "head") for name in FIGURES_HEAD)
    for figure in summary.figures:
        source = titles.get(figure.source, figure.source)
        yield row_xml(iter([text(figure.label, "cell"), _figure(figure), text(figure.unit, "cell"), text(source, "cell")]))
    yield blank
    yield from (row_xml(iter([text(remark, "soft")])) for remark in summary.remarks)
    yield blank + row_xml(iter([text(summary.mention, "mention")]))


def _figure(figure: Figure) -> str:
    if isinstance(figure.value, str):
        return text(figure.value, "whole")
    return _PRECISE(figure.value) if isinstance(figure.value, Decimal) else _WHOLE(figure.value)


_WHOLE, _PRECISE = number("int", "whole"), number("decimal", "precise")
