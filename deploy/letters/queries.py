"""What a letter tells each person, by their role and their schools; the address of each; the letters that wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from deploy.committee.meeting import MeetingState, NoticeState, notice_by, notice_state
from deploy.committee.queries import decisions, sittings
from deploy.convention import Convention
from deploy.incidents.kind import Kind
from deploy.incidents.queries import incidents
from deploy.models import Letter, MailAddress
from deploy.queries.board import ClassOnBoard, board
from deploy.queries.waiting import due
from inventory.models import Person
from inventory.outbox import DeliveryState
from inventory.paris import local_date
from inventory.queries.visible import scope_of
from inventory.roles import FIELD, OFFICE, Role
from inventory.scope import Scope
from inventory.spoken import short_day
from inventory.words import tell

AHEAD = timedelta(days=40)
FOLLOWERS = OFFICE | {Role.ACADEMY, Role.STEERING_COMMITTEE, Role.TECHNICAL_COMMITTEE}
HANDS = FIELD | {Role.SCHOOL}
Sections = Mapping[str, Sequence[str]]


def address_of(person: Person) -> MailAddress | None:
    """The address that a person gave, None if they gave none."""
    row: MailAddress | None = MailAddress.get_or_none(MailAddress.person == person)
    return row


def readers() -> list[MailAddress]:
    """The addresses of active people who want the digest, with their people."""
    wanted = MailAddress.digests & Person.active
    return list(MailAddress.select(MailAddress, Person).join(Person).where(wanted).order_by(MailAddress.id))


def waiting(now: datetime, most: int) -> list[Letter]:
    """The letters due, oldest first, with their people."""
    pending = (Letter.state == DeliveryState.PENDING.value) & (Letter.due <= now)
    return list(Letter.select(Letter, Person).join(Person).where(pending).order_by(Letter.due, Letter.id).limit(most))


def latest(count: int) -> list[Letter]:
    """The last letters, the newest first, with their people."""
    return list(Letter.select(Letter, Person).join(Person).order_by(Letter.id.desc()).limit(count))


def sections_of(person: Person, told: Convention, now: datetime) -> Sections:
    """What a person's digest says: what they may do now, what is late, the incidents, the meetings and decisions to come."""
    scope, role = scope_of(person), Role(person.role)
    shown = board(scope, None, now, key=told.key)
    found = {tell("Ce qui vous attend"): _to_do(shown, person)}
    if role in FOLLOWERS:
        found[tell("En retard")] = _late(shown)
        found |= _of_committees(scope, told, now)
    if role in HANDS:
        found[tell("Incidents ouverts")] = _incidents(scope)
    return {title: points for title, points in found.items() if points}


def _to_do(shown: Sequence[ClassOnBoard], person: Person) -> list[str]:
    return [tell("{code} : {step}", code=one.one.record.code, step=tell(one.progress.step.label)) for one in due(shown, person)]


def _late(shown: Sequence[ClassOnBoard]) -> list[str]:
    return [
        tell("{code} : fin prévue le {day}", code=one.record.code, day=short_day(one.forecast.day))
        for one in shown if one.late_forecast and one.forecast.day
    ]  # fmt: skip


def _incidents(scope: Scope) -> list[str]:
    return [
        tell("{code} : {what}, depuis le {day}", code=row.mobile_class.code if row.mobile_class else row.school.name, what=Kind(row.kind).label, day=short_day(local_date(row.opened)))
        for row in incidents(scope)
    ]  # fmt: skip


def _of_committees(scope: Scope, told: Convention, now: datetime) -> dict[str, list[str]]:
    today = local_date(now)
    meetings = []
    for one in reversed(sittings(scope, told.key, None)):
        if one.state is MeetingState.PLANNED and today <= one.meeting.day <= today + AHEAD:
            committee = told.committee(one.meeting.committee)
            days = committee.meetings.notice_days.value
            state, last = notice_state(one.meeting, days, today), notice_by(one.meeting.day, days)
            words = tell("convocation à envoyer avant le {day}", day=short_day(last)) if state is NoticeState.DUE else state.label
            meetings.append(tell("{committee} du {day} : {words}", committee=committee.name.value, day=short_day(one.meeting.day), words=words))
    kept = [one for one in decisions(scope, told.key, None) if one.open and (one.due is None or one.due <= today + AHEAD)]
    followed = [tell("{words} ({owner}, pour le {day})", words=one.words, owner=one.owner, day=short_day(one.due) if one.due else "—") for one in kept]
    return {tell("Réunions"): meetings, tell("Décisions à suivre"): followed}
