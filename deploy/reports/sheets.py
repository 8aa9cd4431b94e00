"""What every workbook of a quarter says alike, whatever its format: the names of its sheets, its masthead, the width of a column."""

from __future__ import annotations

import re

from deploy.reports.csv_files import FRENCH
from deploy.reports.tables import Column, Summary, Table

INK, TEAL, PALE, AMBER, GREY = "#16324F", "#1F6F78", "#E8F0F1", "#8A4B08", "#5B6770"
SUMMARY_SHEET = "Synthèse"
SUMMARY_WIDTHS = (34, 14, 26, 26)
FIGURES_HEAD = ("Chiffre", "Valeur", "Précision", "Feuille d'origine")
NARROW, WIDE, LOOKED_AT = 9, 60, 200


def sheet_name(title: str) -> str:
    """A name that spreadsheets accept: 31 characters, none of `[ ] : * ? / \\`."""
    return re.sub(r"[][:*?/\\]", " ", title)[:31].strip(" '")


def masthead(summary: Summary) -> list[tuple[str, str]]:
    """The lines above the figures, each with its look."""
    warning = [("PROVISOIRE : le trimestre n'est pas fini", "warning")] if summary.provisional else []
    return [
        (summary.title, "title"),
        (summary.period_label, "period"),
        (summary.convention, "soft"),
        (summary.issue_line, "soft"),
        *warning,
    ]


def width(table: Table, place: int, column: Column) -> int:
    """The width of a column in characters, after its first rows."""
    shown = (FRENCH[column.kind](row[place]) for row in table.rows[:LOOKED_AT] if row[place] is not None)
    longest = max((len(text) for text in shown), default=0)
    return min(max(longest, len(column.label) + 3, NARROW) + 2, WIDE)
