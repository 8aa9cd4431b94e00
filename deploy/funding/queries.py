"""The money of a convention at a moment, from the journal alone: invoices, payments, and what follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from deploy.convention import Convention
from deploy.convention.money import CapReading
from deploy.funding import invoice as invoices_told
from deploy.funding import ledger
from deploy.funding.assignment import Displaced, Ground, Justification, bought
from deploy.funding.certificate import Certificate
from deploy.funding.certificate import read as read_certificate
from deploy.funding.expenditure import Expense, costs, expenses, obstacles
from deploy.funding.invoice import Invoice
from deploy.funding.ledger import Payment
from deploy.funding.statement import statement
from deploy.funding.subsidy import Subsidy, subsidy
from deploy.models import EvidenceFile, InvoicePaper, LoadedConvention, PaymentPaper
from deploy.progress import STEP
from deploy.queries.conventions import loaded, whole
from deploy.reports.tables import Table
from deploy.setup.checklist import DONE
from inventory.discrepancy import Paper, Source
from inventory.errors import NotFound
from inventory.journal import Line, When, facts
from inventory.models import Tablet
from inventory.paris import at, local_date
from inventory.queries.places import ClassRecord, classes, schools
from inventory.queries.tablets import states
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.serials import normalise

CERTIFIED, PLACE, ASSIGNMENT = "certified:", "place", "assignment"
INVOICE, PAYMENT, SAID, CANCELLED = "invoice", "payment", "said", "cancelled"
NOON = time(12)
SERVICE_DONE = f"{STEP}service_done"


@dataclass(frozen=True, slots=True)
class Account:
    """Where the money of a convention stands: what was spent, what is owed for the classes observed, for all, and by the other reading."""

    convention: Convention
    classes: Sequence[ClassRecord]
    invoices: Mapping[int, Invoice]
    payments: Mapping[int, Payment]
    expenses: Sequence[Expense]
    observed: Mapping[str, datetime]
    reading: CapReading
    due: Subsidy
    forecast: Subsidy
    otherwise: Subsidy
    obstacles: Sequence[tuple[int, str]]

    @property
    def costs(self) -> Mapping[str, Decimal]:
        """The eligible euros of each class."""
        return costs(self.expenses, [record.code for record in self.classes])

    @property
    def resources(self) -> tuple[Decimal, Decimal]:
        """What was received for educational resources, and what article 3.2 promises for the schools listed."""
        promised = self.convention.terms.resources_per_school * len(self.convention.schools)
        return ledger.resources(self.payments.values()), promised


def account(scope: Scope, told: Convention, when: When | None) -> Account:
    """The account of a convention; raises `NotFound` for who does not see all its schools."""
    if not whole(scope, told.key):
        raise NotFound
    records, papers = classes(scope, when, convention=told.key), invoices(scope, told.key, when)
    paid, spent = payments(scope, told.key, when), expenses(papers.items())
    seen = observed(scope, records, when)
    reading = told.subsidy.cap_reading.value or CapReading.PER_CLASS
    by_class = costs(spent, [record.code for record in records])
    counted = {code: cost for code, cost in by_class.items() if code in seen}
    held, other = ledger.received(paid.values()), CapReading.POOLED if reading is CapReading.PER_CLASS else CapReading.PER_CLASS
    period = told.payment.eligible_from.value, told.payment.eligible_until.value
    return Account(
        told, records, papers, paid, spent, seen, reading,
        due=subsidy(counted, told.terms, received=held, reading=reading),
        forecast=subsidy(by_class, told.terms, received=held, reading=reading),
        otherwise=subsidy(by_class, told.terms, received=held, reading=other),
        obstacles=list(obstacles(papers.items(), eligible=period)),
    )  # fmt: skip


def observed(scope: Scope, records: Sequence[ClassRecord], when: When | None) -> dict[str, datetime]:
    """The classes whose *service fait* the académie observed, and since when (article 7.1)."""
    codes = {record.id: record.code for record in records}
    said = facts("mobile_class", axes=[SERVICE_DONE], ids=list(codes), when=when)
    return {codes[key[0]]: line.at for key, line in said.items() if line.value == DONE}


def invoices(scope: Scope, key: str, when: When | None) -> dict[int, Invoice]:
    """Every invoice of a convention that stands, by number; none for who does not see the whole convention."""
    return {number: invoices_told.read(line.detail) for number, line in _papers(scope, InvoicePaper, INVOICE, key, when).items()}


def invoiced(scope: Scope) -> Iterator[Paper]:
    """Each serial number that an invoice of the conventions names."""
    for row in loaded():
        for one in invoices(scope, row.key, None).values():
            for serial in (serial for line in one.lines for serial in line.serials):
                yield Paper(normalise(serial), Source.INVOICE, one.supplier, one.number, at(one.day, NOON))


def payments(scope: Scope, key: str, when: When | None) -> dict[int, Payment]:
    """Every payment of a convention that stands, by number."""
    return {number: ledger.read(line.detail) for number, line in _papers(scope, PaymentPaper, PAYMENT, key, when).items()}


def _papers(
    scope: Scope, model: type[InvoicePaper] | type[PaymentPaper], subject: str, key: str, when: When | None
) -> dict[int, Line]:
    if not whole(scope, key):
        return {}
    ids = model.select(model.id).where(model.convention == key)
    found = facts(subject, axes=[SAID], ids=ids, when=when)
    return {number: line for (number, _), line in sorted(found.items()) if line.value != CANCELLED}


def paper(scope: Scope, model: type[InvoicePaper] | type[PaymentPaper], number: int) -> InvoicePaper | PaymentPaper:
    """A paper's identity; raises `NotFound` if it is not there or its convention is not whole in the scope."""
    row = model.get_or_none(model.id == number)
    if row is None or not whole(scope, row.convention):
        raise NotFound
    return row


