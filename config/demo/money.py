"""The money of autumn 2017: invented invoices of an invented supplier, at the prices a town really paid for such carts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from config.demo.story import CM01, CM02, Line, on, tablets
from deploy.convention.money import BudgetKind
from deploy.funding import actions
from deploy.funding.invoice import Invoice, Key, Mandate
from deploy.funding.invoice import Line as Bought
from deploy.funding.ledger import Move, Payment
from deploy.models import InvoicePaper
from deploy.queries.conventions import convention
from inventory.actions.records import Hand

SUPPLIER = "Fournisseur du marché 2017-18"
EQUIPMENT = "équipement mobile et service associé (articles 6.1 et 6.2)"


def money() -> Iterator[Line]:
    """Every line in the order of its moment."""
    yield Line(on(10, 20), "dsi", invoice("F2017-1184", date(2017, 10, 18), tablets_of(CM01), cart_of(CM01)))
    yield Line(on(11, 6), "dsi", paid(Move.ADVANCE_RECEIVED, date(2017, 11, 6), "4000.00", "titre de recette 2017-1187"))
    yield Line(on(11, 15), "dsi", mandate("F2017-1184", "2017-4410", date(2017, 11, 14)))
    yield Line(on(12, 4), "dsi", invoice("F2017-1311", date(2017, 11, 30), tablets_of(CM02), cart_of(CM02)))
    yield Line(on(12, 8), "dsi", invoice("F2017-1326", date(2017, 12, 7), shared))
    yield Line(on(12, 8, 11), "dsi", invoice("F2017-1340", date(2017, 12, 7), network))
    yield Line(on(12, 20), "dsi", mandate("F2017-1311", "2017-4987", date(2017, 12, 19)))


def invoice(number: str, day: date, *lines: Callable[[], Bought]) -> Callable[[Hand], object]:
    def act(hand: Hand) -> object:
        told = convention()
        row = actions.register_invoice(told, Invoice(SUPPLIER, number, day, "BC-2017-0917"), hand)
        for line in lines:
            actions.add_line(row, told, line(), hand)
        return row

    return act


def mandate(invoice_number: str, number: str, day: date) -> Callable[[Hand], object]:
    return lambda hand: actions.pay(InvoicePaper.get(InvoicePaper.number == invoice_number), Mandate(number, day), hand)


def paid(move: Move, day: date, amount: str, reference: str) -> Callable[[Hand], object]:
    return lambda hand: actions.record_payment(convention(), Payment(move, day, Decimal(amount), reference), hand)


def tablets_of(code: str) -> Callable[[], Bought]:
    """The tablets of a cart, 420 € each, named by their serial numbers."""

    def line() -> Bought:
        serials = tuple(tablet.serial for tablet in tablets(code))
        net = Decimal(350) * len(serials)
        return _bought(f"Tablettes de {code}", len(serials), net, Key.SERIALS, serials=serials)

    return line


def cart_of(code: str) -> Callable[[], Bought]:
    return lambda: _bought(f"Valise de charge et bornes Wi-Fi de {code}", 1, Decimal("1083.33"), Key.EQUAL, {code: Decimal(0)})


def shared() -> Bought:
    return _bought("Intégration, gestion des terminaux et prise en main", 1, Decimal(1200), Key.TABLETS)


def network() -> Bought:
    reason = "maintenance du réseau : hors de la base de la subvention (article 6.2)"
    return _bought("Raccordement et maintenance du réseau", 1, Decimal("4800.83"), Key.EQUAL, kind=BudgetKind.INFRASTRUCTURE, eligible=False, reason=reason)


def _bought(
    words: str, quantity: int, net: Decimal, key: Key, shares: dict[str, Decimal] | None = None, *, serials: tuple[str, ...] = (),
    kind: BudgetKind = BudgetKind.EQUIPMENT, eligible: bool = True, reason: str = EQUIPMENT,
) -> Bought:  # fmt: skip
    vat = (net * Decimal("0.2")).quantize(Decimal("0.01"))
    return Bought(words, kind, quantity, net, vat, net + vat, eligible, reason, key, shares or {}, serials)
