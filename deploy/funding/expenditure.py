"""What invoices say together: the eligible cost of each class, the lines and serial numbers behind it, what may not be claimed yet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deploy.funding.invoice import Invoice, Line
from deploy.funding.subsidy import NOTHING
from inventory.words import tell


@dataclass(frozen=True, slots=True)
class Expense:
    """One line of an invoice, or the share of it that one class bears."""

    id: int
    invoice: Invoice
    line: Line
    class_code: str
    amount: Decimal

    @property
    def eligible(self) -> Decimal:
        """The euros of it that may be claimed."""
        return self.amount if self.line.eligible else NOTHING


def expenses(invoices: Iterable[tuple[int, Invoice]]) -> list[Expense]:
    """Every line of every invoice, by day, one a class that bears a part of it; a line that no class bears once, under no class."""
    found = []
    for number, invoice in sorted(invoices, key=lambda one: (one[1].day, one[1].supplier, one[1].number)):
        for line in invoice.lines:
            for code, amount in sorted(line.shares.items()) or [("", line.gross)]:
                found.append(Expense(number, invoice, line, code, amount))
    return found


def costs(told: Iterable[Expense], classes: Sequence[str]) -> dict[str, Decimal]:
    """The eligible euros of each class; zero for a class without any."""
    found: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for one in told:
        found[one.class_code] += one.eligible
    return {code: found[code] for code in classes}


def obstacles(invoices: Iterable[tuple[int, Invoice]], *, eligible: tuple[date | None, date | None]) -> Iterator[tuple[int, str]]:
    """Why invoices may not be certified yet, in French, each with its invoice (articles 6.2 and 7.1).

    `eligible` are the first and last day of expenditure that count, None where the convention says none (I-16).
    """
    first, last = eligible
    for number, invoice in invoices:
        if not any(line.eligible for line in invoice.lines):
            continue
        name = tell("Facture {number} ({supplier})", number=invoice.number, supplier=invoice.supplier)
        if invoice.missing:
            yield number, tell("{name} : il manque {missing}.", name=name, missing=tell(" et ").join(invoice.missing))
        if (first and invoice.day < first) or (last and invoice.day > last):
            yield number, tell("{name} : datée hors de la période d'éligibilité.", name=name)
