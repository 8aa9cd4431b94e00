"""The cells of a typed table as the XML of an OpenDocument sheet (ODF 1.3 part 3, 9.1.4): a value with its type, and its French text.

A text is never a formula: its cell says `string`. What XML cannot hold becomes the replacement character U+FFFD.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape

from deploy.reports.csv_files import FRENCH
from deploy.reports.tables import PLAIN, Kind, Table
from inventory.paris import PARIS

EMPTY = "<table:table-cell/>"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LINES = re.compile(r"\r\n|\r|\n")
_SPACES = re.compile(r"^ | $|  +")
Written = Callable[[Any], str]


def rows_xml(table: Table) -> Iterator[str]:
    """The rows under the header, each cell in the style named after its kind."""
    written = [WRITTEN[column.kind] for column in table.columns]
    for row in table.rows:
        yield row_xml(EMPTY if value is None else write(value) for write, value in zip(written, row, strict=True))


def row_xml(cells: Iterator[str]) -> str:
    """A row of cells, at least one as the schema asks."""
    return f"<table:table-row>{''.join(cells) or EMPTY}</table:table-row>"


def text(value: str, style: str = "text") -> str:
    """A cell that holds a text as it is, its lines and its spaces too."""
    lines = "".join(f"<text:p>{_inner(line)}</text:p>" for line in _LINES.split(value))
    return f'<table:table-cell table:style-name="{style}" office:value-type="string">{lines}</table:table-cell>'


def number(kind: Kind, style: str) -> Written:
    """What writes a number of this kind: its exact decimal, and the text a French reader sees."""
    return _typed('office:value-type="float" office:value="{}"', PLAIN[kind], kind, style)


def _inner(line: str) -> str:
    told = escape(_UNWRITABLE.sub("\ufffd", line)).replace("\t", "<text:tab/>")
    return _SPACES.sub(lambda found: f'<text:s text:c="{len(found[0])}"/>', told)


def _typed(attributes: str, plain: Callable[[Any], str], kind: Kind, style: str) -> Written:
    start = f'<table:table-cell table:style-name="{style}" {attributes}><text:p>'
    shown = FRENCH[kind]
    return lambda value: f"{start.format(plain(value))}{shown(value)}</text:p></table:table-cell>"


def _wall(value: Any) -> str:
    """The hour the clocks of Paris showed, to the second: a spreadsheet knows no time zone."""
    return str(value.astimezone(PARIS).replace(tzinfo=None, microsecond=0).isoformat())


WRITTEN: Mapping[Kind, Written] = {
    "text": text,
    "int": number("int", "int"),
    "decimal": number("decimal", "decimal"),
    "amount": _typed('office:value-type="currency" office:currency="EUR" office:value="{}"', PLAIN["amount"], "amount", "amount"),
    "date": _typed('office:value-type="date" office:date-value="{}"', PLAIN["date"], "date", "date"),
    "moment": _typed('office:value-type="date" office:date-value="{}"', _wall, "moment", "moment"),
    "bool": _typed('office:value-type="boolean" office:boolean-value="{}"', PLAIN["bool"], "bool", "bool"),
}
