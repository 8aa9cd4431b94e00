"""The whole quarter as one canonical JSON text (RFC 8259): stable keys, sorted; amounts as texts, moments in UTC."""

from __future__ import annotations

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from deploy.reports import behind
from deploy.reports.tables import Column, Export, Figure, Summary, Table, plain, utc

FORMAT = "cartable-quarter-1"
AS_THEY_ARE = {"int", "bool", "text"}


def json_bytes(export: Export) -> bytes:
    """Equal exports give equal bytes: sorted keys, no spaces, UTF-8, one line."""
    text = json.dumps(told(export), ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return (text + "\n").encode()


def told(export: Export) -> dict[str, Any]:
    """The whole export as JSON values."""
    return {
        "format": FORMAT,
        "period": export.key,
        "journal": {"position": export.journal_position, "digest": export.journal_digest},
        "version": export.version,
        "tables": {table.key: _table(table) for table in export.tables},
        **_summary(export.summary),
    }


def _summary(summary: Summary) -> dict[str, Any]:
    return {
        "title": summary.title,
        "convention": summary.convention,
        "period_label": summary.period_label,
        "issued": utc(summary.issued),
        "known": utc(summary.known),
        "provisional": summary.provisional,
        "mention": summary.mention,
        "figures": [_figure(figure) for figure in summary.figures],
        "remarks": list(summary.remarks),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    value = f"{figure.value:f}" if isinstance(figure.value, Decimal) else figure.value
    plain_figure = {"key": figure.key, "label": figure.label, "value": value, "unit": figure.unit, "source": figure.source}
    return {**plain_figure, "behind": behind.told(figure.behind)} if figure.behind else plain_figure


def _table(table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "columns": [{"key": column.key, "label": column.label, "kind": column.kind} for column in table.columns],
        "rows": [_row(table.columns, row) for row in table.rows],
    }


def _row(columns: Sequence[Column], row: Sequence[object]) -> dict[str, Any]:
    return {column.key: _value(column, value) for column, value in zip(columns, row, strict=True)}


def _value(column: Column, value: Any) -> Any:
    return value if value is None or column.kind in AS_THEY_ARE else plain(column.kind, value)
