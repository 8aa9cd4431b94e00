"""What an export is made of: a summary and typed tables, and the one plain text each value has."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, Literal

from deploy.reports.behind import Behind
from inventory.french import CENT, moment

Kind = Literal["text", "int", "decimal", "amount", "date", "moment", "bool"]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: a stable English key, a French label, and the kind of every value in it (None is an empty cell)."""

    key: str
    label: str
    kind: Kind


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows have one value per column; ValueError names the first cell that is not of its column's kind.

    A number is never a binary float, a moment is aware, a date is no moment.
    """

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[object]]

    def __post_init__(self) -> None:
        fits = [_FITS[column.kind] for column in self.columns]
        for number, row in enumerate(self.rows, 1):
            if len(row) != len(fits):
                raise ValueError(f"{self.key}, row {number}: {len(row)} values for {len(fits)} columns")
            for column, fit, value in zip(self.columns, fits, row, strict=True):
                if value is not None and not fit(value):
                    raise ValueError(f"{self.key}, row {number}, {column.key}: {value!r} is not of kind {column.kind}")


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure of the summary: `unit` says what it is counted in or out of, `source` the table it is recounted from, `behind` by which of its rows."""

    key: str
    label: str
    value: int | Decimal | str
    unit: str
    source: str
    behind: Behind | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The page the committee reads; `mention` is the sentence of article 9, `known` the moment up to which facts count."""

    title: str
    convention: str
    period_label: str
    issued: datetime
    known: datetime
    provisional: bool
    mention: str
    figures: Sequence[Figure]
    plot_svg: str | None
    remarks: Sequence[str]

    @property
    def issue_line(self) -> str:
        """When it was issued and what was known then, in French, on the clocks of Paris."""
        known = "alors" if self.known == self.issued else f"le {moment(self.known)}"
        return f"Émis le {moment(self.issued)}, d'après ce qui était connu {known} (heure de Paris)."


@dataclass(frozen=True, slots=True)
class Export:
    """A quarter (`key`, as `2017-Q4`) as it stood at one line of the journal, told by one version of Cartable."""

    key: str
    summary: Summary
    tables: Sequence[Table]
    journal_position: int
    journal_digest: str
    version: str


def cents(value: Decimal) -> Decimal:
    """An amount to the cent, half a cent going up; never minus zero."""
    return Decimal(value).quantize(CENT, ROUND_HALF_UP) + 0


@lru_cache(maxsize=4096)
def _euros(value: Decimal) -> str:
    """The text of an amount: few differ among many rows."""
    return f"{cents(value):f}"


def utc(when: datetime) -> str:
    """`2017-12-31T22:59:59Z`, RFC 3339, with microseconds when there are some."""
    return when.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def plain(kind: Kind, value: Any) -> str:
    """A value as machines read it (ISO 8601, decimal point, no grouping); None is the empty text."""
    return "" if value is None else PLAIN[kind](value)


def _is_number(value: object) -> bool:
    return type(value) is int or (isinstance(value, Decimal) and value.is_finite())


_FITS: Mapping[Kind, Callable[[Any], bool]] = {
    "text": lambda value: isinstance(value, str),
    "int": lambda value: type(value) is int,
    "decimal": _is_number,
    "amount": _is_number,
    "date": lambda value: type(value) is date,
    "moment": lambda value: isinstance(value, datetime) and value.tzinfo is not None,
    "bool": lambda value: isinstance(value, bool),
}
PLAIN: Mapping[Kind, Callable[[Any], str]] = {
    "text": str,
    "int": str,
    "decimal": lambda value: f"{Decimal(value):f}",
    "amount": _euros,
    "date": date.isoformat,
    "moment": utc,
    "bool": lambda value: "true" if value else "false",
}
