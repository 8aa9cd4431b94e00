"""The pages of the plan and the account: the board, findings, the quarter, and the panels hung on the ground floor."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.actions import conventions as loading
from deploy.actions import quarter as quarters
from deploy.actions import steps
from deploy.form import amount_of, day_of, number_of
from deploy.models import QuarterFile, QuarterIssue
from deploy.plots import board_plots, window_slider
from deploy.progress import NOT_DONE, device_step_end
from deploy.queries.board import classes_on_board, on_board
from deploy.queries.conventions import convention, whole
from deploy.queries.findings import findings_of
from deploy.queries.quarter_told import quarter_told
from deploy.reports.quarter import Quarter
from deploy.reports.rows_page import figure
from deploy.reports.seal import fingerprint
from deploy.schedule.slider import day_of_step
from deploy.setup.checklist import DONE, UNDONE, WAIVED
from deploy.steps import BY_KEY, STEP_WRITERS, Level
from inventory.access import Reach, may
from inventory.errors import NotFound, Refused
from inventory.keyset import read_cursor
from inventory.models import Tablet
from inventory.paris import local_date
from inventory.queries import places
from inventory.queries.counters import totals
from inventory.queries.gap_counts import by_class, by_kind
from inventory.queries.listing import Ask
from inventory.queries.tablets import chosen
from inventory.queries.tablets import tablet as tablet_of
from inventory.roles import FIELD, OFFICE, READERS
from inventory.views import hand
from inventory.words import tell, tell_count

pages = Blueprint("deploy", __name__, template_folder="templates")

BOARD_CARDS = 24
DOCUMENTS = (
    ("synthese.pdf", "PDF"), ("trimestre.ods", "OpenDocument"), ("trimestre.xlsx", "XLSX"), ("trimestre.json", "JSON"),
    ("LISEZMOI.txt", "LISEZMOI"), ("MANIFEST.sha256", "SHA-256"),
)  # fmt: skip


@pages.get("/tableau")
@may(READERS, scope=Reach.SCOPE)
def board_page() -> str | Response:
    """The convention's board a page of classes at a time, its sums, and the plots of that page with their tables."""
    told = convention()
    if "jour" in request.args:
        return redirect(url_for("deploy.board_page", as_of=_day_asked(told.window, request.args["jour"])))
    ask = Ask(sort="code", size=BOARD_CARDS, cursor=read_cursor(request.args.get("suite", ""), str))
    shown, page = classes_on_board(g.scope, ask, g.when, g.now)
    return render_template(
        "deploy/board.html", told=told, shown=shown, page=page, totals=totals(g.when, scope=g.scope),
        gaps=sum(by_kind(g.scope, g.when).values()), gaps_of=by_class(g.scope, g.when, [one.record.id for one in shown]),
        plots=board_plots(told, shown, g.scope, g.when, g.now), slider=window_slider(told, g.when, g.now),
    )  # fmt: skip


def _day_asked(window: tuple[date, date], step: str) -> str | None:
    """The date of a step of the slider, to be looked at; None for today, which is now."""
    try:
        wanted = day_of_step(window, step)
    except ValueError as fault:
        raise Refused(tell("jour = « {value} » n'est pas un jour de la fenêtre : choisir sur la frise.", value=step)) from fault
    return None if wanted >= local_date(g.now) else wanted.isoformat()


@pages.get("/constats")
@may(READERS, scope=Reach.NOTHING)
def findings_page() -> str:
    """What the convention contradicts, recomputed, with its consequence and what was retained."""
    return render_template("deploy/findings.html", told=convention(), findings=findings_of())


@pages.get("/trimestres")
@may(READERS, scope=Reach.SCOPE)
def quarter_list() -> str:
    """The quarters that can be issued, and those that were."""
    told = convention()
    if not whole(g.scope, told.key):
        return render_template("deploy/quarters.html", quarters=None)
    moment = g.when.moment if g.when else g.now
    known = (QuarterIssue.convention == told.key) & (QuarterIssue.issued <= moment)
    issued = {row.period: row for row in QuarterIssue.select().where(known).order_by(QuarterIssue.number)}
    current = Quarter.of(local_date(moment))
    quarters_shown, one = [], Quarter.of(told.window.first)
    while one.first <= current.first:
        quarters_shown.append(one)
        one = Quarter.of(date.fromordinal(one.last.toordinal() + 1))
    return render_template("deploy/quarters.html", quarters=quarters_shown[-12:][::-1], issued=issued, current=current)


@pages.post("/trimestres")
@may(OFFICE, scope=Reach.SCOPE)
def quarter_issue() -> Response:
    """Issue a quarter: from then on its bytes never change."""
    if not whole(g.scope, convention().key):
        raise NotFound
    period = Quarter.parse(request.form.get("period", ""))
    issued = quarters.issue(period, hand(), strict=True)
    if issued.provisional:
        raise Refused(tell("{period} n'est pas fini : il s'émet à partir du lendemain de son dernier jour.", period=period.label))
    flash(tell("{period} émis : {count} fichiers, qui ne changeront plus.", period=period.label, count=len(issued.files)), "good")
    return redirect(url_for("deploy.quarter_page", period=period.key))


@pages.get("/trimestres/<period>")
@may(READERS, scope=Reach.SCOPE)
def quarter_page(period: str) -> str:
    """A quarter's figures, each with the way to its rows; the files of an issued one with their digests."""
    told_of, told, now = convention(), Quarter.parse(period), g.when.moment if g.when else g.now
    issue, report = quarter_told(g.scope, told_of, told, now)
    files = QuarterFile.select().where(QuarterFile.issue == issue).order_by(QuarterFile.name) if issue else []
    return render_template(
        "deploy/quarter.html", issue=issue, period=told, files=list(files), key=fingerprint(), report=report, shown=figure, documents=DOCUMENTS,
        issues=[one for one in quarters.all_of(told_of.key, told) if one.issued <= now], over=told.last < local_date(now),
    )  # fmt: skip


