"""The pages of the plan: who goes where and when, what holds a class up, visits promised to schools, calendars to subscribe to."""

from __future__ import annotations

from datetime import timedelta

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.committee.meeting import MeetingState
from deploy.committee.queries import sittings
from deploy.form import day_of
from deploy.models import CalendarFeed
from deploy.queries.conventions import convention
from deploy.schedule import actions
from deploy.schedule.feed import Entry, calendar, half_day
from deploy.schedule.gantt import Row, gantt
from deploy.schedule.queries import Planned, by_week, hours, paper, planned, promises
from deploy.schedule.remaining import DEPOT, LABELS
from deploy.schedule.work import AFTERNOON, MORNING, Slot, Visit
from inventory.access import ANYONE, Reach, may
from inventory.errors import NotFound, Refused
from inventory.models import Person
from inventory.paris import at as paris_at
from inventory.paris import local_date
from inventory.queries import places
from inventory.queries.visible import scope_of
from inventory.roles import OFFICE, READERS, Role
from inventory.views import hand
from inventory.words import FRENCH, speaking, tell

pages = Blueprint("schedule", __name__)
TWO_HOURS = timedelta(hours=2)


@pages.get("/planning")
@may(READERS, scope=Reach.SCOPE)
def page() -> str:
    """The visits to come week by week, each class's last possible start and slack, and what is promised."""
    shown = planned(g.scope, convention(), g.when, g.now)
    feeds = CalendarFeed.select().where((CalendarFeed.person == g.person) & CalendarFeed.revoked.is_null()).count()
    return render_template(
        "deploy/planning.html", shown=shown, form_id=form_id, depot=DEPOT, weeks=by_week(shown.plan.visits), labels={key: tell(label) for key, label in LABELS.items()}, hours=hours, feeds=feeds,
        numbers={(one.code, one.work): number for number, one in shown.promised.items()}, chart=_chart(shown), today=local_date(g.now), halves=[(str(MORNING), tell("matin")), (str(AFTERNOON), tell("après-midi"))],
    )  # fmt: skip


def form_id(visit: Visit) -> str:
    """The id of the form that moves a visit: a drag on the picture fills it and sends it."""
    return f"visite-{visit.code}-{visit.work}-{visit.slot.day}-{visit.slot.half}"


def _chart(shown: Planned) -> str:
    """The most pressed classes first, over the days of their visits."""
    outlooks = shown.plan.outlooks
    mine = {code: [(one.slot, tell(LABELS[one.work]), one.promised, form_id(one)) for one in shown.plan.visits if one.code == code] for code in shown.jobs}
    rows = [Row(code, mine[code], outlooks[code].last_start, outlooks[code].late) for code in sorted(shown.jobs, key=lambda code: (not outlooks[code].late, outlooks[code].slack, code))]
    last = max((one.slot.day for one in shown.plan.visits), default=shown.window[0])
    return gantt(rows, shown.window[0], max(last, shown.window[0] + timedelta(days=13)), tell("Visites prévues, classe par classe"))


@pages.post("/planning/visites")
@may(OFFICE, scope=Reach.SCOPE)
def promise() -> Response:
    """Promise a school a visit."""
    form = request.form
    row = places.mobile_class(g.scope, form.get("code", ""))
    actions.promise(convention(row.convention), row.code, form.get("work", ""), _slot(), form.get("technician", ""), hand())
    flash(tell("Visite promise à l'école : elle ne bougera plus toute seule."), "good")
    return redirect(url_for("schedule.page"))


@pages.post("/planning/visites/<int:visit_id>")
@may(OFFICE, scope=Reach.SCOPE)
def change(visit_id: int) -> Response:
    """Move a promised visit, or take it back."""
    row, form = paper(g.scope, visit_id), request.form
    if form.get("reason", "").strip():
        actions.take_back(row, form["reason"], hand())
        flash(tell("Visite retirée."), "good")
    else:
        actions.move(row, _slot(), form.get("technician", ""), hand())
        flash(tell("Visite déplacée."), "good")
    return redirect(url_for("schedule.page"))


def _slot() -> Slot:
    day, half = day_of(request.form, "day"), request.form.get("half", "")
    if day is None or half not in (str(MORNING), str(AFTERNOON)):
        raise Refused(tell("Choisir le jour et la demi-journée."))
    return Slot(day, int(half))


@pages.post("/planning/agenda")
@may(READERS, scope=Reach.NOTHING)
def feed_open() -> Response:
    """Make the secret address of one's own calendar, shown once; or revoke it."""
    if request.form.get("act") == "close":
        actions.close_feeds(g.person, g.now)
        flash(tell("L'adresse d'agenda ne répond plus."), "good")
    else:
        address = url_for("schedule.feed", secret=actions.open_feed(g.person, g.now), _external=True)
        flash(tell("Adresse de votre agenda, montrée une seule fois : {address}", address=address), "good")
    return redirect(url_for("schedule.page"))


@pages.get("/agenda/<secret>.ics")
@may(ANYONE, scope=Reach.NOTHING)
def feed(secret: str) -> Response:
    """The calendar of the person who made the address: what they may see, and for a technician their own visits."""
    found = CalendarFeed.get_or_none((CalendarFeed.digest == actions.digest(secret)) & CalendarFeed.revoked.is_null())
    if found is None or not found.person.active:
        raise NotFound
    told = convention()
    with speaking(FRENCH):
        content = calendar(f"Cartable, {found.person.name}", told.mention, _entries(found.person), g.now)
    answer = Response(content, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _entries(person: Person) -> list[Entry]:
    told, scope = convention(), scope_of(person)
    homes = {row.uai: row.name for row in places.schools(scope)}
    found = [
        Entry(f"visite-{number}@cartable", *half_day(one.slot), f"{one.code}, {LABELS[one.work]}", homes.get(one.place, one.place))
        for number, one in promises(scope, told.key, None).items()
        if person.role != Role.TECHNICIAN.value or one.technician == str(person.id)
    ]
    if person.role in (Role.TECHNICIAN.value, Role.SCHOOL.value):
        return found
    for one in sittings(scope, told.key, None):
        if one.state is not MeetingState.CANCELLED:
            start = paris_at(one.meeting.day, one.meeting.time)
            found.append(Entry(f"reunion-{one.id}@cartable", start, start + TWO_HOURS, told.committee(one.meeting.committee).name.value, one.meeting.place))
    return found
