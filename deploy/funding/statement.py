"""The *état récapitulatif des dépenses* of article 7.1 as a table: a row for each share of an invoice line that a class bears."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from deploy.funding.expenditure import Expense
from deploy.reports.tables import Column, Table

COLUMNS = (
    Column("number", "N° d'ordre", "int"),
    Column("kind", "Poste de dépense", "text"),
    Column("words", "Description", "text"),
    Column("supplier", "Fournisseur", "text"),
    Column("invoice", "N° de facture", "text"),
    Column("invoice_day", "Date de facture", "date"),
    Column("net", "Montant HT de la ligne", "amount"),
    Column("vat", "TVA de la ligne", "amount"),
    Column("gross", "Montant TTC de la ligne", "amount"),
    Column("mandate", "N° de mandat", "text"),
    Column("mandate_day", "Date de mandat", "date"),
    Column("class_code", "Classe mobile", "text"),
    Column("uai", "UAI", "text"),
    Column("key", "Clé de répartition", "text"),
    Column("borne", "Part de la classe TTC", "amount"),
    Column("eligible", "Montant éligible", "amount"),
    Column("reason", "Éligibilité, motif", "text"),
    Column("serials", "Numéros de série", "text"),
    Column("evidence", "Pièce jointe (SHA-256)", "text"),
)


def statement(told: Sequence[Expense], schools: Mapping[str, str]) -> Table:
    """The table of some expenses in their order; `schools` gives the UAI of a class by its code."""
    return Table("depenses", "État récapitulatif des dépenses", COLUMNS, [_row(place, one, schools) for place, one in enumerate(told, 1)])


def _row(place: int, one: Expense, schools: Mapping[str, str]) -> tuple[object, ...]:
    line, invoice = one.line, one.invoice
    return (
        place, line.kind.label, line.words, invoice.supplier, invoice.number, invoice.day, line.net, line.vat, line.gross,
        invoice.mandate.number if invoice.mandate else None, invoice.mandate.day if invoice.mandate else None,
        one.class_code or None, schools.get(one.class_code), line.key.label if one.class_code else None, one.amount, one.eligible,
        line.reason, ", ".join(line.serials) or None, invoice.evidence or None,
    )  # fmt: skip


def with_mention(table: Table, mention: str) -> Table:
    """The same table for a file that travels alone: the sentence of article 9 as its last column, since a line of comment would break readers of CSV."""
    columns = (*table.columns, Column("mention_pia", "Mention (article 9)", "text"))
    return Table(table.key, table.title, columns, [(*row, mention) for row in table.rows])
