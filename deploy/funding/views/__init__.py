"""The pages of the money: what was spent, what the State owes, the invoices and serial numbers behind each euro."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.convention import Convention
from deploy.convention.money import BudgetKind, CapReading
from deploy.form import day_of, euros_of, number_of
from deploy.funding import actions
from deploy.funding.assignment import Ground
from deploy.funding.certificate import changes, digest, rows_of
from deploy.funding.invoice import Invoice, Key, Mandate
from deploy.funding.ledger import Move, Payment
from deploy.funding.line_form import line_of
from deploy.funding.queries import Account, account, certificates, displaced, evidence, paper, statement_of
from deploy.funding.statement import with_mention
from deploy.funding.subsidy import subsidy
from deploy.models import InvoicePaper, PaymentPaper
from deploy.queries.conventions import convention, convention_at, whole
from deploy.reports.csv_files import french_csv
from inventory.access import Reach, may
from inventory.errors import NotFound, Refused
from inventory.journal import history
from inventory.paris import local_date
from inventory.queries import places
from inventory.roles import OFFICE, Role
from inventory.status import Status
from inventory.timeline import timeline
from inventory.views import hand
from inventory.words import FRENCH, speaking, tell

pages = Blueprint("funding", __name__, url_prefix="/financement")
READERS = OFFICE | {Role.ACADEMY, Role.AUDITOR, Role.STEERING_COMMITTEE, Role.TECHNICAL_COMMITTEE}
MOST_SIMULATED = 12


def choices(kinds: type[Status]) -> list[tuple[str, str]]:
    """What a select field offers: each key with its label."""
    return [(str(one), one.label) for one in kinds]


def _account() -> Account:
    return account(g.scope, _in_force(), g.when)


def _in_force() -> Convention:
    """The convention as it is, or as it was on the day looked at."""
    told = convention()
    return convention_at(told.key, local_date(g.when.moment)) if g.when else told


def _told() -> Convention:
    """The convention, for who sees it whole."""
    told = convention()
    if not whole(g.scope, told.key):
        raise NotFound
    return told


@pages.get("")
@may(READERS, scope=Reach.SCOPE)
def page() -> str:
    """What is owed, received and left, class by class, with both readings of the cap."""
    told = _in_force()
    shown = account(g.scope, told, g.when) if whole(g.scope, told.key) else None
    today = local_date(g.when.moment if g.when else g.now)
    elsewhere = displaced(g.scope, shown, g.when, today) if shown else []
    return render_template(
        "deploy/funding.html", told=told, account=shown, moves=choices(Move), today=local_date(g.now), elsewhere=elsewhere, grounds=choices(Ground)
    )


@pages.get("/classes/<code>")
@may(READERS, scope=Reach.SCOPE)
def class_page(code: str) -> str:
    """The invoice lines and serial numbers behind the cost of one class."""
    shown, record = _account(), places.mobile_class(g.scope, code)
    borne = [one for one in shown.expenses if one.class_code == record.code]
    return render_template("deploy/funding_class.html", account=shown, record=record, borne=borne, share=shown.forecast.shares.get(record.code))


@pages.get("/factures")
@may(READERS, scope=Reach.SCOPE)
def invoice_list() -> str:
    """Every invoice that stands."""
    shown = _account()
    return render_template("deploy/invoices.html", account=shown, today=local_date(g.now))


@pages.post("/factures")
@may(OFFICE, scope=Reach.SCOPE)
def invoice_register() -> Response:
    """Record an invoice's head; its lines follow on its page."""
    told, form = _told(), request.form
    day = day_of(form, "day")
    if day is None:
        raise Refused(tell("Indiquer la date de la facture."))
    row = actions.register_invoice(told, Invoice(form.get("supplier", ""), form.get("number", ""), day, form.get("order", "").strip()), hand())
    flash(tell("Facture enregistrée : ajouter ses lignes."), "good")
    return redirect(url_for("funding.invoice_page", invoice_id=row.id))


@pages.get("/factures/<int:invoice_id>")
@may(READERS, scope=Reach.SCOPE)
def invoice_page(invoice_id: int) -> str:
    """One invoice: its lines, who bears them, its proofs and its history."""
    row, shown = _invoice(invoice_id), _account()
    return render_template(
        "deploy/invoice.html", row=row, invoice=shown.invoices.get(row.id), account=shown, kinds=choices(BudgetKind), keys=choices(Key),
        timeline=timeline(history("invoice", row.id), g.when), today=local_date(g.now),
    )  # fmt: skip


@pages.post("/factures/<int:invoice_id>/lignes")
@may(OFFICE, scope=Reach.SCOPE)
def line_add(invoice_id: int) -> Response:
    """Write one line, with its eligibility and its shares."""
    row = _invoice(invoice_id)
    actions.add_line(row, convention(row.convention), line_of(request.form, request.form.getlist("class")), hand())
    flash(tell("Ligne enregistrée."), "good")
    return _back(row)


