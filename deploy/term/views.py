"""The page of the convention's life, of each request it must answer, and its final statement (articles 8, 10 and 11)."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.committee.paper import paper
from deploy.convention import Convention
from deploy.form import day_of
from deploy.funding.queries import Account, account
from deploy.funding.views import READERS
from deploy.models import LoadedConvention
from deploy.queries.conventions import convention, convention_at, whole
from deploy.queries.quarter_told import quarter_told
from deploy.reports.csv_files import FRENCH as AS_TEXT
from deploy.reports.csv_files import french_csv
from deploy.reports.ods_file import ods_bytes
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Table
from deploy.reports.xlsx_file import xlsx_bytes
from deploy.term import actions, queries
from deploy.term.dates import Termination, deadlines, end
from deploy.term.request import Request, RequestKind, prefilled
from deploy.term.statement_files import STATEMENT, flat, statement_export, statement_tables
from inventory import french
from inventory.access import Reach, may
from inventory.errors import NotFound, Refused
from inventory.paris import local_date
from inventory.roles import OFFICE, Role
from inventory.views import hand
from inventory.words import FRENCH, speaking, tell

pages = Blueprint("term", __name__)
WRITERS = OFFICE | {Role.ACADEMY}
WORKBOOKS = {
    "xlsx": (xlsx_bytes, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    "ods": (ods_bytes, "application/vnd.oasis.opendocument.spreadsheet"),
}


def _today() -> date:
    return local_date(g.when.moment if g.when else g.now)


def _told() -> Convention:
    told = convention()
    if not whole(g.scope, told.key):
        raise NotFound
    return convention_at(told.key, _today())


@pages.get("/convention")
@may(READERS, scope=Reach.SCOPE)
def page() -> str:
    """The life of the convention: its dates, its amendments, its termination, the requests it must answer."""
    told = convention()
    if not whole(g.scope, told.key):
        return render_template("deploy/term.html", told=told, dates=None)
    told, today = convention_at(told.key, _today()), _today()
    notice = queries.termination_of(g.scope, told.key, g.when)
    asked = [(number, one, one.state(today)) for number, one in queries.requests(g.scope, told.key, g.when).items()]
    return render_template(
        "deploy/term.html", told=told, dates=list(deadlines(told, notice)), over=end(told, notice), notice=notice, asked=asked, today=today,
        amendments=queries.amendments(g.scope, told.key, today), kinds=[(one.value, one.label) for one in RequestKind], writes=g.person.role in WRITERS and g.when is None,
        loaded=LoadedConvention.get(LoadedConvention.key == told.key),
    )  # fmt: skip


@pages.post("/convention/resiliation")
@may(WRITERS, scope=Reach.SCOPE)
def terminate() -> Response:
    """Record a notice of termination, or take it back."""
    told, form = _told(), request.form
    if form.get("act") == "withdraw":
        actions.withdraw_termination(told, form.get("reason", ""), hand())
    else:
        received = day_of(form, "day")
        if received is None:
            raise Refused(tell("Indiquer le jour où la lettre a été reçue."))
        actions.notify_termination(told, Termination(form.get("by", ""), received, form.get("reference", "")), hand())
    flash(tell("C'est noté."), "good")
    return redirect(url_for("term.page") + "#resiliation")


@pages.post("/convention/demandes")
@may(WRITERS, scope=Reach.SCOPE)
def ask() -> Response:
    """Record a request received."""
    form, received = request.form, day_of(request.form, "first")
    if received is None or form.get("kind", "") not in list(RequestKind):
        raise Refused(tell("Indiquer le genre de la demande et le jour où elle a été reçue."))
    row = actions.receive_request(_told(), Request(RequestKind(form["kind"]), form.get("sender", "").strip(), received, day_of(form, "last"), form.get("question", "").strip()), hand())
    flash(tell("Demande enregistrée."), "good")
    return redirect(url_for("term.request_page", request_id=row.id))


@pages.get("/convention/demandes/<int:request_id>")
@may(READERS, scope=Reach.SCOPE)
def request_page(request_id: int) -> str:
    """One request, and its answer, begun with what the quarter says."""
    told, (_, one) = _told(), queries.request(g.scope, request_id, g.when)
    writes = g.person.role in WRITERS and g.when is None
    start = one.answer or (_start(told) if writes else "")
    return render_template("deploy/request.html", one=one, number=request_id, state=one.state(_today()), start=start, writes=writes)


@pages.post("/convention/demandes/<int:request_id>")
@may(WRITERS, scope=Reach.SCOPE)
def request_answer(request_id: int) -> Response:
    """Record what was answered."""
    row, _ = queries.request(g.scope, request_id)
    actions.answer(row, request.form.get("answer", ""), hand())
    flash(tell("Réponse enregistrée."), "good")
    return redirect(url_for("term.request_page", request_id=request_id))


@pages.get("/financement/bilan")
@may(READERS, scope=Reach.SCOPE)
def statement() -> str:
    """The final statement as it would be today: forecast and actual, what was received, is due and is left."""
    shown = account(g.scope, _told(), g.when)
    over = end(shown.convention, queries.termination_of(g.scope, shown.convention.key, g.when))
    tables = [(table, [[_text(table, place, row) for place in range(len(row))] for row in table.rows]) for table in _tables(shown)]
    return render_template("deploy/final_statement.html", account=shown, tables=tables, over=over, today=_today())


@pages.get("/financement/bilan.pdf")
@may(READERS, scope=Reach.SCOPE)
@speaking(FRENCH)
def statement_pdf() -> Response:
    """The final statement to sign."""
    shown = account(g.scope, _told(), g.when)
    told = shown.convention
    sections = {
        table.title: [" ; ".join(f"{column.label} : {_text(table, place, row)}" for place, column in enumerate(table.columns)) for row in table.rows]
        for table in _tables(shown)
    }  # fmt: skip
    sections["Pièces justificatives"] = [f"{one.supplier}, {one.number} : {one.evidence or 'manque'}" for one in shown.invoices.values()]
    sections["Signatures"] = [f"{party.name.value} : le …………………, signature …………………" for party in told.parties]
    content = paper("Bilan financier", f"Au {french.day(_today())}, article 8", told.document.title.value, told.mention, {"": [], **sections}, g.now)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"bilan-financier-{_today()}.pdf")
    return answer


@pages.get("/financement/bilan.<kind>")
@may(READERS, scope=Reach.SCOPE)
@speaking(FRENCH)
def statement_file(kind: str) -> Response:
    """The final statement with typed cells: a workbook of its tables, or one flat table as CSV."""
    if kind not in ("csv", *WORKBOOKS):
        raise NotFound
    shown, today = account(g.scope, _told(), g.when), _today()
    if kind == "csv":
        answer = Response(french_csv(flat(statement_tables(shown), shown.convention.mention)), mimetype="text/csv")
    else:
        write, mimetype = WORKBOOKS[kind]
        over = end(shown.convention, queries.termination_of(g.scope, shown.convention.key, g.when))
        answer = Response(write(statement_export(shown, today, g.now, over)), mimetype=mimetype)
    answer.headers.set("Content-Disposition", "attachment", filename=f"bilan-financier-{today}.{kind}")
    return answer


def _tables(shown: Account) -> list[Table]:
    with speaking(FRENCH):
        return [table for table in statement_tables(shown) if table.key in STATEMENT]


def _text(table: Table, place: int, row: object) -> str:
    value, kind = row[place], table.columns[place].kind  # type: ignore[index]
    if value is None or value == "":
        return "—"
    return french.amount(value) if kind == "amount" else AS_TEXT[kind](value)


def _start(told: Convention) -> str:
    """What the quarter under way says today, as the start of an answer; the convention's first quarter before it."""
    today = _today()
    _, report = quarter_told(g.scope, told, max(Quarter.of(today), Quarter.of(told.window.first)), g.now)
    return prefilled(report["figures"], f"Au {french.day(today)}, {told.document.title.value} :", told.mention)
