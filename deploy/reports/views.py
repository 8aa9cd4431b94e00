"""The rows behind a quarter's figures, its sealed archive, each of its issues, and the correction that makes another one."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.actions import quarter as quarters
from deploy.committee.integration import told
from deploy.committee.meeting import MeetingState
from deploy.committee.queries import compared, sittings
from deploy.committee.wording import in_words
from deploy.convention import Convention
from deploy.form import day_of
from deploy.funding.queries import Account, account
from deploy.funding.subsidy import NOTHING
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
from inventory.errors import NotFound, Refused
from inventory.journal import When
from inventory.paris import end_of, local_date
from inventory.queries.places import classes, schools
from inventory.roles import OFFICE, READERS
from inventory.spoken import short_day
from inventory.views import hand
from inventory.words import tell

pages = Blueprint("seals", __name__)
MOST_ROWS = 500
MOST_CLASSES = 40
"""Mobile classes compared on one page, tablet by tablet; of a larger town, one school at a time."""


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


@pages.get("/differences")
@may(READERS, scope=Reach.SCOPE)
def differences() -> str:
    """What differs between the ends of two days, those of two committees if asked: each class, then the money and the meetings for who sees them."""
    told_of, today = convention(), local_date(g.when.moment if g.when else g.now)
    met = [one for one in sittings(g.scope, told_of.key, g.when) if one.state is MeetingState.HELD]
    last = day_of(request.args, "au") or today
    first = day_of(request.args, "du") or next((one.meeting.day for one in met if one.meeting.day < last), min(told_of.window.first, last))
    if not first <= last <= today:
        raise Refused(tell("Du {first} au {last} : choisir deux dates passées, dans l'ordre.", first=short_day(first), last=short_day(last)))
    one, two = (When(min(end_of(day), g.when.moment if g.when else g.now), g.when.known if g.when else None) for day in (first, last))
    everything = classes(g.scope, g.when, convention=told_of.key)
    homes = {row.uai: row for row in schools(g.scope, sorted({record.school_id for record in everything}))}
    asked = homes.get(request.args.get("ecole", ""))
    inside = [record.id for record in everything if asked is None or record.school_id == asked.id]
    shown = compared(g.scope, told_of.key, one, two, g.now, class_ids=inside) if len(inside) <= MOST_CLASSES else None
    pairs = [(earlier.meeting, later_on.meeting) for committee in told_of.committees for later_on, earlier in pairwise([one for one in met if one.meeting.committee == committee.key])]
    return render_template(
        "deploy/differences.html", first=first, last=last, schools=[(row.uai, row.name) for row in homes.values()], asked=asked, most=MOST_CLASSES,
        shown=None if shown is None else [(cart, list(in_words(told(cart.before), told(cart.after))) if cart.before and cart.after else []) for cart in shown],
        money=_money(told_of, one, two) if whole(g.scope, told_of.key) and g.person.role in ACCOUNTS else [],
        pairs=pairs, met=[sitting for sitting in met if first < sitting.meeting.day <= last], committees={one.key: one.name.value for one in told_of.committees},
    )  # fmt: skip


def _money(told_of: Convention, first: When, last: When) -> list[tuple[str, Decimal, Decimal]]:
    """The euros of a convention at two moments, each under its name."""
    one, two = (account(g.scope, told_of, when) for when in (first, last))
    told_as: list[tuple[str, Callable[[Account], Decimal]]] = [
        (tell("Facturé"), lambda shown: sum((each.amount for each in shown.expenses), NOTHING)),
        (tell("Dépenses éligibles"), lambda shown: sum((each.eligible for each in shown.expenses), NOTHING)),
        (tell("Subvention due"), lambda shown: shown.due.due),
        (tell("Subvention reçue"), lambda shown: shown.due.received),
    ]
    return [(name, value(one), value(two)) for name, value in told_as]


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
