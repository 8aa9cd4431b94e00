"""The final statement of article 8 as files: the workbooks of the quarter with its tables, and one flat table for a program to read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib.metadata import version

from deploy.funding.queries import Account
from deploy.funding.subsidy import NOTHING
from deploy.queries.quarter_money import money, money_figures
from deploy.reports.tables import Column, Export, Summary, Table
from inventory.french import day as in_french
from inventory.journal import head

STATEMENT = ("budget", "subvention", "versements", "solde")
FLAT = (
    Column("table", "Tableau", "text"), Column("row", "Ligne", "int"), Column("words", "Libellé", "text"), Column("column", "Colonne", "text"),
    Column("amount", "Montant", "amount"), Column("day", "Date", "date"), Column("text", "Texte", "text"),
)  # fmt: skip


def statement_tables(shown: Account) -> list[Table]:
    """What the statement shows, table by table: budget, subsidy, moves, balance, the resources apart, the pieces. In the language spoken."""
    found = [table for table in money(shown) if table.key in STATEMENT]
    return [*found, _resources(shown), _pieces(shown)]


def _resources(shown: Account) -> Table:
    """The educational resources, which never enter the balance (article 3.2)."""
    received, promised = shown.resources
    columns = (Column("words", "Ressources pédagogiques (3.2)", "text"), Column("amount", "Montant", "amount"))
    return Table("ressources", "Ressources pédagogiques", columns, [("Promises aux écoles", promised), ("Reçues", received), ("Restent à recevoir", max(promised - received, NOTHING))])


def _pieces(shown: Account) -> Table:
    columns = (
        Column("supplier", "Fournisseur", "text"), Column("invoice", "N° de facture", "text"), Column("day", "Date", "date"),
        Column("gross", "Montant TTC", "amount"), Column("mandate", "N° de mandat", "text"), Column("evidence", "Pièce jointe (SHA-256)", "text"),
    )  # fmt: skip
    return Table("pieces", "Pièces justificatives", columns, [
        (one.supplier, one.number, one.day, sum((line.gross for line in one.lines), NOTHING), one.mandate.number if one.mandate else None, one.evidence or None)
        for one in shown.invoices.values()
    ])  # fmt: skip


def statement_export(shown: Account, today: date, now: datetime, over: date | None) -> Export:
    """The statement as the workbooks take it; provisional until the convention is over, which an unsigned one never says."""
    told, (position, digest) = shown.convention, head()
    remarks = ["Convention non signée : son terme, jour où ce bilan est dû, ne se calcule pas."] if over is None else []
    tables = statement_tables(shown)
    sources = {table.key for table in tables}
    figures = [one for one in money_figures(shown) if one.source in sources]
    summary = Summary(
        "Bilan financier (article 8)", told.document.title.value, f"Au {in_french(today)}", now, now, False, told.mention, figures, None, remarks
    )
    return Export("bilan", summary, tables, position, digest, version("cartable"))


def flat(tables: Sequence[Table], mention: str) -> Table:
    """Every cell of some tables on a row of its own, amounts and dates in columns of their kind; the sentence of article 9 in the last one."""
    columns = (*FLAT, Column("mention_pia", "Mention (article 9)", "text"))
    return Table("bilan-financier", "Bilan financier", columns, [(*row, mention) for table in tables for row in _cells(table)])


def _cells(table: Table) -> Iterator[tuple[object, ...]]:
    for number, row in enumerate(table.rows, 1):
        words = str(row[0]) if table.columns[0].kind == "text" else None
        for column, value in zip(table.columns, row, strict=True):
            if value is not None:
                amount = value if isinstance(value, Decimal) else None
                day = value if isinstance(value, date) else None
                yield table.title, number, words, column.label, amount, day, None if amount is not None or day else str(value)
