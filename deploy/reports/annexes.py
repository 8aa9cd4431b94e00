"""The annexes of the printed quarter: each table with the columns that fit on a page, as texts; what is left out is counted, never cut off in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from deploy.reports.csv_files import FRENCH
from deploy.reports.tables import Column, Table
from inventory.french import amount, counted, typeset

MOST_ROWS = 200
LONGEST = 240
SENTENCE = 34
RIGHT = {"int", "decimal", "amount"}
SHOWN: dict[str, tuple[str, ...]] = {
    "classes": ("mobile_class", "school", "expected", "delivered", "compliant", "phase", "expected_end", "share"),
    "etapes": ("mobile_class", "number", "step", "state", "done", "total", "since"),
    "ecoles": ("uai", "school", "classes", "connectivity", "connectivity_on", "council"),
    "tablettes": ("serial", "mobile_class", "slot", "stage", "mdm", "conformity", "contact"),
    "mdm": ("mobile_class", "status", "tablets"),
    "ecarts": ("kind", "serial", "mobile_class", "text", "opened", "standing", "verdict"),
    "services": ("mobile_class", "service", "state", "since"),
    "incidents": ("number", "kind", "serial", "mobile_class", "opened", "closed", "state", "age"),
    "formations": ("mobile_class", "day", "teachers", "state"),
    "budget": ("kind", "state", "commune", "invoiced", "paid", "eligible"),
    "depenses": ("number", "words", "invoice", "invoice_day", "mandate", "class_code", "borne", "eligible"),
    "subvention": ("mobile_class", "cost", "capped", "service_done", "due", "forecast"),
    "versements": ("day", "move", "amount", "held", "reference"),
    "solde": ("words", "article", "amount"),
    "reunions": ("committee", "day", "notice_by", "notice", "state", "quorum"),
    "decisions": ("committee", "day", "words", "owner", "due", "state"),
    "risques": ("kind", "subject", "words"),
    "suite": ("day", "kind", "subject"),
    "demandes": ("kind", "sender", "received", "due", "answered", "state"),
    "evolution": ("figure", "before", "now", "difference"),
    "constats": ("code", "severity", "title", "articles", "consequence"),
}


def annexes(tables: Sequence[Table]) -> list[dict[str, Any]]:
    """The tables in the order of the report, those it does not name after them, each as its title, its heads and its rows of texts."""
    order = {key: place for place, key in enumerate(SHOWN)}
    return [_annex(place, table) for place, table in enumerate(sorted(tables, key=lambda one: order.get(one.key, len(order))), 1)]


def on_page(key: str, columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The columns of a table of the JSON file that its page shows: those that are printed, and the serial numbers."""
    wanted = SHOWN.get(key)
    return [column for column in columns if wanted is None or column["key"] in (*wanted, "serials")]


def _annex(place: int, table: Table) -> dict[str, Any]:
    wanted = SHOWN.get(table.key)
    kept = [(number, column) for number, column in enumerate(table.columns) if wanted is None or column.key in wanted]
    left = len(table.rows) - MOST_ROWS
    heads = [typeset(column.label) for _, column in kept]
    rows = [[_text(column, row[number]) for number, column in kept] for row in table.rows[:MOST_ROWS]]
    return {
        "title": typeset(f"Annexe {place} : {table.title}"),
        "heads": heads,
        "right": [column.kind in RIGHT for _, column in kept],
        "widths": widths(heads, rows),
        "rows": rows,
        "left": f"et {counted(left, 'autre ligne', 'autres lignes')} dans trimestre.ods et trimestre.xlsx" if left > 0 else "",
    }


def widths(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """How the columns share the width of a page, in characters: each has room for the longest word of its head and for its cells, up to a sentence's fair part."""
    return [
        max(max((len(word) for word in head.split()), default=1) + 1, min(max((_room(row[place]) for row in rows), default=0), SENTENCE), 3)
        for place, head in enumerate(heads)
    ]  # fmt: skip


def _room(text: str) -> int:
    """A text in characters, capitals and figures of a serial number or a code counting for more."""
    return len(text) + 1 + sum(one.isupper() or one.isdigit() for one in text) // 3


def _text(column: Column, value: Any) -> str:
    if value is None or value == "":
        return "–"
    told = typeset(amount(value) if column.kind == "amount" else str(value) if column.kind == "text" else FRENCH[column.kind](value))
    return told if len(told) <= LONGEST else told[: LONGEST - 1].rstrip() + "…"
