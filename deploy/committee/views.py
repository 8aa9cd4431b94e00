"""The pages of the committees: their seats, their meetings, their decisions, and the integration of a class with its evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import cast

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.committee import actions
from deploy.committee.dossier import dossier
from deploy.committee.integration import Verdict, digest, told
from deploy.committee.meeting import Meeting, MeetingState, notice_by, notice_state, without_meeting
from deploy.committee.paper import notice_or_minutes
from deploy.committee.queries import (
    absences,
    agenda_of,
    changed_since,
    committee_convention,
    decision,
    decisions,
    gaps_since_last,
    holders,
    integration,
    last_held,
    minutes,
    sitting,
    sittings,
    visas,
)
from deploy.committee.seats import quorate, voices
from deploy.committee.wording import in_words
from deploy.convention.articles import Committee
from deploy.form import day_of
from deploy.models import Meeting as MeetingPaper
from deploy.queries.conventions import convention, whole
from deploy.steps import SIGNATORIES
from inventory.access import Reach, may
from inventory.errors import NotFound, Refused
from inventory.journal import history
from inventory.models import Person
from inventory.paris import end_of, local_date
from inventory.queries import places
from inventory.queries.people import A_PERSON
from inventory.roles import OFFICE, Role
from inventory.timeline import timeline
from inventory.views import hand
from inventory.words import FRENCH, speaking, tell

pages = Blueprint("committee", __name__)
READERS = OFFICE | {Role.ACADEMY, Role.AUDITOR, Role.STEERING_COMMITTEE, Role.TECHNICAL_COMMITTEE}
KEEPERS = OFFICE | {Role.ACADEMY}
MEMBERS = frozenset({Role.TECHNICAL_COMMITTEE})


def _today() -> date:
    return local_date(g.when.moment if g.when else g.now)


@pages.get("/comites")
@may(READERS, scope=Reach.SCOPE)
def page() -> str:
    """Both committees: who sits, when they meet, what is overdue, what was decided."""
    told_of = convention()
    if not whole(g.scope, told_of.key):
        return render_template("deploy/committees.html", told=told_of, shown=None)
    met, today = sittings(g.scope, told_of.key, g.when), _today()
    shown = [
        {
            "committee": one, "holders": holders(g.scope, told_of.key, one.key, g.when), "absences": absences(g.scope, told_of.key, one.key, g.when),
            "missing": list(without_meeting([s.meeting.day for s in met if s.meeting.committee == one.key and s.state is MeetingState.HELD], told_of.window.first, today)),
            "gaps": gaps_since_last(g.scope, told_of.key, one.key, g.when, g.now),
            "sittings": [(s, _notice(one, s.meeting, today)) for s in met if s.meeting.committee == one.key],
        }
        for one in told_of.committees
    ]  # fmt: skip
    people = {row.id: row.name for row in Person.select().where(Person.active & A_PERSON)}
    return render_template(
        "deploy/committees.html", told=told_of, shown=shown, people=people, today=today, decisions=decisions(g.scope, told_of.key, g.when),
        meetings={one.id: one for one in met},
    )  # fmt: skip


def _notice(committee: Committee, meeting: Meeting, today: date) -> tuple[date, object]:
    days = committee.meetings.notice_days.value
    return notice_by(meeting.day, days), notice_state(meeting, days, today)


@pages.post("/comites/<key>/sieges/<int:position>")
@may(KEEPERS, scope=Reach.SCOPE)
def seat(key: str, position: int) -> Response:
    """Give a seat to an account, leave it vacant, or record its holder absent."""
    told_of, form = committee_convention(g.scope), request.form
    first, last = day_of(form, "first"), day_of(form, "last")
    if first or last:
        actions.record_absence(told_of, key, position, first or cast("date", last), last or cast("date", first), hand())
        flash(tell("Absence notée : un suppléant du même signataire compte ces jours-là."), "good")
        return redirect(url_for("committee.page"))
    number = form.get("person", "")
    person = Person.get_or_none(Person.id == int(number)) if number.isascii() and number.isdigit() and len(number) < 10 else None
    if number and person is None:
        raise NotFound
    actions.give_seat(told_of, key, position, person, hand())
    flash(tell("Siège enregistré."), "good")
    return redirect(url_for("committee.page"))


@pages.post("/comites/<key>/reunions")
@may(KEEPERS, scope=Reach.SCOPE)
def meeting_plan(key: str) -> Response:
    """Put a meeting in a committee's calendar, its agenda drafted from what is open."""
    told_of = committee_convention(g.scope)
    row = actions.plan_meeting(told_of, replace(_meeting(key), agenda=tuple(agenda_of(g.scope, told_of.key, key, g.now))), hand())
    flash(tell("Réunion prévue ; son ordre du jour reprend ce qui est en cours."), "good")
    return redirect(url_for("committee.meeting_page", meeting_id=row.id))


