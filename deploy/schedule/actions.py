"""A visit promised to a school, moved or taken back; a calendar's address made and revoked."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from deploy.convention import Convention
from deploy.models import CalendarFeed
from deploy.models import Visit as VisitPaper
from deploy.queries.conventions import convention
from deploy.schedule.queries import CANCELLED, PROMISED, SAID, Planned, planned, promises
from deploy.schedule.remaining import LABELS
from deploy.schedule.work import HALF_DAY, Presence, Slot, Visit, Work
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.models import Person, School
from inventory.paris import local_date
from inventory.queries.school_times import of_school
from inventory.scope import EVERYWHERE
from inventory.spoken import short_day
from inventory.words import tell


@atomic
def promise(told: Convention, code: str, work_key: str, slot: Slot, technician: str, hand: Hand) -> VisitPaper:
    """Promise a school a visit for a work of its class; raises `Refused` when nobody would be there, or the technician is elsewhere."""
    shown = planned(EVERYWHERE, told, None, hand.now)
    work = _work(shown, code, work_key)
    if any(visit.code == code and visit.work == work_key for visit in shown.promised.values()):
        raise Refused(tell("{code}, {work} : déjà promis ; déplacer la visite promise.", code=code, work=tell(LABELS[work_key])))
    one = shown.classes[code]
    visit = Visit(code, work_key, slot, technician, work.place, min(work.minutes, HALF_DAY), True)
    _refuse(shown, one.school, work, visit, hand)
    row: VisitPaper = VisitPaper.create(convention=told.key, school=one.school)
    note_fact(row, SAID, PROMISED, hand, detail=_told(visit))
    return row


@atomic
def move(row: VisitPaper, slot: Slot, technician: str, hand: Hand) -> None:
    """Move a promised visit to another half-day or another technician."""
    told = convention(row.convention)
    shown = planned(EVERYWHERE, told, None, hand.now)
    visit = _standing(row)
    moved = Visit(visit.code, visit.work, slot, technician, visit.place, visit.minutes, True)
    _refuse(shown, row.school, _work(shown, visit.code, visit.work), moved, hand, aside=row.id)
    note_fact(row, SAID, PROMISED, hand, detail=_told(moved))


@atomic
def take_back(row: VisitPaper, reason: str, hand: Hand) -> None:
    """Take a promised visit back, with the reason that the school is given."""
    if not reason.strip():
        raise Refused(tell("Indiquer le motif : l'école le lira."))
    note_fact(row, SAID, CANCELLED, hand, detail=_told(_standing(row)), note=reason)


def _standing(row: VisitPaper) -> Visit:
    found = promises(EVERYWHERE, row.convention, None).get(row.id)
    if found is None:
        raise Refused(tell("Cette visite a déjà été retirée."))
    return found


def _work(shown: Planned, code: str, key: str) -> Work:
    works = shown.jobs[code].works if code in shown.jobs else ()
    found = next((work for work in works if work.key == key), None)
    if found is None:
        raise Refused(tell("{code} : il ne reste rien à planifier pour « {work} ».", code=code, work=tell(LABELS.get(key, key))))
    return found


def _refuse(shown: Planned, school: School, work: Work, visit: Visit, hand: Hand, aside: int | None = None) -> None:
    slot, day = visit.slot, short_day(visit.slot.day)
    if slot.day < local_date(hand.now):
        raise Refused(tell("Le {day} est passé : choisir un jour à venir.", day=day))
    if visit.technician not in shown.technicians:
        raise Refused(tell("Choisir un technicien en activité."))
    time = of_school(school)
    if work.presence is Presence.TEACHERS and time.half_days(slot.day) <= slot.half:
        why = time.why_closed(slot.day) or tell("pas de classe l'après-midi")
        raise Refused(tell("{day} : personne à l'école ({why}) ; choisir une demi-journée de classe.", day=day, why=why))
    if not time.is_municipal_day(slot.day):
        raise Refused(tell("{day} : la ville ne travaille pas ce jour-là.", day=day))
    there = [one for number, one in shown.promised.items() if number != aside and (one.slot, one.technician) == (slot, visit.technician)]
    if any(one.place != visit.place for one in there):
        raise Refused(tell("{name} est déjà promis à une autre école cette demi-journée.", name=shown.technicians[visit.technician]))
    if sum(one.minutes for one in there) + visit.minutes > HALF_DAY:
        raise Refused(tell("{name} n'a plus assez de temps cette demi-journée.", name=shown.technicians[visit.technician]))


def _told(visit: Visit) -> dict[str, object]:
    return {
        "code": visit.code, "work": visit.work, "day": visit.slot.day.isoformat(), "half": visit.slot.half, "technician": visit.technician,
        "place": visit.place, "minutes": visit.minutes,
    }  # fmt: skip


@atomic
def open_feed(person: Person, now: datetime) -> str:
    """Make a new secret address for a person's calendar; the ones before stop. It is told once, only its digest is kept."""
    close_feeds(person, now)
    secret = secrets.token_urlsafe(32)
    CalendarFeed.create(digest=digest(secret), person=person, created=now)
    return secret


@atomic
def close_feeds(person: Person, now: datetime) -> None:
    """Revoke every address of a person's calendar."""
    CalendarFeed.update(revoked=now).where((CalendarFeed.person == person) & CalendarFeed.revoked.is_null()).execute()


def digest(secret: str) -> str:
    """What is kept of a secret address."""
    return hashlib.sha256(secret.encode()).hexdigest()
