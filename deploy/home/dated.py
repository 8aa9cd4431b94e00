"""What waits on a day: notices to send, meetings to attend, decisions to keep, requests to answer (articles 4.1.3, 4.2.3 and 8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from deploy.committee.meeting import Meeting, MeetingState, NoticeState, notice_by, notice_state
from deploy.committee.queries import decisions, sittings
from deploy.convention import Convention
from deploy.queries.conventions import whole
from deploy.term.queries import requests
from inventory.journal import When
from inventory.models import Person
from inventory.paris import local_date
from inventory.roles import OFFICE, Role
from inventory.scope import Scope
from inventory.spoken import short_day
from inventory.words import tell

AHEAD = timedelta(days=40)
KEEPERS = OFFICE | {Role.ACADEMY}
MEMBERS = frozenset({Role.STEERING_COMMITTEE, Role.TECHNICAL_COMMITTEE})
SITS = {Role.STEERING_COMMITTEE: "steering", Role.TECHNICAL_COMMITTEE: "technical"}


@dataclass(frozen=True, slots=True)
class Dated:
    """One thing that waits: its words, its last day, whether that is past, and the page where it is done ("" where this person has none)."""

    words: str
    day: date
    late: bool
    endpoint: str
    args: Mapping[str, Any] = field(default_factory=dict)


def dated(person: Person, scope: Scope, told: Convention, when: When | None, now: datetime) -> list[Dated]:
    """What waits for this person in the next forty days or should be done already, the first day first; nothing for who does not see the whole convention."""
    role, today = Role(person.role), local_date(when.moment if when else now)
    if role not in KEEPERS | MEMBERS | {Role.TECHNICIAN} or not whole(scope, told.key):
        return []
    found = [*_meetings(role, scope, told, when, today), *_decisions(role, scope, told, when, today)]
    if role in KEEPERS:
        found += _requests(scope, told, when, today)
    return sorted((one for one in found if one.day <= today + AHEAD), key=lambda one: (one.day, one.words))


def _meetings(role: Role, scope: Scope, told: Convention, when: When | None, today: date) -> Iterator[Dated]:
    planned = [one for one in sittings(scope, told.key, when) if one.state is MeetingState.PLANNED]
    for one in planned:
        committee, days = told.committee(one.meeting.committee), told.committee(one.meeting.committee).meetings.notice_days.value
        if role in KEEPERS and one.meeting.notice is None:
            last = notice_by(one.meeting.day, days)
            late = notice_state(one.meeting, days, today) is NoticeState.OVERDUE
            yield Dated(tell("Convoquer : {committee}, réunion du {day}", committee=committee.name.value, day=short_day(one.meeting.day)), last, late, "committee.meeting_page", {"meeting_id": one.id})
        elif SITS.get(role) == committee.key or role in KEEPERS:
            yield Dated(_sitting(committee.name.value, one.meeting), one.meeting.day, one.meeting.day < today, "committee.meeting_page", {"meeting_id": one.id})


def _sitting(name: str, meeting: Meeting) -> str:
    return tell("{committee}, {hour}, {place}", committee=name, hour=meeting.hour, place=meeting.place)


def _decisions(role: Role, scope: Scope, told: Convention, when: When | None, today: date) -> Iterator[Dated]:
    """Those of one's own role, and all of them for who keeps the committees' papers."""
    for one in decisions(scope, told.key, when):
        if one.open and one.due and (role in KEEPERS or role.french in one.owner):
            page = "" if role is Role.TECHNICIAN else "committee.meeting_page"
            yield Dated(tell("Décision : {words} ({owner})", words=one.words, owner=tell(one.owner)), one.due, one.due < today, page, {"meeting_id": one.meeting})


def _requests(scope: Scope, told: Convention, when: When | None, today: date) -> Iterator[Dated]:
    for number, one in requests(scope, told.key, when).items():
        if one.answered is None:
            due = one.due or one.received
            yield Dated(tell("Répondre à : {sender}", sender=one.sender), due, due < today, "term.request_page", {"request_id": number})
