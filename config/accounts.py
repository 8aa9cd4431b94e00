"""What is done to an account: create it, give it a password, try to sign in with it."""

from __future__ import annotations

import re
import unicodedata
from datetime import datetime, timedelta

from config import passwords, people, sessions
from config.models import Credential
from config.security_log import Happened, write
from inventory.db import IntegrityError, atomic
from inventory.errors import NotFound, Refused
from inventory.journal import Entry, append
from inventory.models import Person
from inventory.roles import Role
from inventory.scope import Scope
from inventory.words import tell

LOGIN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
FREE_TRIES = 5
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=5), timedelta(hours=1)
FORGOTTEN = timedelta(days=1)


def add_user(
    login: str, name: str, role: Role, scope: Scope, password: str, now: datetime, *, signatory: str = ""
) -> Person:  # fmt: skip
    """Create an account that sees the schools of `scope`; raises `Refused` naming what is wrong with one of its parts."""
    login, name = _same(login), unicodedata.normalize("NFC", name).strip()
    if not LOGIN.fullmatch(login):
        raise Refused(tell("Identifiant « {login} » : écrire 2 à 40 minuscules, chiffres, points et tirets, par exemple « a.martin ».", login=login))
    if not name:
        raise Refused(tell("Nom affiché : l'indiquer, par exemple « Alice Martin »."))
    people.refuse_signatory(signatory)
    passwords.refuse_weak(password, login)
    kept = passwords.digest(password)
    try:
        return _create(Person(login=login, name=name, role=role.value, signatory=signatory), scope, kept, now)
    except IntegrityError as fault:
        raise Refused(tell("Identifiant « {login} » : il est déjà pris, en choisir un autre.", login=login)) from fault


@atomic
def _create(person: Person, scope: Scope, kept: str, now: datetime) -> Person:
    person.save(force_insert=True)
    Credential.create(person=person, password_hash=kept)
    people.give(person, scope)
    people.record(person, now, None)
    return person


def set_password(person: Person, password: str, now: datetime, network: str = "") -> None:
    """Give an account another password; it is signed out everywhere, and free to try again."""
    passwords.refuse_weak(password, person.login)
    kept = passwords.digest(password)
    with atomic():
        fresh = {"password_hash": kept, "failures": 0, "locked_until": None}
        if not Credential.update(fresh).where(Credential.person == person).execute():
            Credential.create(person=person, password_hash=kept)
        sessions.end_all(person, now)
        append([Entry("person", person.id, "password", "set", now)], noted=now, actor=None, source="person")
        write(Happened.PASSWORD_SET, person, now, network=network)


def admitted(login: str, password: str, now: datetime, *, counted: bool = False) -> Person | None:
    """The person of this login and password; None otherwise, at the same cost and without saying why.

    The try is counted before the password is looked at, so that many tries at once are no more than many tries in turn;
    `counted` when the caller has counted it elsewhere.
    """
    row = Credential.select(Credential, Person).join(Person).where(Person.login == _same(login)).first()
    allowed = row is not None and row.person.active and (counted or take_a_try(row.person, now))
    right = passwords.matches(row.password_hash if row and allowed else passwords.decoy(), password)
    if not (row and allowed and right):
        return None
    if passwords.outdated(row.password_hash):
        same = (Credential.person == row.person) & (Credential.password_hash == row.password_hash)
        Credential.update(password_hash=passwords.digest(password)).where(same).execute()
    return row.person


def forget_tries(person: Person) -> None:
    """Clear the guesses made against an account: to be called once its person is wholly in, second factor included."""
    Credential.update(failures=0, locked_until=None).where(Credential.person == person).execute()


def named(login: str) -> Person | None:
    """The person of a login as it is typed, whether or not they may sign in."""
    return Person.get_or_none(Person.login == _same(login))


def somebody(number: int) -> Person:
    """The person of a number; raises `NotFound`."""
    person = Person.get_or_none(Person.id == number)
    if person is None:
        raise NotFound
    return person


def has_password(person: Person, password: str, now: datetime) -> bool:
    """Whether a person who is in knows their password; a wrong one counts as a guess."""
    if admitted(person.login, password, now) is None:
        return False
    forget_tries(person)
    return True


@atomic
def take_a_try(person: Person, now: datetime) -> bool:
    """Count one more try against an account; False while it is locked. Five are free, then each waits twice as long."""
    row = Credential.get(Credential.person == person)
    if row.locked_until and now < row.locked_until <= now + LONGEST_LOCK:
        return False
    forgotten = row.locked_until is not None and now - row.locked_until > FORGOTTEN
    failures = 1 if forgotten else row.failures + 1
    over = failures - FREE_TRIES
    locked = None if over < 0 else now + min(FIRST_LOCK * 2 ** min(over, 10), LONGEST_LOCK)
    Credential.update(failures=failures, locked_until=locked).where(Credential.person == person).execute()
    return True


def _same(login: str) -> str:
    return unicodedata.normalize("NFC", login).replace("\0", "\ufffd").strip().lower()
