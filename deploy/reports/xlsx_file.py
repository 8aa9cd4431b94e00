"""The quarter as one workbook: a summary sheet, then a sheet per table whose cells have their type; no text is a formula."""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from itertools import islice
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from deploy.reports.sheet_rows import letter, rows_xml
from deploy.reports.sheets import (
    AMBER,
    FIGURES_HEAD,
    GREY,
    INK,
    PALE,
    SUMMARY_SHEET,
    SUMMARY_WIDTHS,
    TEAL,
    masthead,
    sheet_name,
    width,
)
from deploy.reports.tables import Export, Figure, Kind, Summary, Table
from inventory.sheet_cells import LONGEST_TEXT

SAFE = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
WHOLE_SHEET = "A1:XFD1048576"
QUICK = 1
SOME = 500
_DIMENSION = re.compile(rb'<dimension ref="[^"]*"/>')
A4 = 9
NUMBER_FORMATS: Mapping[Kind, str] = {
    "text": "@",
    "int": "#,##0",
    "decimal": "General",
    "amount": '#,##0.00 "€"',
    "date": "dd/mm/yyyy",
    "moment": "dd/mm/yyyy hh:mm:ss",
    "bool": "General",
}
_CELL = {"bottom": 1, "bottom_color": PALE}
_COUNT = {**_CELL, "bold": True, "font_size": 13, "align": "right"}
LOOKS: Mapping[str, dict[str, Any]] = {
    "title": {"font_size": 13, "font_color": TEAL},
    "period": {"font_size": 20, "bold": True, "font_color": INK},
    "soft": {"font_color": GREY},
    "warning": {"bold": True, "font_color": AMBER},
    "head": {"bold": True, "font_color": "white", "bg_color": INK, "valign": "vcenter", "text_wrap": True},
    "cell": _CELL,
    "whole": {**_COUNT, "num_format": "#,##0"},
    "precise": {**_COUNT, "num_format": "#,##0.00"},
    "mention": {"italic": True, "font_color": INK},
}


def xlsx_bytes(export: Export) -> bytes:
    """The workbook; its inner times are the day of issue and 1 January 1980, so that equal exports give equal bytes."""
    frame = io.BytesIO()
    with Workbook(frame, SAFE) as book:
        book.set_properties(_properties(export))
        _summary_sheet(book, export)
        header = book.add_format(LOOKS["head"])
        formats = {kind: book.add_format({"num_format": code}) for kind, code in NUMBER_FORMATS.items()}
        for table in export.tables:
            _table_sheet(book.add_worksheet(sheet_name(table.title)), table, export.summary, header, formats)
        styles = {kind: cell_format._get_xf_index() for kind, cell_format in formats.items()}
    return _filled(frame, {f"xl/worksheets/sheet{number}.xml": table for number, table in enumerate(export.tables, 2)}, styles)


def _filled(frame: io.BytesIO, sheets: Mapping[str, Table], styles: Mapping[Kind, int]) -> bytes:
    """The workbook of `frame` with the rows of its tables, which XlsxWriter would take ten times longer to write."""
    out = io.BytesIO()
    with ZipFile(frame) as old, ZipFile(out, "w", ZIP_DEFLATED, compresslevel=QUICK) as new:
        for part in old.infolist():
            content = old.read(part)
            with new.open(_same_day(part), "w", force_zip64=True) as told:
                if part.filename in sheets:
                    _fill(told, content, sheets[part.filename], styles)
                else:
                    told.write(content)
    return out.getvalue()


def _same_day(part: ZipInfo) -> ZipInfo:
    same = ZipInfo(part.filename, part.date_time)
    same.compress_type, same.external_attr = ZIP_DEFLATED, part.external_attr
    return same


