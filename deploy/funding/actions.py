"""What a person records of the money: an invoice and its lines, its proof, a payment; each version of it stays in the journal."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date, datetime, time

from deploy.convention import Convention
from deploy.funding import ledger
from deploy.funding.assignment import Justification
from deploy.funding.certificate import digest, rows_of
from deploy.funding.certificate import told as told_certificate
from deploy.funding.invoice import Invoice, Key, Line, Mandate, faults, read, told
from deploy.funding.ledger import Payment
from deploy.funding.queries import (
    ASSIGNMENT,
    CANCELLED,
    CERTIFIED,
    INVOICE,
    PAYMENT,
    SAID,
    account,
    certificates,
    statement_of,
)
from deploy.funding.subsidy import NOTHING, spread
from deploy.models import EvidenceFile, InvoicePaper, LoadedConvention, PaymentPaper
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.journal import facts
from inventory.models import MobileClass, Tablet
from inventory.paris import at as paris_at
from inventory.paris import local_date
from inventory.scope import EVERYWHERE
from inventory.spoken import amount, short_day
from inventory.words import tell

NOON = time(12)
LARGEST_PIECE = 10_000_000
STANDS = "stands"
PIECES = {b"%PDF-": "pdf", b"\x89PNG": "png", b"\xff\xd8\xff": "jpg"}


@atomic
def register_invoice(convention: Convention, invoice: Invoice, hand: Hand) -> InvoicePaper:
    """Record an invoice that is not there yet, its lines already checked by their own verb or none; raises `Refused`."""
    if not invoice.supplier.strip() or not invoice.number.strip():
        raise Refused(tell("Indiquer le fournisseur et le numéro de la facture."))
    _refuse_future(invoice.day, hand, tell("La facture {number} est datée", number=invoice.number))
    identity = {"convention": convention.key, "supplier": invoice.supplier.strip(), "number": invoice.number.strip()}
    if InvoicePaper.get_or_none(**identity) is not None:
        raise Refused(tell("La facture {number} de {supplier} est déjà enregistrée : ouvrir la sienne.", **_names(invoice)))
    for line in invoice.lines:
        _refuse_line(convention, line)
    row = InvoicePaper.create(**identity)
    kept = replace(invoice, supplier=row.supplier, number=row.number)
    note_fact(row, SAID, STANDS, hand, at=_noon(invoice.day, hand), detail=told(kept))
    return row


def _names(invoice: Invoice) -> dict[str, str]:
    return {"number": invoice.number, "supplier": invoice.supplier}


@atomic
def add_line(row: InvoicePaper, convention: Convention, line: Line, hand: Hand) -> None:
    """Write one more line on an invoice; its shares are worked out by its key unless they are written by hand."""
    line = _shared(convention, line)
    _refuse_line(convention, line)
    _say(row, said(row).with_line(line), hand)


@atomic
def withdraw_line(row: InvoicePaper, position: int, reason: str, hand: Hand) -> None:
    """Take a line off an invoice, 0 the first; the version that had it stays in the journal."""
    _needs(reason, tell("Indiquer pourquoi la ligne est retirée."))
    try:
        without = said(row).without_line(position)
    except IndexError as fault:
        raise Refused(tell("Cette ligne n'est plus sur la facture : recharger la page.")) from fault
    _say(row, without, hand, note=reason)


@atomic
def pay(row: InvoicePaper, mandate: Mandate, hand: Hand) -> None:
    """Record the payment order that paid an invoice: its number and its day."""
    invoice = said(row)
    _needs(mandate.number, tell("Indiquer le numéro du mandat."))
    _refuse_future(mandate.day, hand, tell("Le mandat {number} est daté", number=mandate.number))
    if mandate.day < invoice.day:
        raise Refused(
            tell("Mandat du {day} : il ne précède pas sa facture du {of} ; vérifier la date.", day=short_day(mandate.day), of=short_day(invoice.day))
        )
    _say(row, replace(invoice, mandate=mandate), hand)


@atomic
def prove(row: InvoicePaper, name: str, content: bytes, hand: Hand) -> str:
    """Keep the piece that proves an invoice, under its SHA-256, which it returns: PDF, PNG or JPEG, 10 MB at most."""
    kind = next((kind for start, kind in PIECES.items() if content.startswith(start)), None)
    if kind is None:
        raise Refused(tell("« {name} » n'est ni un PDF ni une image PNG ou JPEG : verser la facture numérisée.", name=name))
    if len(content) > LARGEST_PIECE:
        raise Refused(tell("« {name} » dépasse 10 Mo : numériser en moindre définition.", name=name))
    named = hashlib.sha256(content).hexdigest()
    if EvidenceFile.get_or_none(EvidenceFile.sha256 == named) is None:
        EvidenceFile.create(sha256=named, name=name, content=content, at=hand.now, person=hand.by)
    _say(row, replace(said(row), evidence=named), hand)
    return named


@atomic
def cancel_invoice(row: InvoicePaper, reason: str, hand: Hand) -> None:
    """Cancel an invoice recorded by mistake: it counts no more, and its history stays."""
    _needs(reason, tell("Indiquer pourquoi la facture est annulée."))
    _say(row, said(row), hand, value=CANCELLED, note=reason)


@atomic
def record_payment(convention: Convention, payment: Payment, hand: Hand) -> PaymentPaper:
    """Record a claim, a payment received or paid back."""
    if payment.amount <= NOTHING:
        raise Refused(tell("Montant {amount} : indiquer un montant au-dessus de zéro.", amount=amount(payment.amount)))
    _needs(payment.reference, tell("Indiquer la référence de la pièce : titre de recette, mandat, courrier."))
    _refuse_future(payment.day, hand, tell("Ce mouvement est daté"))
    row = PaymentPaper.create(convention=convention.key)
    note_fact(row, SAID, STANDS, hand, at=_noon(payment.day, hand), detail=ledger.told(payment))
    return row


@atomic
def cancel_payment(row: PaymentPaper, reason: str, hand: Hand) -> None:
    """Cancel a payment recorded by mistake."""
    _needs(reason, tell("Indiquer pourquoi le mouvement est annulé."))
    line = facts(PAYMENT, axes=[SAID], ids=[row.id])[(row.id, SAID)]
    if line.value != CANCELLED:
        note_fact(row, SAID, CANCELLED, hand, detail=line.detail, note=reason)


@atomic
def certify(convention: Convention, quality: str, shown: str, hand: Hand) -> int:
    """Certify the statement of expenditure exact, over the rows whose digest was shown; raises `Refused` while a proof is missing or if it changed."""
    standing = account(EVERYWHERE, convention, None)
    if standing.obstacles:
        raise Refused(*[sentence for _, sentence in standing.obstacles])
    _needs(quality, tell("Indiquer la qualité de la personne qui certifie."))
    rows = rows_of(statement_of(EVERYWHERE, standing))
    if digest(rows) != shown:
        raise Refused(tell("L'état a changé depuis l'affichage : le relire, puis certifier."))
    if not rows:
        raise Refused(tell("L'état est vide : il n'y a rien à certifier."))
    number = len(certificates(EVERYWHERE, convention.key, None)) + 1
    row = LoadedConvention.get(LoadedConvention.key == convention.key)
    detail = told_certificate(quality.strip(), sum(standing.costs.values(), NOTHING), rows)
    note_fact(row, f"{CERTIFIED}{number}", "certified", hand, detail=detail)
    return number


@atomic
def justify(tablet: Tablet, why: Justification, hand: Hand) -> None:
    """Say why a subsidised tablet is in another school (article 7.2): a repair or a loan with its end, or an authorisation with its day."""
    _needs(why.reference, tell("Indiquer le motif, ou la référence de l'autorisation."))
    if why.day is None:
        raise Refused(tell("Indiquer la fin du prêt ou de la réparation, ou la date de l'autorisation."))
    note_fact(tablet, ASSIGNMENT, why.ground, hand, detail={"reference": why.reference.strip(), "day": why.day.isoformat()})


def said(row: InvoicePaper) -> Invoice:
    """What an invoice says now; raises `Refused` once it is cancelled."""
    line = facts(INVOICE, axes=[SAID], ids=[row.id])[(row.id, SAID)]
    if line.value == CANCELLED:
        raise Refused(tell("La facture {number} est annulée : elle ne change plus.", number=row.number))
    return read(line.detail)


def _say(row: InvoicePaper, invoice: Invoice, hand: Hand, *, value: str = STANDS, note: str = "") -> None:
    note_fact(row, SAID, value, hand, detail=told(invoice), note=note)


def _shared(convention: Convention, line: Line) -> Line:
    """The line with its shares in euros, by its key."""
    if line.key is Key.MANUAL or not line.eligible:
        return line
    if line.key is Key.SERIALS:
        weights = _serials_by_class(line)
    else:
        wanted = list(line.shares) or [row.code for row in _classes(convention)]
        weights = {row.code: row.expected if line.key is Key.TABLETS else 1 for row in _classes(convention) if row.code in wanted}
    if not sum(weights.values()):
        raise Refused(tell("« {words} » : aucune classe mobile ne la porte ; en choisir une, ou écrire les montants.", words=line.words))
    return replace(line, shares={code: part for code, part in spread(line.gross, weights).items() if part})


def _serials_by_class(line: Line) -> dict[str, int]:
    weights: dict[str, int] = {}
    for tablet in _tablets(line):
        if tablet.mobile_class is None:
            raise Refused(tell("{serial} n'est dans aucune classe mobile : la ranger d'abord.", serial=tablet.serial))
        weights[tablet.mobile_class.code] = weights.get(tablet.mobile_class.code, 0) + 1
    return weights


def _refuse_line(convention: Convention, line: Line) -> None:
    found = list(faults(line, classes=[row.code for row in _classes(convention)]))
    if found:
        raise Refused(*found)
    _tablets(line)


def _tablets(line: Line) -> list[Tablet]:
    found = list(Tablet.select(Tablet, MobileClass).left_outer_join(MobileClass).where(Tablet.serial.in_(line.serials))) if line.serials else []
    unknown = sorted(set(line.serials) - {tablet.serial for tablet in found})
    if unknown:
        raise Refused(tell("{serials} : absent de l'inventaire ; importer d'abord le bon de livraison.", serials=", ".join(unknown)))
    return found


def _classes(convention: Convention) -> list[MobileClass]:
    return list(MobileClass.select().where((MobileClass.convention == convention.key) & ~MobileClass.withdrawn).order_by(MobileClass.code))


def _needs(text: str, sentence: str) -> None:
    if not text.strip():
        raise Refused(sentence)


def _refuse_future(day: date, hand: Hand, what: str) -> None:
    if day > local_date(hand.now):
        raise Refused(tell("{what} du {day}, qui n'est pas encore venu : vérifier la date.", what=what, day=short_day(day)))


def _noon(day: date, hand: Hand) -> datetime:
    return min(paris_at(day, NOON), hand.now)
