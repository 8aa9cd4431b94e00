"""The sealed archive of a quarter, each of its issues, and the correction that makes another one."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from deploy.actions import quarter as quarters
from deploy.models import QuarterIssue
from deploy.queries.conventions import convention, whole
from deploy.reports.quarter import Quarter
from inventory.access import Reach, may
from inventory.errors import NotFound
from inventory.roles import OFFICE, READERS
from inventory.views import hand
from inventory.words import tell

pages = Blueprint("seals", __name__)


@pages.get("/trimestres/<period>/archive-<int:issue>.zip")
@may(READERS, scope=Reach.SCOPE)
def archive(period: str, issue: int) -> Response:
    """The sealed archive of one issue: the same bytes each time."""
    row = _issue(period, issue)
    answer = Response(quarters.archive_of(row), mimetype="application/zip")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{row.convention}-{row.period}-{row.number}.zip")
    return answer


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
