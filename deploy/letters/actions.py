"""Writing letters: each is put in the outbox in the transaction of what it tells, once a person, and sent later by the worker."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from deploy.committee.meeting import Meeting
from deploy.committee.paper import paper
from deploy.committee.queries import holders
from deploy.convention import Convention
from deploy.letters.digest import body, due_on, is_address, key_of, next_try
from deploy.letters.queries import readers, sections_of
from deploy.models import Letter, MailAddress
from deploy.queries.conventions import any_convention
from deploy.queries.findings import time_of
from inventory.actions.records import Hand
from inventory.calendars import UnknownCalendar
from inventory.db import atomic
from inventory.errors import Refused
from inventory.french import counted
from inventory.models import Person
from inventory.outbox import DeliveryState
from inventory.paris import local_date
from inventory.scope import EVERYWHERE
from inventory.spoken import day as in_words
from inventory.words import FRENCH, speaking, tell

Piece = tuple[str, bytes]


@atomic
def set_address(person: Person, address: str, digests: bool, hand: Hand) -> None:
    """Say where a person is written to, or nowhere any more when it is empty."""
    told = address.strip()
    if told and not is_address(told):
        raise Refused(tell("Adresse « {address} » : écrire une adresse de courriel comme prenom.nom@ville.fr, ou la laisser vide.", address=told))
    MailAddress.delete().where(MailAddress.person == person).execute()
    if told:
        MailAddress.create(person=person, address=told, digests=digests, since=hand.now)


@atomic
def write(person: Person, key: str, subject: str, words: str, now: datetime, piece: Piece | None = None) -> bool:
    """Put a letter in the outbox, once under its key; False if it was there already."""
    if Letter.select().where((Letter.person == person) & (Letter.key == key)).exists():
        return False
    name, content = piece or ("", None)
    Letter.create(person=person, key=key, subject=" ".join(subject.split()), body=words, attached_name=name, attached=content, at=now, due=now)
    return True


def write_digests(now: datetime, address: str) -> str:
    """Write the digest of the week to each who wants it, on its first school day; says how many. `address` is that of the pages."""
    told, today = any_convention(), local_date(now)
    if told is None or not _leaves(told, now):
        return "pas un premier jour de classe de la semaine : rien à écrire"
    written = sum(_digest(row.person, told, now, address) for row in readers())
    return f"{counted(written, 'lettre écrite', 'lettres écrites')} pour la semaine du {today:%d/%m/%Y}"


def _leaves(told: Convention, now: datetime) -> bool:
    try:
        return due_on(local_date(now), time_of(told).is_school_day)
    except UnknownCalendar:
        return False


def _digest(person: Person, told: Convention, now: datetime, address: str) -> bool:
    with speaking(person.language or FRENCH):
        sections = sections_of(person, told, now)
        opening = tell("Bonjour {name}, voici où en sont les classes mobiles.", name=person.name)
        subject = tell("Classes mobiles : la semaine du {day}", day=in_words(local_date(now)))
        return bool(sections) and write(person, key_of(local_date(now)), subject, body(opening, sections, told.mention, address), now)


@speaking(FRENCH)
def write_notice(told: Convention, number: int, meeting: Meeting, now: datetime) -> int:
    """Write the notice of a meeting, with its agenda as PDF, to everybody who holds a seat of its committee and gave an address; returns how many."""
    committee = told.committee(meeting.committee)
    title, where = f"Convocation du {committee.name.value}", f"{in_words(meeting.day)}, {meeting.hour}, {meeting.place}"
    content = paper(title, where, told.document.title.value, told.mention, {"Ordre du jour": meeting.agenda}, now)
    words = body(f"{title}\n{where}", {"Ordre du jour": meeting.agenda}, told.mention)
    seated = sorted(set(holders(EVERYWHERE, told.key, meeting.committee, None).values()))
    piece = (f"convocation-{meeting.day}.pdf", content)
    return sum(write(person, f"notice:{number}:{meeting.day}", f"{title}, {where}", words, now, piece) for person in _with_address(seated))


def _with_address(numbers: Iterable[int]) -> list[Person]:
    return list(Person.select().join(MailAddress).where(Person.id.in_(list(numbers)) & Person.active).order_by(Person.id))


@atomic
def note(row: Letter, word: str, now: datetime, *, lasting: bool = False) -> None:
    """Note what became of a try: sent when `word` is empty; given up when the refusal is `lasting` or the tries are over."""
    tries = row.tries + 1
    due = next_try(tries, now) if word and not lasting else None
    state = DeliveryState.PENDING if due else DeliveryState.GIVEN_UP if word else DeliveryState.DELIVERED
    noted = {"tries": tries, "word": word[:300], "due": due, "state": state.value, "ended": None if due else now}
    Letter.update(noted).where((Letter.id == row.id) & (Letter.state == DeliveryState.PENDING.value)).execute()


@atomic
def send_again(row: Letter, hand: Hand) -> None:
    """Put a letter back in the outbox."""
    Letter.update({"state": DeliveryState.PENDING.value, "due": hand.now, "tries": 0, "ended": None}).where(Letter.id == row.id).execute()
