"""What is recorded of the committees: seats, absences, meetings, verdicts on a class, decisions; each version stays in the journal."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date

from deploy import gates
from deploy.committee import meeting as meetings
from deploy.committee.integration import SETTLES, Verdict, digest, told
from deploy.committee.meeting import Meeting, MeetingState
from deploy.committee.queries import (
    ABSENCE,
    ACCEPTANCE,
    DECISION,
    PRESENT,
    SAID,
    SEAT,
    absences,
    holders,
    integration,
    sitting,
)
from deploy.committee.seats import counts, places_of, quorate
from deploy.convention import Convention
from deploy.convention.articles import Committee
from deploy.letters.actions import write_notice
from deploy.models import Decision as DecisionPaper
from deploy.models import LoadedConvention
from deploy.models import Meeting as MeetingPaper
from deploy.queries.conventions import convention
from deploy.steps import SIGNATORIES
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.french import short_day
from inventory.journal import facts, history
from inventory.models import MobileClass, Person
from inventory.paris import local_date
from inventory.roles import Role
from inventory.scope import EVERYWHERE
from inventory.words import tell

TECHNICAL = "technical"
HOUR = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]")
OPEN, DONE, DROPPED = "open", "done", "dropped"


@atomic
def give_seat(told_of: Convention, committee: str, place: int, person: Person | None, hand: Hand) -> None:
    """Give a seat to an account, or leave it vacant (None)."""
    _seat(told_of, committee, place)
    note_fact(_row(told_of), f"{SEAT}{committee}:{place}", str(person.id) if person else "", hand)


@atomic
def record_absence(told_of: Convention, committee: str, place: int, first: date, last: date, hand: Hand) -> None:
    """Record that the holder of a seat is absent from a day to another, both included: its substitute counts meanwhile."""
    _seat(told_of, committee, place)
    if last < first:
        raise Refused(tell("L'absence finit le {last} avant de commencer le {first} : inverser les dates.", first=short_day(first), last=short_day(last)))
    note_fact(_row(told_of), f"{ABSENCE}{committee}:{place}", "absent", hand, detail={"first": first.isoformat(), "last": last.isoformat()})


def _seat(told_of: Convention, committee: str, place: int) -> Committee:
    found = next((one for one in told_of.committees if one.key == committee), None)
    if found is None or not 0 <= place < len(found.seats):
        raise Refused(tell("Ce siège n'est pas dans la convention : recharger la page."))
    return found


def _row(told_of: Convention) -> LoadedConvention:
    row: LoadedConvention = LoadedConvention.get(LoadedConvention.key == told_of.key)
    return row


@atomic
def judge(
    mobile_class: MobileClass, verdict: Verdict, shown: str, hand: Hand, *, reason: str = ""
) -> None:  # fmt: skip
    """Record a member's verdict over exactly what was shown, told by its digest; raises `Refused` if that changed meanwhile."""
    signatory = _voice(mobile_class, hand)
    if verdict in SETTLES and _spoke_for_another(mobile_class, signatory, hand):
        raise Refused(tell("Cette personne a déjà visé pour l'autre signataire : les deux visas viennent de deux personnes (article 4.2.2)."))
    one, evidence = integration(EVERYWHERE, mobile_class.code, None, hand.now)
    if verdict is not Verdict.VALIDATED and not reason.strip():
        raise Refused(tell("Écrire les réserves, ou le motif du refus ou du retrait."))
    if digest(told(evidence)) != shown:
        raise Refused(tell("{code} a changé depuis l'affichage : relire la page, puis viser.", code=mobile_class.code))
    if verdict in SETTLES:
        obstacle = gates.class_step("acceptance", one.progress, one.said, one.school_said)
        if obstacle:
            raise Refused(tell("{name} : {reason}", name=mobile_class.code, reason=obstacle))
    detail = {"verdict": str(verdict), "digest": shown, "shown": told(evidence)}
    value = "done" if verdict in SETTLES else "undone"
    note_fact(mobile_class, f"{ACCEPTANCE}:{signatory}", value, hand, detail=detail, note=reason)


def _spoke_for_another(mobile_class: MobileClass, signatory: str, hand: Hand) -> bool:
    """Whether the visa of another signatory that stands is by this very person, whose account was moved meanwhile."""
    for other in SIGNATORIES:
        last = next(iter(history("mobile_class", mobile_class.id, axes=[f"{ACCEPTANCE}:{other}"])), None) if other != signatory else None
        if last is not None and last.value == "done" and hand.by is not None and last.actor_id == hand.by.id:
            return True
    return False


def _voice(mobile_class: MobileClass, hand: Hand) -> str:
    """The signatory for whom a person may speak today (article 4.2.1); raises `Refused`."""
    by = hand.by
    if by is None or Role(by.role) is not Role.TECHNICAL_COMMITTEE or by.signatory not in SIGNATORIES:
        raise Refused(tell("Seul un membre du comité technique désigné par un signataire peut viser l'intégration (article 4.2)."))
    told_of = convention(mobile_class.convention)
    committee, held = told_of.committee(TECHNICAL), holders(EVERYWHERE, told_of.key, TECHNICAL, None)
    own = {place for place, seat in enumerate(committee.seats) if seat.party == by.signatory}
    places = [place for place in places_of(held, by.id) if place in own]
    if own & held.keys() and not places:
        raise Refused(tell("Le siège de ce signataire est donné à une autre personne : elle seule, ou son suppléant, vise l'intégration (article 4.2.1)."))
    if places:
        today = local_date(hand.now)
        away = [place for place, told in absences(EVERYWHERE, told_of.key, TECHNICAL, None).items() if told.covers(today)]
        if not any(counts(committee, place, away) for place in places):
            raise Refused(tell("Un suppléant ne vise que si le titulaire de son signataire est noté absent (article 4.2.1) : noter d'abord l'absence."))
    return str(by.signatory)