@pages.get("/trimestres/<period>/<path:name>")
@may(READERS, scope=Reach.SCOPE)
def quarter_file(period: str, name: str) -> Response:
    """One file of an issued quarter, byte for byte."""
    file = QuarterFile.get_or_none((QuarterFile.issue == _issue(period)) & (QuarterFile.name == name))
    if file is None:
        raise NotFound
    answer = Response(bytes(file.content), mimetype="application/octet-stream")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name.rpartition("/")[2]}"'
    return answer


def _issue(period: str) -> QuarterIssue:
    told = convention()
    row = quarters.find(told.key, Quarter.parse(period)) if whole(g.scope, told.key) else None
    if row is None:
        raise NotFound
    return row


@pages.get("/classes/<code>/pas/<key>")
@may(READERS, scope=Reach.SCOPE)
def step_page(code: str, key: str) -> str:
    """The tablets behind one number: who has done a step, since when, by whose word."""
    step = BY_KEY.get(key)
    if step is None or step.level is not Level.DEVICE:
        raise NotFound
    one = on_board(g.scope, places.mobile_class(g.scope, code).id, g.when, g.now)
    ends = [(device, device_step_end(step, device)) for device in one.devices]
    return render_template("deploy/step.html", one=one, step=step, ends=ends, not_done=NOT_DONE)


@pages.post("/classes/<code>/pas")
@may(STEP_WRITERS, scope=Reach.SCOPE)
def record_step(code: str) -> Response:
    """Record a step of a class as done, waived or taken back."""
    row, form = places.mobile_class(g.scope, code), request.form
    value = form.get("value", DONE)
    if value not in (DONE, WAIVED, UNDONE):
        raise Refused(tell("Dire si l'étape est faite, dispensée ou reprise."))
    detail = {"present": str(number_of(form, "present", least=0))} if form.get("present", "").strip() else {}
    key = form.get("step", "")
    steps.record_step(row, key, hand(), value=value, day=day_of(form, "day"), note=form.get("note", ""), detail=detail)
    flash(tell("Étape enregistrée."), "good")
    return redirect(url_for("inventory.mobile_class", code=row.code) + "#etapes")


@pages.post("/classes/<code>/coches")
@may(FIELD, scope=Reach.SCOPE)
def tick_class(code: str) -> Response:
    """Tick one item of the baseline on the chosen tablets of a class."""
    row = places.mobile_class(g.scope, code)
    _tick(chosen(g.scope, row, request.form.getlist("tablet")))
    return redirect(url_for("inventory.mobile_class", code=row.code) + "#etapes")


@pages.post("/tablettes/<int:tablet_id>/coches")
@may(FIELD, scope=Reach.SCOPE)
def tick_tablet(tablet_id: int) -> Response:
    """Tick items of the baseline on one tablet."""
    _tick([tablet_of(g.scope, tablet_id)])
    return redirect(url_for("inventory.tablet", tablet_id=tablet_id) + "#configuration")


def _tick(several: list[Tablet]) -> None:
    items = [item for item in request.form.getlist("item") if item]
    if not items:
        raise Refused(tell("Choisir au moins un point à cocher."))
    value, note = request.form.get("value", DONE), request.form.get("note", "")
    count = steps.tick(several, items, hand(), value=value, day=day_of(request.form, "day"), note=note)
    flash(tell_count("{count} coche enregistrée.", "{count} coches enregistrées.", count), "good")


@pages.post("/classes/<code>/reglages")
@may(OFFICE, scope=Reach.SCOPE)
def plan_class(code: str) -> Response:
    """Set a class's tablets expected, slots and own dates."""
    row, form = places.mobile_class(g.scope, code), request.form
    loading.plan_class(
        row, expected=number_of(form, "expected"), slots=number_of(form, "slots"), first=day_of(form, "first"),
        last=day_of(form, "last"), name=form.get("name", ""), hand=hand(),
    )  # fmt: skip
    flash(tell("Réglages enregistrés."), "good")
    return redirect(url_for("inventory.mobile_class", code=row.code))


@pages.post("/ecoles/<uai>/debit")
@may(FIELD, scope=Reach.SCOPE)
def record_connectivity(uai: str) -> Response:
    """Record the internet rate checked in a school (article 3.1), or a waiver."""
    row, form = places.school(g.scope, uai), request.form
    steps.record_connectivity(
        row, form.get("value", ""), hand(), day=day_of(form, "day"), mbps=amount_of(form, "mbps"),
        place=form.get("place", ""), note=form.get("note", ""),
    )  # fmt: skip
    flash(tell("Débit enregistré."), "good")
    return redirect(url_for("inventory.school", uai=row.uai))


@pages.post("/ecoles/<uai>/conseil")
@may(OFFICE, scope=Reach.SCOPE)
def record_council(uai: str) -> Response:
    """Record the day the school's council was informed of the Wi-Fi."""
    row = places.school(g.scope, uai)
    told = day_of(request.form, "day")
    if told is None:
        raise Refused(tell("Indiquer la date du conseil d'école."))
    steps.record_council(row, told, hand(), note=request.form.get("note", ""))
    flash(tell("Information du conseil d'école enregistrée."), "good")
    return redirect(url_for("inventory.school", uai=row.uai))