def _meeting(committee: str) -> Meeting:
    form, day = request.form, day_of(request.form, "day")
    if day is None:
        raise Refused(tell("Indiquer le jour de la réunion."))
    return Meeting(committee, day, form.get("hour", "").strip(), form.get("place", "").strip(), None, actions.agenda(form.get("agenda", "").splitlines()))


@pages.get("/comites/reunions/<int:meeting_id>")
@may(READERS, scope=Reach.SCOPE)
def meeting_page(meeting_id: int) -> str:
    """One meeting: its notice, its agenda, who was there, its quorum, its decisions."""
    told_of, one = committee_convention(g.scope), sitting(g.scope, meeting_id, g.when)
    committee = told_of.committee(one.meeting.committee)
    people = {row.id: row.name for row in Person.select()}
    held_by = holders(g.scope, told_of.key, committee.key, g.when)
    seats = [(seat, people.get(held_by.get(place, 0))) for place, seat in enumerate(committee.seats)]
    return render_template(
        "deploy/meeting.html", told=told_of, one=one, committee=committee, seats=seats, notice=_notice(committee, one.meeting, _today()),
        quorate=quorate(committee, one.present), voices=voices(committee, one.present), today=local_date(g.now),
        decisions=[d for d in decisions(g.scope, told_of.key, g.when) if d.meeting == one.id], roles=[(role.french, role.label) for role in Role],
        timeline=timeline(history("meeting", one.id), g.when), minutes=minutes(g.scope, one.id, g.when),
    )  # fmt: skip


@pages.get("/comites/reunions/<int:meeting_id>.pdf")
@may(READERS, scope=Reach.SCOPE)
def meeting_pdf(meeting_id: int) -> Response:
    """The notice of a meeting to come, the minutes of one that was held."""
    told_of, one = committee_convention(g.scope), sitting(g.scope, meeting_id, g.when)
    committee, held = told_of.committee(one.meeting.committee), one.state is MeetingState.HELD
    decided = [f"{d.words} ({d.owner})" for d in decisions(g.scope, told_of.key, g.when) if d.meeting == one.id]
    with speaking(FRENCH):
        content = notice_or_minutes(told_of, committee, one, minutes(g.scope, one.id, g.when), decided, g.now)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"{'compte-rendu' if held else 'convocation'}-{one.meeting.day}.pdf")
    return answer


@pages.get("/comites/reunions/<int:meeting_id>/dossier.pdf")
@may(READERS, scope=Reach.SCOPE)
@speaking(FRENCH)
def meeting_dossier(meeting_id: int) -> Response:
    """All that the members need on the table, in one file."""
    told_of, one = committee_convention(g.scope), sitting(g.scope, meeting_id, g.when)
    content = dossier(told_of, told_of.committee(one.meeting.committee), one, g.when.moment if g.when else g.now)
    answer = Response(content, mimetype="application/pdf")
    answer.headers.set("Content-Disposition", "attachment", filename=f"dossier-{one.meeting.committee}-{one.meeting.day}.pdf")
    return answer


