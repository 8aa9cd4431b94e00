"""Tables as CSV: one dialect that opens right in a French spreadsheet, one strict dialect for programs (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

from deploy.reports.tables import PLAIN, Kind, Table
from inventory.cells import harmless
from inventory.french import short_day
from inventory.paris import PARIS

BOM = "\ufeff"


def french_csv(table: Table) -> bytes:
    """`;`, CRLF, UTF-8 with its mark, decimal comma, `31/12/2017`, hours of Paris; labels as header; no text is a formula."""
    header = [harmless(column.label) for column in table.columns]
    return (BOM + _written(header, _texts(table, FRENCH), ";")).encode()


def strict_csv(table: Table) -> bytes:
    """RFC 4180: `,`, CRLF, UTF-8, decimal point, ISO 8601 dates, moments in UTC; keys as header; texts as they are."""
    return _written([column.key for column in table.columns], _texts(table, PLAIN), ",").encode()


def _texts(table: Table, formats: Mapping[Kind, Callable[[Any], str]]) -> Iterable[list[str]]:
    as_text = [formats[column.kind] for column in table.columns]
    for row in table.rows:
        yield ["" if value is None else write(value) for write, value in zip(as_text, row, strict=True)]


def _written(header: list[str], rows: Iterable[list[str]], separator: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_ALL)
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue()


def _decimal_comma(kind: Kind) -> Callable[[Any], str]:
    return lambda value: PLAIN[kind](value).replace(".", ",")


def _paris(moment: datetime) -> str:
    local = moment.astimezone(PARIS)
    return f"{short_day(local.date())} {local:%H:%M:%S}"


FRENCH: Mapping[Kind, Callable[[Any], str]] = {
    "text": lambda value: harmless(str(value)),
    "int": str,
    "decimal": _decimal_comma("decimal"),
    "amount": _decimal_comma("amount"),
    "date": short_day,
    "moment": _paris,
    "bool": lambda value: "oui" if value else "non",
}