def evidence(scope: Scope, key: str, sha256: str) -> EvidenceFile:
    """A piece that one of the convention's invoices names; raises `NotFound`."""
    named = {one.evidence for one in invoices(scope, key, None).values()}
    row = EvidenceFile.get_or_none(EvidenceFile.sha256 == sha256) if sha256 in named else None
    if row is None:
        raise NotFound
    return row


def certificates(scope: Scope, key: str, when: When | None) -> list[Certificate]:
    """The statements certified of a convention, the newest first; none for who does not see it whole."""
    if not whole(scope, key):
        return []
    row = LoadedConvention.get(LoadedConvention.key == key)
    found = facts(str(row._meta.table_name), ids=[row.id], when=when)
    told = {int(axis.removeprefix(CERTIFIED)): line for (_, axis), line in found.items() if axis.startswith(CERTIFIED)}
    return [read_certificate(number, line.at, line.detail) for number, line in sorted(told.items(), reverse=True)]


def statement_of(scope: Scope, shown: Account) -> Table:
    """The statement of expenditure of an account."""
    homes = {row.id: row.uai for row in schools(scope)}
    return statement(shown.expenses, {record.code: homes[record.school_id] for record in shown.classes})


def displaced(scope: Scope, shown: Account, when: When | None, today: date) -> list[Displaced]:
    """The subsidised tablets that are in another school than those they were bought for (article 7.2), the unjustified first."""
    told = bought(shown.expenses, shown.convention.terms.rate)
    everywhere = {record.id: record for record in classes(scope, when)}
    home = {record.code: record.school_id for record in everywhere.values()}
    ids = [row.id for row in visible(scope, Tablet).where(Tablet.serial.in_(sorted(told)))] if told else []
    known = {state.serial: state for state in states(scope, when, ids=ids) if state.class_id in everywhere}
    said = facts("tablet", axes=[PLACE, ASSIGNMENT], ids=[state.id for state in known.values()], when=when)
    found = []
    for serial, state in known.items():
        codes, price, part = told[serial]
        here = everywhere[state.class_id or 0]
        if here.school_id in {home.get(code) for code in codes}:
            continue
        moved, word = said.get((state.id, PLACE)), said.get((state.id, ASSIGNMENT))
        since = local_date(moved.at) if moved else None
        why = _justification(word) if word and word.value != CANCELLED else None
        holds = why is not None and why.holds(today, since)
        found.append(Displaced(state.id, serial, ", ".join(codes), here.code, since, price, part, why, holds))
    return sorted(found, key=lambda one: (one.justified, one.serial))


def _justification(line: Line) -> Justification:
    day = line.detail.get("day")
    return Justification(Ground(line.value), line.detail["reference"], date.fromisoformat(day) if day else None)
