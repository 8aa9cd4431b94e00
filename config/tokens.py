"""The keys that programs bear at the API: a role, schools and an end; random, kept as their SHA-256, shown once.

A token has an account of its own, which nobody signs in with: what it writes is journalled under it, and its role and its schools
are those of any account. It has no signature and no second factor: what only a person may do, it may not.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from datetime import date, datetime, timedelta

from config import people, security_log
from config.models import ApiToken
from config.security_log import Happened
from config.sessions import room_permitting
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.french import short_day
from inventory.journal import Entry, append
from inventory.models import Person
from inventory.paris import end_of, local_date
from inventory.queries.people import PROGRAM
from inventory.roles import Role
from inventory.scope import Scope
from inventory.words import tell

AXIS = "token"
MARK, PREFIX_BYTES, SECRET_BYTES = "ctb_", 4, 32
LONGEST_LIFE = timedelta(days=366)
LONGEST_NAME = 60
A_GLANCE = timedelta(minutes=1)


@atomic
def add(name: str, role: Role, scope: Scope, until: date, now: datetime, *, by: Person | None, network: str = "") -> tuple[ApiToken, str]:
    """Make a token good until a day, included; returns its row and its text, which is nowhere else. `Refused` naming what is wrong."""
    name = unicodedata.normalize("NFC", name).strip()
    _refuse(name, until, now)
    prefix = MARK + secrets.token_hex(PREFIX_BYTES)
    text = f"{prefix}_{secrets.token_urlsafe(SECRET_BYTES)}"
    person = Person.create(login=f"{PROGRAM}{prefix}", name=f"Jeton « {name} »", role=role.value)
    people.give(person, scope)
    row = ApiToken.create(person=person, name=name, prefix=prefix, digest=_digest(text), created=now, created_by=by, until=end_of(until))
    _journal(row, "added", now, by)
    security_log.write(Happened.TOKEN_ADDED, person, now, network=network, actor=by)
    return row, text


def _refuse(name: str, until: date, now: datetime) -> None:
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise Refused(tell("Nom du jeton : écrire le programme qui le porte, en {most} caractères au plus, par exemple « GLPI ».", most=LONGEST_NAME))
    today, last = local_date(now), local_date(now + LONGEST_LIFE)
    if not today <= until <= last:
        raise Refused(
            tell("Fin = « {day} » : choisir un jour du {first} au {last}.", day=short_day(until), first=short_day(today), last=short_day(last))
        )


@atomic
def revoke(row: ApiToken, now: datetime, *, by: Person | None, network: str = "") -> bool:
    """Void a token for good, from its next request on; False if it was void already."""
    row = ApiToken.get_by_id(row.id)
    if row.revoked is not None:
        return False
    row.revoked = now
    row.save(only=[ApiToken.revoked])
    Person.update(active=False).where(Person.id == row.person_id).execute()
    _journal(row, "revoked", now, by)
    security_log.write(Happened.TOKEN_REVOKED, row.person, now, network=network, actor=by)
    return True


def bearer(text: str, now: datetime) -> ApiToken | None:
    """The token of this text with its account, its last use noted to the minute; None if it is unknown, revoked or over."""
    query = ApiToken.select(ApiToken, Person).join(Person, on=ApiToken.person)
    row = query.where((ApiToken.digest == _digest(text)) & ApiToken.revoked.is_null()).first()
    if row is None or now > row.until or not row.person.active:
        return None
    if row.last_used is None or abs(now - row.last_used) >= A_GLANCE:
        with room_permitting():
            ApiToken.update(last_used=now).where(ApiToken.id == row.id).execute()
    return row


def everyone() -> list[ApiToken]:
    """Every token, those in force first, the newest first."""
    query = ApiToken.select(ApiToken, Person).join(Person, on=ApiToken.person)
    return list(query.order_by(ApiToken.revoked.is_null(False), ApiToken.id.desc()))


def named(prefix: str) -> ApiToken:
    """The token that begins so; raises `NotFound`."""
    row = ApiToken.get_or_none(ApiToken.prefix == prefix)
    if row is None:
        raise NotFound
    return row


def numbered(number: int) -> ApiToken:
    """The token of a number; raises `NotFound`."""
    row = ApiToken.get_or_none(ApiToken.id == number) if number < 2**63 else None
    if row is None:
        raise NotFound
    return row


def words(axis: str, value: str, detail: dict[str, str]) -> tuple[str, str]:
    """What the journal of a token's account says: (title, icon)."""
    said = tell("Jeton « {name} » créé", name=detail["name"]) if value == "added" else tell("Jeton « {name} » révoqué", name=detail["name"])
    return said, "key-round" if value == "added" else "shield-x"


def _journal(row: ApiToken, value: str, now: datetime, by: Person | None) -> None:
    told = {
        "name": row.name, "prefix": row.prefix, "role": row.person.role, "everywhere": row.person.everywhere,
        "schools": people.schools_of(row.person), "until": row.until.isoformat(),
    }  # fmt: skip
    append([Entry("person", row.person_id, AXIS, value, now, told)], noted=now, actor=by, source="person")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()