@pages.post("/comites/reunions/<int:meeting_id>")
@may(KEEPERS, scope=Reach.SCOPE)
def meeting_change(meeting_id: int) -> Response:
    """Change a meeting that is not held, record its notice, its holding or its cancelling."""
    row, form, act = _row(meeting_id), request.form, request.form.get("act", "")
    if act == "change":
        standing = sitting(g.scope, row.id, None).meeting
        actions.change_meeting(row, replace(_meeting(row.committee), notice=standing.notice), hand())
    elif act == "notice":
        actions.send_notice(row, day_of(form, "day") or local_date(g.now), hand())
    elif act == "hold":
        seats = range(len(convention(row.convention).committee(row.committee).seats))
        quorum = actions.hold_meeting(row, [place for place in seats if str(place) in form.getlist("present")], form.get("minutes", ""), hand())
        flash(tell("Réunion enregistrée, quorum atteint.") if quorum else tell("Réunion enregistrée, sans quorum : elle ne décide pas valablement."), "good" if quorum else "watch")
        return _back(row)
    elif act == "cancel":
        actions.cancel_meeting(row, form.get("reason", ""), hand())
    else:
        raise Refused(tell("Geste inconnu : recharger la page."))
    flash(tell("Réunion enregistrée."), "good")
    return _back(row)


@pages.post("/comites/reunions/<int:meeting_id>/decisions")
@may(KEEPERS, scope=Reach.SCOPE)
def decision_record(meeting_id: int) -> Response:
    """Record a decision of a meeting."""
    row = _row(meeting_id)
    actions.decide(row, request.form.get("words", ""), request.form.get("owner", ""), day_of(request.form, "day"), hand())
    flash(tell("Décision enregistrée : elle revient à l'ordre du jour jusqu'à sa clôture."), "good")
    return _back(row)


@pages.post("/comites/decisions/<int:decision_id>")
@may(KEEPERS, scope=Reach.SCOPE)
def decision_close(decision_id: int) -> Response:
    """Close a decision with its result."""
    paper, _ = decision(g.scope, decision_id)
    actions.close_decision(paper, request.form.get("state", ""), request.form.get("result", ""), hand())
    flash(tell("Décision close."), "good")
    return redirect(url_for("committee.page") + "#decisions")


def _row(number: int) -> MeetingPaper:
    sitting(g.scope, number, None)
    row: MeetingPaper = MeetingPaper.get_by_id(number)
    return row


def _back(row: MeetingPaper) -> Response:
    return redirect(url_for("committee.meeting_page", meeting_id=row.id))


@pages.get("/classes/<code>/integration")
@may(READERS | {Role.TECHNICIAN, Role.SCHOOL}, scope=Reach.SCOPE)
def integration_page(code: str) -> str:
    """The evidence of a class's integration, what changed since the last committee, and the verdicts on it."""
    one, evidence = integration(g.scope, code, g.when, g.now)
    shown, given = told(evidence), visas(g.scope, code, g.when)
    last = last_held(g.scope, one.record.convention, actions.TECHNICAL, g.when.moment if g.when else g.now)
    return render_template(
        "deploy/integration.html", one=one, evidence=evidence, digest=digest(shown), visas=given, verdicts=list(Verdict),
        drift={key: list(in_words(visa.shown, shown)) for key, visa in given.items() if visa.shown}, last=last,
        moves=changed_since(g.scope, [one.record.id], end_of(last.meeting.day), g.now) if last else {}, signatories=SIGNATORIES,
    )  # fmt: skip


@pages.post("/classes/<code>/integration")
@may(MEMBERS, scope=Reach.SCOPE)
def integration_judge(code: str) -> Response:
    """A member's verdict over exactly what was shown."""
    row, form = places.mobile_class(g.scope, code), request.form
    if form.get("verdict", "") not in list(Verdict):
        raise Refused(tell("Choisir un avis : valider, valider avec réserves, refuser, ou retirer son visa."))
    actions.judge(row, Verdict(form["verdict"]), form.get("digest", ""), hand(), reason=form.get("reason", ""))
    flash(tell("Avis enregistré, sur exactement ce qui était affiché."), "good")
    return redirect(url_for("committee.integration_page", code=row.code))
