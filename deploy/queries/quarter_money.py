"""The money of a quarter, table by table: forecast and actual, each line of expenditure, what is owed, received and left (articles 6.2 and 7.1)."""

from __future__ import annotations

from decimal import Decimal

from deploy.convention.money import BudgetKind
from deploy.funding.ledger import RECEIVED, Move
from deploy.funding.queries import Account, statement_of
from deploy.funding.subsidy import NOTHING
from deploy.reports.behind import Behind
from deploy.reports.tables import Column, Figure, Table
from inventory.french import amount
from inventory.paris import local_date
from inventory.scope import EVERYWHERE

EUROS = "€ TTC"


def money(shown: Account) -> tuple[Table, ...]:
    """Budget, expenditure, subsidy class by class, moves, balance."""
    return _budget(shown), statement_of(EVERYWHERE, shown), _subsidy(shown), _moves(shown), _balance(shown)


def money_figures(shown: Account) -> tuple[Figure, ...]:
    """What was spent, is owed, was received and is left, each recounted from one of the tables of `money`."""
    due, spent = shown.due, sum((one.eligible for one in shown.expenses), NOTHING)
    invoiced = sum((one.amount for one in shown.expenses), NOTHING)
    return (
        Figure("invoiced", "Facturé", invoiced, EUROS, "depenses", Behind(total="borne")),
        Figure("eligible", "Dépenses éligibles", spent, EUROS, "depenses", Behind(total="eligible")),
        Figure("due", "Subvention due, service fait constaté", due.due, f"€ sur {amount(shown.convention.terms.maximum)} au plus", "subvention", Behind(total="due")),
        Figure("received", "Subvention reçue", due.received, "€", "versements", Behind(total="held")),
        Figure("balance", "Solde", due.balance, _way(shown), "solde", Behind(total="amount")),
    )  # fmt: skip


def _way(shown: Account) -> str:
    """Who pays the balance; provisional while the *service fait* of a class is not observed: the convention foresees one balance."""
    if len(shown.observed) < len(shown.classes):
        return "€, provisoire"
    return "€ à recevoir" if shown.due.balance >= NOTHING else "€ à reverser"


def _budget(shown: Account) -> Table:
    columns = (
        Column("kind", "Poste (6.2)", "text"), Column("state", "Prévu, État", "amount"), Column("commune", "Prévu, commune", "amount"),
        Column("invoiced", "Facturé TTC", "amount"), Column("paid", "Mandaté TTC", "amount"), Column("eligible", "Éligible TTC", "amount"),
    )  # fmt: skip
    return Table("budget", "Budget prévu et réalisé", columns, [_budget_row(shown, kind) for kind in BudgetKind])


def _budget_row(shown: Account, kind: BudgetKind) -> tuple[object, ...]:
    lines = shown.convention.budget.of(kind)
    borne = [one for one in shown.expenses if one.line.kind is kind]
    return (
        kind.french, sum((line.state.value or NOTHING for line in lines), NOTHING), sum((line.commune.value or NOTHING for line in lines), NOTHING),
        sum((one.amount for one in borne), NOTHING), sum((one.amount for one in borne if one.invoice.mandate), NOTHING),
        sum((one.eligible for one in borne), NOTHING),
    )  # fmt: skip


def _subsidy(shown: Account) -> Table:
    columns = (
        Column("mobile_class", "Classe mobile", "text"), Column("cost", "Dépense éligible", "amount"), Column("capped", "Sous le plafond (3.2)", "amount"),
        Column("service_done", "Service fait le", "date"), Column("due", "Due", "amount"), Column("forecast", "Une fois le service fait", "amount"),
    )  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for code, share in shown.forecast.shares.items():
        seen = shown.observed.get(code)
        rows.append((code, share.cost, share.capped, local_date(seen) if seen else None, share.due if seen else NOTHING, share.due))
    left = shown.due.due - _total(rows, 4), shown.forecast.due - _total(rows, 5)
    if any(left):
        rows.append(("Plafond global ou lecture commune (7.1)", None, None, None, *left))
    return Table("subvention", "Subvention par classe", columns, rows)


def _total(rows: list[tuple[object, ...]], place: int) -> Decimal:
    return sum((Decimal(str(row[place])) for row in rows), NOTHING)


def _moves(shown: Account) -> Table:
    columns = (
        Column("day", "Date", "date"), Column("move", "Mouvement", "text"), Column("amount", "Montant", "amount"),
        Column("held", "Compte pour la subvention reçue", "amount"), Column("reference", "Pièce", "text"),
    )  # fmt: skip
    signs = {**dict.fromkeys(RECEIVED, Decimal(1)), Move.REPAID: Decimal(-1)}
    rows = [(one.day, one.move.french, one.amount, signs.get(one.move, NOTHING) * one.amount, one.reference) for one in shown.payments.values()]
    return Table("versements", "Versements", columns, sorted(rows))


def _balance(shown: Account) -> Table:
    columns = (Column("words", "Terme", "text"), Column("article", "Article", "text"), Column("amount", "Montant", "amount"))
    rows = [("Subvention due, service fait constaté", "3.2, 7.1", shown.due.due), ("Déjà reçu, net des reversements", "7.1, 7.2", -shown.due.received)]
    return Table("solde", "Solde", columns, rows)
