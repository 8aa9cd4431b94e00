"""The rows of a typed table as the XML of a worksheet (ECMA-376 part 1, 18.3.1): texts inline, so that nothing but a row is held."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from deploy.reports.csv_files import FRENCH
from deploy.reports.tables import PLAIN, Kind, Table
from inventory.paris import PARIS
from inventory.sheet_cells import EMPTY, text_cell

FIRST_YEAR = 1900
DAY_SECONDS = 86_400
_DAY_ZERO = date(1899, 12, 31).toordinal()
_LEAP_THAT_NEVER_WAS = 59
Written = Callable[[Any], str]


def rows_xml(table: Table, styles: Mapping[Kind, int]) -> Iterator[str]:
    """The rows under the header, each as `<row>`; `styles` gives the number of each kind's cell format.

    Cells follow one another, an empty one too, so that none needs its place (18.3.1.4: `r` is optional).
    """
    written = [WRITTEN[column.kind](styles[column.kind]) for column in table.columns]
    for line, row in enumerate(table.rows, 2):
        cells = [EMPTY if value is None else write(value) for write, value in zip(written, row, strict=True)]
        yield f'<row r="{line}">{"".join(cells)}</row>'


def letter(place: int) -> str:
    """The name of a column, counted from 0: A, Z, AA."""
    name = ""
    while place >= 0:
        name, place = chr(65 + place % 26) + name, place // 26 - 1
    return name


def _number(kind: Kind) -> Callable[[int], Written]:
    plain = PLAIN[kind]
    return lambda style: lambda value: f'<c s="{style}"><v>{plain(value)}</v></c>'


def _bool(style: int) -> Written:
    return lambda value: f'<c s="{style}" t="b"><v>{value:d}</v></c>'


def _date(style: int) -> Written:
    """A date, or its text when spreadsheets cannot count from so far back."""
    text = text_cell(style)

    def write(value: date) -> str:
        return text(FRENCH["date"](value)) if value.year < FIRST_YEAR else f'<c s="{style}"><v>{_days(value)}</v></c>'

    return write


def _moment(style: int) -> Written:
    """The hour the clocks of Paris showed, to the second: spreadsheets know no time zone."""
    text = text_cell(style)

    def write(value: datetime) -> str:
        local = value.astimezone(PARIS)
        if local.year < FIRST_YEAR:
            return text(FRENCH["date"](local.date()))
        seconds = local.hour * 3600 + local.minute * 60 + local.second
        return f'<c s="{style}"><v>{_days(local) + seconds / DAY_SECONDS:.16g}</v></c>'

    return write


def _days(value: date) -> int:
    """Days as spreadsheets count them, with the 29 February 1900 that never was."""
    days = value.toordinal() - _DAY_ZERO
    return days + 1 if days > _LEAP_THAT_NEVER_WAS else days


WRITTEN: Mapping[Kind, Callable[[int], Written]] = {
    "text": text_cell,
    "int": _number("int"),
    "decimal": _number("decimal"),
    "amount": _number("amount"),
    "date": _date,
    "moment": _moment,
    "bool": _bool,
}
