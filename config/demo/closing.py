"""The end of autumn 2017: each euro proved, the quarter sealed and read; the statement is certified once both carts are observed. Invented pieces, said so on their face.

The demonstration alone tells it; the autumn of `story` and `money` is whole without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from config.demo.story import Line, on
from deploy.actions import quarter as quarters
from deploy.committee.paper import paper
from deploy.funding import actions
from deploy.funding.certificate import digest, rows_of
from deploy.funding.invoice import Mandate
from deploy.funding.queries import account, statement_of
from deploy.models import InvoicePaper
from deploy.queries.conventions import convention
from deploy.reports.quarter import Quarter
from inventory.actions.records import Hand
from inventory.paris import at
from inventory.scope import EVERYWHERE

PROVED = ("F2017-1184", "F2017-1311", "F2017-1326", "F2017-1340")
PAID = {"F2017-1326": "2017-5012", "F2017-1340": "2017-5013"}


def closing() -> Iterator[Line]:
    """Every line in the order of its moment."""
    for number, mandate in PAID.items():
        yield Line(on(12, 21), "dsi", paid(number, mandate))
    for minute, number in enumerate(PROVED):
        yield Line(on(12, 21, 11, minute), "dsi", proved(number))
    yield Line(at(date(2018, 1, 3), on(12, 21).time()), "dsi", issued)


def _invoice(number: str) -> InvoicePaper:
    row: InvoicePaper = InvoicePaper.get(InvoicePaper.number == number)
    return row


def paid(number: str, mandate: str) -> Callable[[Hand], object]:
    return lambda hand: actions.pay(_invoice(number), Mandate(mandate, date(2017, 12, 20)), hand)


def proved(number: str) -> Callable[[Hand], object]:
    """The invoice's piece, a page that says it is invented."""

    def act(hand: Hand) -> object:
        told, invoice = convention(), actions.said(_invoice(number))
        lines = {"Lignes": [f"{line.words} : {line.gross:.2f} € TTC" for line in invoice.lines], "Pièce": ["Inventée pour la démonstration."]}
        content = paper(f"Facture {number}", invoice.supplier, told.document.title.value, told.mention, lines, hand.now)
        return actions.prove(_invoice(number), f"{number}.pdf", content, hand)

    return act


def issued(hand: Hand) -> object:
    return quarters.issue(Quarter.parse("2017-Q4"), hand, strict=True)


def certified(hand: Hand) -> object:
    told = convention()
    rows = rows_of(statement_of(EVERYWHERE, account(EVERYWHERE, told, None)))
    return actions.certify(told, "ordonnateur, par délégation", digest(rows), hand)