@atomic
def plan_meeting(told_of: Convention, meeting: Meeting, hand: Hand) -> MeetingPaper:
    """Put a meeting in the calendar of a committee."""
    _refuse_meeting(told_of, meeting)
    row: MeetingPaper = MeetingPaper.create(convention=told_of.key, committee=meeting.committee)
    note_fact(row, SAID, MeetingState.PLANNED, hand, detail=meetings.told(meeting))
    return row


@atomic
def change_meeting(row: MeetingPaper, meeting: Meeting, hand: Hand, *, note: str = "") -> None:
    """Change the day, the hour, the place, the agenda or the notice of a meeting that is not held yet."""
    standing = sitting(EVERYWHERE, row.id, None)
    if standing.state is not MeetingState.PLANNED:
        raise Refused(tell("Cette réunion est {state} : elle ne change plus.", state=standing.state.label))
    _refuse_meeting(convention(row.convention), meeting)
    note_fact(row, SAID, MeetingState.PLANNED, hand, detail=meetings.told(meeting), note=note)


@atomic
def send_notice(row: MeetingPaper, day: date, hand: Hand) -> None:
    """Record the day its notice and agenda went to the members; that of today is written by e-mail to those who gave an address."""
    if day > local_date(hand.now):
        raise Refused(tell("La convocation du {day} n'est pas encore partie : l'enregistrer ce jour-là.", day=short_day(day)))
    told_of = replace(sitting(EVERYWHERE, row.id, None).meeting, notice=day)
    change_meeting(row, told_of, hand)
    if day == local_date(hand.now):
        write_notice(convention(row.convention), row.id, told_of, hand.now)


@atomic
def hold_meeting(row: MeetingPaper, present: Collection[int], minutes: str, hand: Hand) -> bool:
    """Record that a meeting was held, who was there by seat, and its minutes; returns whether it had its quorum."""
    standing = sitting(EVERYWHERE, row.id, None)
    committee = convention(row.convention).committee(row.committee)
    if standing.state is MeetingState.CANCELLED:
        raise Refused(tell("Cette réunion est annulée : en prévoir une autre."))
    if standing.meeting.day > local_date(hand.now):
        raise Refused(tell("La réunion du {day} n'a pas encore eu lieu.", day=short_day(standing.meeting.day)))
    for place in range(len(committee.seats)):
        note_fact(row, f"{PRESENT}{place}", "present" if place in present else "absent", hand)
    note_fact(row, SAID, MeetingState.HELD, hand, detail=meetings.told(standing.meeting), note=minutes)
    return quorate(committee, present)


@atomic
def cancel_meeting(row: MeetingPaper, reason: str, hand: Hand) -> None:
    """Cancel a meeting that is not held yet."""
    standing = sitting(EVERYWHERE, row.id, None)
    if not reason.strip():
        raise Refused(tell("Indiquer pourquoi la réunion est annulée."))
    if standing.state is MeetingState.HELD:
        raise Refused(tell("Cette réunion a eu lieu : elle ne s'annule plus."))
    note_fact(row, SAID, MeetingState.CANCELLED, hand, detail=meetings.told(standing.meeting), note=reason)


def _refuse_meeting(told_of: Convention, meeting: Meeting) -> None:
    if meeting.committee not in {one.key for one in told_of.committees}:
        raise Refused(tell("Choisir un comité de la convention."))
    if not HOUR.fullmatch(meeting.hour):
        raise Refused(tell("Heure « {hour} » : écrire par exemple 14:30.", hour=meeting.hour))
    if not meeting.place.strip():
        raise Refused(tell("Indiquer le lieu de la réunion."))


@atomic
def decide(row: MeetingPaper, words: str, owner: str, due: date | None, hand: Hand) -> DecisionPaper:
    """Record a decision of a meeting that was held: what is to be done, by whom, until when."""
    if sitting(EVERYWHERE, row.id, None).state is not MeetingState.HELD:
        raise Refused(tell("Une décision se prend dans une réunion tenue : enregistrer d'abord les présents."))
    if not words.strip() or not owner.strip():
        raise Refused(tell("Indiquer ce qui est décidé et qui s'en charge."))
    paper: DecisionPaper = DecisionPaper.create(convention=row.convention)
    detail = {"meeting": row.id, "words": words.strip(), "owner": owner.strip(), "due": due.isoformat() if due else ""}
    note_fact(paper, SAID, OPEN, hand, detail=detail)
    return paper


@atomic
def close_decision(paper: DecisionPaper, state: str, result: str, hand: Hand) -> None:
    """Close a decision as done or dropped, with its result; until then it comes back on every agenda."""
    if state not in (DONE, DROPPED) or not result.strip():
        raise Refused(tell("Dire si l'action est faite ou abandonnée, et son résultat."))
    line = facts(DECISION, axes=[SAID], ids=[paper.id])[(paper.id, SAID)]
    note_fact(paper, SAID, state, hand, detail=line.detail, note=result)


def agenda(points: Sequence[str]) -> tuple[str, ...]:
    """The points of an agenda as written, blank lines left out."""
    return tuple(point.strip() for point in points if point.strip())