@pages.post("/factures/<int:invoice_id>/lignes/<int:position>/retrait")
@may(OFFICE, scope=Reach.SCOPE)
def line_withdraw(invoice_id: int, position: int) -> Response:
    """Take a line off an invoice, with its reason."""
    row = _invoice(invoice_id)
    actions.withdraw_line(row, position, request.form.get("reason", ""), hand())
    flash(tell("Ligne retirée ; elle reste dans l'histoire de la facture."), "good")
    return _back(row)


@pages.post("/factures/<int:invoice_id>/mandat")
@may(OFFICE, scope=Reach.SCOPE)
def invoice_pay(invoice_id: int) -> Response:
    """Record the payment order of an invoice."""
    row, day = _invoice(invoice_id), day_of(request.form, "day")
    if day is None:
        raise Refused(tell("Indiquer la date du mandat."))
    actions.pay(row, Mandate(request.form.get("number", "").strip(), day), hand())
    flash(tell("Mandat enregistré."), "good")
    return _back(row)


@pages.post("/factures/<int:invoice_id>/piece")
@may(OFFICE, scope=Reach.SCOPE)
def invoice_prove(invoice_id: int) -> Response:
    """Keep the piece that proves an invoice."""
    row, file = _invoice(invoice_id), request.files.get("file")
    if file is None or not file.filename:
        raise Refused(tell("Choisir le fichier de la facture."))
    actions.prove(row, file.filename, file.read(), hand())
    flash(tell("Pièce gardée."), "good")
    return _back(row)


@pages.post("/factures/<int:invoice_id>/annulation")
@may(OFFICE, scope=Reach.SCOPE)
def invoice_cancel(invoice_id: int) -> Response:
    """Cancel an invoice recorded by mistake."""
    row = _invoice(invoice_id)
    actions.cancel_invoice(row, request.form.get("reason", ""), hand())
    flash(tell("Facture annulée."), "good")
    return _back(row)


def _invoice(number: int) -> InvoicePaper:
    return cast("InvoicePaper", paper(g.scope, InvoicePaper, number))


def _back(row: InvoicePaper) -> Response:
    return redirect(url_for("funding.invoice_page", invoice_id=row.id))


@pages.get("/pieces/<sha256>")
@may(READERS, scope=Reach.SCOPE)
def piece(sha256: str) -> Response:
    """A piece of evidence, byte for byte, always downloaded."""
    file = evidence(g.scope, convention().key, sha256)
    answer = Response(bytes(file.content), mimetype="application/octet-stream")
    answer.headers.set("Content-Disposition", "attachment", filename=file.name)
    return answer


@pages.post("/mouvements")
@may(OFFICE, scope=Reach.SCOPE)
def payment_record() -> Response:
    """Record a claim, a payment received or paid back."""
    told, form, day = _told(), request.form, day_of(request.form, "day")
    if day is None or form.get("move", "") not in list(Move):
        raise Refused(tell("Choisir le mouvement et sa date."))
    payment = Payment(Move(form["move"]), day, euros_of(form, "amount"), form.get("reference", "").strip())
    actions.record_payment(told, payment, hand())
    flash(tell("Mouvement enregistré."), "good")
    return redirect(url_for("funding.page") + "#mouvements")


@pages.post("/mouvements/<int:payment_id>/annulation")
@may(OFFICE, scope=Reach.SCOPE)
def payment_cancel(payment_id: int) -> Response:
    """Cancel a payment recorded by mistake."""
    row = cast("PaymentPaper", paper(g.scope, PaymentPaper, payment_id))
    actions.cancel_payment(row, request.form.get("reason", ""), hand())
    flash(tell("Mouvement annulé."), "good")
    return redirect(url_for("funding.page") + "#mouvements")


@pages.get("/etat-recapitulatif")
@may(READERS, scope=Reach.SCOPE)
def statement_page() -> str:
    """The statement of expenditure to print and certify (article 7.1)."""
    shown = _account()
    codes = [(code.words, code.code.value) for code in shown.convention.codes]
    rows = rows_of(statement_of(g.scope, shown))
    certified = [(one, *changes(one, rows)) for one in certificates(g.scope, shown.convention.key, g.when)]
    return render_template("deploy/statement.html", account=shown, pairs=codes, digest=digest(rows), certified=certified)


@pages.get("/etat-recapitulatif.csv")
@may(READERS, scope=Reach.SCOPE)
@speaking(FRENCH)
def statement_file() -> Response:
    """The same statement as a file that opens in a French spreadsheet."""
    shown = _account()
    answer = Response(french_csv(with_mention(statement_of(g.scope, shown), shown.convention.mention)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename="etat-recapitulatif.csv")
    return answer


@pages.get("/simulation")
@may(READERS, scope=Reach.SCOPE)
def simulation() -> str:
    """What the State would owe if classes cost something else, by both readings of the cap."""
    told = _told()
    count = number_of(request.args, "count", most=MOST_SIMULATED) if request.args.get("count") else min(told.listed_classes, MOST_SIMULATED)
    costs = {f"{place}": euros_of({"amount": request.args.get(f"cost-{place}") or "0"}, "amount") for place in range(1, count + 1)}
    both = [subsidy(costs, told.terms, received=told.terms.advance, reading=reading) for reading in CapReading]
    return render_template("deploy/simulation.html", told=told, costs=costs, both=both, count=count)
