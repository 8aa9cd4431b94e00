"""Tables as CSV: one dialect that opens right in a French spreadsheet, one strict dialect for programs (RFC 4180)."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from deploy.reports.tables import PLAIN, Kind, Table
from inventory.cells import harmless
from inventory.french import short_day
from inventory.paris import PARIS

BOM = "\ufeff"
SOME = 1_000


def french_csv(table: Table) -> bytes:
    """`;`, CRLF, UTF-8 with its mark, decimal comma, `31/12/2017`, hours of Paris; labels as header; no text is a formula."""
    return b"".join(french_pieces(table))


def strict_csv(table: Table) -> bytes:
    """RFC 4180: `,`, CRLF, UTF-8, decimal point, ISO 8601 dates, moments in UTC; keys as header; texts as they are."""
    return b"".join(strict_pieces(table))


def french_pieces(table: Table) -> Iterator[bytes]:
    """`french_csv`, a thousand rows at a time, so that a long one is sent while it is written."""
    yield BOM.encode()
    yield from _pieces([harmless(column.label) for column in table.columns], table, FRENCH, ";")


def strict_pieces(table: Table) -> Iterator[bytes]:
    """`strict_csv`, a thousand rows at a time."""
    yield from _pieces([column.key for column in table.columns], table, PLAIN, ",")


def _pieces(header: list[str], table: Table, formats: Mapping[Kind, Callable[[Any], str]], separator: str) -> Iterator[bytes]:
    as_text = [formats[column.kind] for column in table.columns]
    yield _written([header], separator)
    for start in range(0, len(table.rows), SOME):
        columns = zip(*table.rows[start : start + SOME], strict=True)
        yield _written(zip(*map(_texts, as_text, columns), strict=True), separator)


def _texts(write: Callable[[Any], str], values: Sequence[Any]) -> list[str]:
    return ["" if value is None else write(value) for value in values]


def _written(rows: Iterable[Sequence[str]], separator: str) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\r\n", quoting=csv.QUOTE_ALL).writerows(rows)
    return out.getvalue().encode()


def _decimal_comma(kind: Kind) -> Callable[[Any], str]:
    return lambda value: PLAIN[kind](value).replace(".", ",")


def _paris(moment: datetime) -> str:
    told = moment.astimezone(PARIS).isoformat()
    return f"{told[8:10]}/{told[5:7]}/{told[:4]} {told[11:19]}"


FRENCH: Mapping[Kind, Callable[[Any], str]] = {
    "text": harmless,
    "int": str,
    "decimal": _decimal_comma("decimal"),
    "amount": _decimal_comma("amount"),
    "date": lru_cache(maxsize=4096)(short_day),
    "moment": _paris,
    "bool": lambda value: "oui" if value else "non",
}
