"""Signed-in browsers: a random token in a cookie, its SHA-256 in a row, so that a stolen database opens no session.

A session ends by its person, by its idleness, by its age, or with its account.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cache

from config.models import WebSession
from inventory.db import DatabaseError, atomic, disk_is_full, in_passing, on_postgres, only_reads
from inventory.models import Person
from inventory.roles import Role
from inventory.selection import HERE, Written

Ends = Callable[[Role], tuple[timedelta, timedelta]]
TOKEN_BYTES = 32
A_GLANCE = timedelta(minutes=1)
KEPT = timedelta(days=365)
LONGEST_AGENT = 200


@atomic
def start(person: Person, now: datetime, agent: str, instead_of: WebSession | None = None) -> str:
    """Open a session, and end the one it replaces; returns its token, which is nowhere else."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    WebSession.create(
        token_digest=_digest(token), csrf=secrets.token_urlsafe(TOKEN_BYTES), person=person, started=now, last_seen=now,
        agent=agent[:LONGEST_AGENT],
    )  # fmt: skip
    if instead_of:
        end(instead_of, now)
    return token


def find(token: str, now: datetime, ends: Ends) -> WebSession | None:
    """The session of a token, with its person as the database has it now; None once it is over. `ends`: (idle, age) of a role."""
    found = _open_one(on_postgres()).one(_digest(token))
    if found is None:
        return None
    row, person = found
    row.__rel__["person"] = person
    idle, age = ends(Role(row.person.role))
    over = now - row.last_seen > idle or now - row.started > age or not row.person.active
    with room_permitting():
        if over:
            end(row, now)
        elif abs(now - row.last_seen) >= A_GLANCE:
            in_passing(WebSession.update(last_seen=now).where(WebSession.id == row.id).execute)
    return None if over else row


@cache
def _open_one(postgres: bool) -> Written:
    query = WebSession.select(WebSession, Person).join(Person)
    return Written.of(query.where((WebSession.token_digest == HERE) & WebSession.ended.is_null()), WebSession, Person)


@contextmanager
def room_permitting() -> Iterator[None]:
    """Do without a note of the house when the disk is full, or the database only reads: its person goes on reading, or signs in again."""
    try:
        yield
    except DatabaseError as fault:
        if not (disk_is_full(fault) or only_reads(fault)):
            raise


def rotate(row: WebSession) -> str:
    """Give a session another token and another proof of forms, the old ones being void; returns the token."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    fresh = {"token_digest": _digest(token), "csrf": secrets.token_urlsafe(TOKEN_BYTES)}
    WebSession.update(fresh).where(WebSession.id == row.id).execute()
    return token


def still_open(person: Person, now: datetime, ends: Ends) -> list[WebSession]:
    """The sessions of a person that a browser may still use, the last seen first."""
    idle, age = ends(Role(person.role))
    alive = (WebSession.last_seen >= now - idle) & (WebSession.started >= now - age)
    mine = (WebSession.person == person) & WebSession.ended.is_null() & alive
    return list(WebSession.select().where(mine).order_by(WebSession.last_seen.desc(), WebSession.id.desc()))


def end(row: WebSession, now: datetime) -> None:
    """End one session."""
    WebSession.update(ended=now).where((WebSession.id == row.id) & WebSession.ended.is_null()).execute()


def end_all(person: Person, now: datetime) -> int:
    """End every session of a person; returns how many were open."""
    return int(WebSession.update(ended=now).where((WebSession.person == person) & WebSession.ended.is_null()).execute())


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
