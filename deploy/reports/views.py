"""The rows behind a quarter's figures, its sealed archive, each of its issues, and the correction that makes another one."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.actions import quarter as quarters
from deploy.funding.views import READERS as ACCOUNTS
from deploy.models import QuarterIssue
from deploy.queries.conventions import convention, whole
from deploy.queries.quarter_told import invoice_numbers, quarter_told, tablet_numbers
from deploy.reports.annexes import on_page
from deploy.reports.behind import read, rows_behind
from deploy.reports.quarter import Quarter
from deploy.reports.rows_page import figure, shown
from deploy.steps import STEPS, Level
from inventory.access import Reach, may
from inventory.errors import NotFound
from inventory.paris import local_date
from inventory.roles import OFFICE, READERS
from inventory.views import hand
from inventory.words import tell

pages = Blueprint("seals", __name__)
MOST_ROWS = 500


@pages.get("/trimestres/<period>/archive-<int:issue>.zip")
@may(READERS, scope=Reach.SCOPE)
def archive(period: str, issue: int) -> Response:
    """The sealed archive of one issue: the same bytes each time."""
    row = _issue(period, issue)
    answer = Response(quarters.archive_of(row), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{row.convention}-{row.period}-{row.number}.zip")
    return answer


@pages.get("/trimestres/<period>/lignes/<table>")
@may(READERS, scope=Reach.SCOPE)
def rows(period: str, table: str) -> str:
    """The rows of one table of a quarter, or those behind one of its figures (`?chiffre=`), each leading to what it tells of."""
    told_of, quarter, now = convention(), Quarter.parse(period), g.when.moment if g.when else g.now
    issue, report = quarter_told(g.scope, told_of, quarter, now)
    told = report["tables"].get(table)
    if told is None:
        raise NotFound
    asked = next((one for one in report["figures"] if one["key"] == request.args.get("chiffre") and one["source"] == table), None)
    behind = rows_behind(read(asked["behind"]), told["rows"]) if asked and "behind" in asked else told["rows"]
    last = min(quarter.last, local_date(now))
    return render_template(
        "deploy/quarter_rows.html", period=quarter, issue=issue, table=told, key=table, columns=on_page(table, told["columns"]), rows=behind[:MOST_ROWS], left=len(behind) - MOST_ROWS, asked=asked,
        shown=shown, figure=figure, tablets=tablet_numbers(g.scope, behind[:MOST_ROWS]), codes={one["mobile_class"] for one in report["tables"]["classes"]["rows"]},
        invoices=invoice_numbers(g.scope, told_of.key, behind[:MOST_ROWS]) if g.person.role in ACCOUNTS else {},
        day=last.isoformat() if last < local_date(g.now) else None, device_steps={step.number: step.key for step in STEPS if step.level is Level.DEVICE},
    )  # fmt: skip


@pages.post("/trimestres/<period>/correction")
@may(OFFICE, scope=Reach.SCOPE)
def correct(period: str) -> Response:
    """Issue a quarter once more, with the reason; the earlier issue stays."""
    told = convention()
    if not whole(g.scope, told.key):
        raise NotFound
    row = quarters.correct(Quarter.parse(period), request.form.get("reason", ""), hand())
    flash(tell("{period} émis de nouveau, émission n° {number} ; la précédente reste telle quelle.", period=row.period, number=row.number), "good")
    return redirect(url_for("deploy.quarter_page", period=row.period))


def _issue(period: str, number: int) -> QuarterIssue:
    told = convention()
    issues = quarters.all_of(told.key, Quarter.parse(period)) if whole(g.scope, told.key) else []
    found = [row for row in issues if row.number == number]
    if not found:
        raise NotFound
    return found[0]
