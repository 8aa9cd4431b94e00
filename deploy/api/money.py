"""The money of the convention and the committees' meetings, for programs: what is owed and why, in euros to the cent."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from flask import Blueprint, g
from msgspec import Struct

from deploy.committee import queries as committee
from deploy.committee.meeting import MeetingState
from deploy.convention import Convention
from deploy.convention.money import BudgetKind, CapReading
from deploy.funding import queries
from deploy.funding.invoice import Invoice, Line
from deploy.funding.ledger import Move, Payment
from deploy.funding.subsidy import ClassShare, Subsidy
from deploy.queries.conventions import convention, whole
from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Listed, operation
from inventory.api.questions import Past
from inventory.errors import NotFound
from inventory.roles import READERS

pages = Blueprint("api_money", __name__, url_prefix=PREFIX)


class ShareShown(Struct, rename={"class_code": "class"}):
    """Une classe mobile : son coût éligible, ce qui en est sous le plafond, ce que l'État en doit."""

    class_code: str
    cost: Decimal
    capped: Decimal
    due: Decimal

    @classmethod
    def of(cls, code: str, one: ClassShare) -> ShareShown:
        return cls(code, one.cost, one.capped, one.due)


class SubsidyShown(Struct):
    """La part de l'État par une lecture du plafond ; « balance » se réclame au-dessus de zéro, se reverse au-dessous."""

    reading: CapReading
    before_maximum: Decimal
    due: Decimal
    received: Decimal
    balance: Decimal
    classes: list[ShareShown]

    @classmethod
    def of(cls, one: Subsidy) -> SubsidyShown:
        shares = [ShareShown.of(code, share) for code, share in one.shares.items()]
        return cls(one.reading, one.before_maximum, one.due, one.received, one.balance, shares)


class FundingShown(Struct):
    """Où en est l'argent : dû pour les classes au service fait constaté, prévu pour toutes, et selon l'autre lecture."""

    convention: str
    due: SubsidyShown
    forecast: SubsidyShown
    otherwise: SubsidyShown


class LineShown(Struct):
    """Une ligne d'une facture et ce que chaque classe mobile en porte."""

    words: str
    kind: BudgetKind
    quantity: int
    net: Decimal
    vat: Decimal
    gross: Decimal
    eligible: bool
    reason: str
    shares: dict[str, Decimal]
    serials: tuple[str, ...]

    @classmethod
    def of(cls, one: Line) -> LineShown:
        return cls(one.words, one.kind, one.quantity, one.net, one.vat, one.gross, one.eligible, one.reason, dict(one.shares), one.serials)


class InvoiceShown(Struct):
    """Une facture, ses lignes, la preuve de son paiement et ce qui lui manque."""

    id: int
    supplier: str
    number: str
    day: date
    order: str
    mandate: str | None
    mandated: date | None
    gross: Decimal
    missing: tuple[str, ...]
    lines: list[LineShown]

    @classmethod
    def of(cls, number: int, one: Invoice) -> InvoiceShown:
        proof = one.mandate
        return cls(
            number, one.supplier, one.number, one.day, one.order, proof.number if proof else None, proof.day if proof else None, one.gross,
            one.missing, [LineShown.of(line) for line in one.lines],
        )  # fmt: skip


class PaymentShown(Struct):
    """Un mouvement d'argent, ou la lettre qui le demande."""

    id: int
    move: Move
    day: date
    amount: Decimal
    reference: str

    @classmethod
    def of(cls, number: int, one: Payment) -> PaymentShown:
        return cls(number, one.move, one.day, one.amount, one.reference)


class MeetingShown(Struct):
    """Une réunion d'un comité."""

    id: int
    committee: str
    day: date
    hour: str
    place: str
    notice: date | None
    agenda: tuple[str, ...]
    state: MeetingState


class DecisionShown(Struct):
    """Une décision d'une réunion : ce qui est à faire, par quel rôle, jusqu'à quand, et où elle en est."""

    id: int
    meeting: int
    words: str
    owner: str
    due: date | None
    state: str


def _whole() -> Convention:
    """The convention, for who sees it whole."""
    told = convention()
    if not whole(g.scope, told.key):
        raise NotFound
    return told


@pages.get("/funding")
@may(READERS, scope=Reach.SCOPE)
@operation("La part de l'État ; vue de toutes les écoles de la convention seulement", gives=FundingShown, query=Past, absent=True)
def funding(asked: Past) -> FundingShown:
    told = queries.account(g.scope, _whole(), g.when)
    return FundingShown(told.convention.key, *(SubsidyShown.of(one) for one in (told.due, told.forecast, told.otherwise)))


@pages.get("/invoices")
@may(READERS, scope=Reach.SCOPE)
@operation("Les factures de la convention", gives=Listed[InvoiceShown], query=Past, absent=True)
def invoices(asked: Past) -> Listed[InvoiceShown]:
    return Listed([InvoiceShown.of(number, one) for number, one in queries.invoices(g.scope, _whole().key, g.when).items()])


@pages.get("/payments")
@may(READERS, scope=Reach.SCOPE)
@operation("Les mouvements d'argent de la convention", gives=Listed[PaymentShown], query=Past, absent=True)
def payments(asked: Past) -> Listed[PaymentShown]:
    return Listed([PaymentShown.of(number, one) for number, one in queries.payments(g.scope, _whole().key, g.when).items()])


@pages.get("/meetings")
@may(READERS, scope=Reach.SCOPE)
@operation("Les réunions des comités", gives=Listed[MeetingShown], query=Past, absent=True)
def meetings(asked: Past) -> Listed[MeetingShown]:
    found = committee.sittings(g.scope, _whole().key, g.when)
    return Listed([
        MeetingShown(one.id, told.committee, told.day, told.hour, told.place, told.notice, told.agenda, one.state)
        for one in found for told in [one.meeting]
    ])  # fmt: skip


@pages.get("/decisions")
@may(READERS, scope=Reach.SCOPE)
@operation("Les décisions des comités", gives=Listed[DecisionShown], query=Past, absent=True)
def decisions(asked: Past) -> Listed[DecisionShown]:
    found = committee.decisions(g.scope, _whole().key, g.when)
    return Listed([DecisionShown(one.id, one.meeting, one.words, one.owner, one.due, one.state) for one in found])
