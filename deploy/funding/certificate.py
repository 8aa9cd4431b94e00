"""A statement of expenditure certified exact (article 7.1): the digest of its rows, and what an invoice changed since then breaks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from deploy.reports.tables import Table

Row = Sequence[str]


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was certified: its number, its moment, who in which quality, the eligible total in euros, the rows and their digest."""

    number: int
    at: datetime
    quality: str
    total: Decimal
    digest: str
    rows: Sequence[Row]


def rows_of(table: Table) -> list[list[str]]:
    """The rows of a statement as plain texts, exact and in their order; the order number of a row is left out."""
    return [["" if value is None else value.isoformat() if isinstance(value, date) else str(value) for value in row[1:]] for row in table.rows]


def digest(rows: Sequence[Row]) -> str:
    """SHA-256 (FIPS 180-4) of the rows in canonical JSON."""
    return hashlib.sha256(json.dumps([list(row) for row in rows], ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def changes(certificate: Certificate, rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """The rows that were certified and are no more, and those that were not and are now; both empty while the seal holds."""
    before, now = {tuple(row) for row in certificate.rows}, {tuple(row) for row in rows}
    return [row for row in certificate.rows if tuple(row) not in now], [row for row in rows if tuple(row) not in before]


def told(quality: str, total: Decimal, rows: Sequence[Row]) -> dict[str, Any]:
    """What the journal keeps of a certificate."""
    return {"quality": quality, "total": str(total), "digest": digest(rows), "rows": [list(row) for row in rows]}


def read(number: int, at: datetime, values: Mapping[str, Any]) -> Certificate:
    """The certificate that `told` gave."""
    return Certificate(number, at, values["quality"], Decimal(values["total"]), values["digest"], values["rows"])