def _fill(told: IO[bytes], content: bytes, table: Table, styles: Mapping[Kind, int]) -> None:
    before, end, after = content.partition(b"</sheetData>")
    last = f"{letter(max(len(table.columns) - 1, 0))}{len(table.rows) + 1}"
    told.write(_DIMENSION.sub(b'<dimension ref="A1:' + last.encode() + b'"/>', before, count=1))
    rows = rows_xml(table, styles)
    while some := "".join(islice(rows, SOME)):
        told.write(some.encode())
    told.write(end + after)


def _properties(export: Export) -> dict[str, Any]:
    summary = export.summary
    return {
        "title": f"{summary.title}, {summary.period_label}",
        "subject": summary.convention,
        "author": f"Cartable {export.version}",
        "comments": summary.mention,
        "created": summary.issued.astimezone(UTC).replace(tzinfo=None),
    }


def _table_sheet(
    sheet: Worksheet, table: Table, summary: Summary, header: Format, formats: Mapping[Kind, Format]
) -> None:
    for place, column in enumerate(table.columns):
        _text(sheet, 0, place, column.label, header)
        sheet.set_column(place, place, width(table, place, column), formats[column.kind])
    last = max(len(table.columns) - 1, 0)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(table.rows), last)
    sheet.ignore_errors({"number_stored_as_text": WHOLE_SHEET})
    sheet.repeat_rows(0)
    _page(sheet, summary, landscape=True)


def _summary_sheet(book: Workbook, export: Export) -> None:
    summary, sheet = export.summary, book.add_worksheet(SUMMARY_SHEET)
    looks = {name: book.add_format(look) for name, look in LOOKS.items()}
    for place, wide in enumerate(SUMMARY_WIDTHS):
        sheet.set_column(place, place, wide)
    after = _lines(sheet, 0, masthead(summary), looks)
    after = _figures(sheet, after + 1, export, looks)
    after = _lines(sheet, after + 1, [(remark, "soft") for remark in summary.remarks], looks)
    _lines(sheet, after + 1, [(summary.mention, "mention")], looks)
    sheet.hide_gridlines(2)
    sheet.ignore_errors({"number_stored_as_text": WHOLE_SHEET})
    _page(sheet, summary, landscape=False)


def _lines(sheet: Worksheet, line: int, told: Sequence[tuple[str, str]], looks: Mapping[str, Format]) -> int:
    """Write texts one under the other from `line`; returns the line after them."""
    for place, (text, look) in enumerate(told):
        _text(sheet, line + place, 0, text, looks[look])
    return line + len(told)


def _figures(sheet: Worksheet, line: int, export: Export, looks: Mapping[str, Format]) -> int:
    """The table of figures with its header at `line`; returns the line after it."""
    titles = {table.key: sheet_name(table.title) for table in export.tables}
    for place, name in enumerate(FIGURES_HEAD):
        _text(sheet, line, place, name, looks["head"])
    for figure in export.summary.figures:
        line += 1
        _text(sheet, line, 0, figure.label, looks["cell"])
        _figure(sheet, line, figure, looks)
        _text(sheet, line, 2, figure.unit, looks["cell"])
        _text(sheet, line, 3, titles.get(figure.source, figure.source), looks["cell"])
    return line + 1


def _figure(sheet: Worksheet, line: int, figure: Figure, looks: Mapping[str, Format]) -> None:
    if isinstance(figure.value, str):
        _text(sheet, line, 1, figure.value, looks["whole"])
    else:
        sheet.write_number(line, 1, figure.value, looks["precise" if isinstance(figure.value, Decimal) else "whole"])


def _page(sheet: Worksheet, summary: Summary, *, landscape: bool) -> None:
    """Printed on A4 with the mention of article 9 at the foot of each page."""
    sheet.set_paper(A4)
    if landscape:
        sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    foot = summary.mention.replace("&", "&&")[:200]
    sheet.set_footer(f"&L&8{foot}&R&8&P / &N")


def _text(sheet: Worksheet, line: int, place: int, value: str, cell_format: Format) -> object:
    """A text as it is, even when it looks like a formula or a link; cut where the file format has no more room."""
    told = value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
    return sheet.write_string(line, place, told, cell_format)
