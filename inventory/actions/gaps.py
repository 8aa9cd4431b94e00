"""The life of discrepancies: a comparison of the whole town opens, renews and closes them by evidence; a person decides, and nothing is deleted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from inventory.actions.bulk import save_all
from inventory.actions.records import Hand
from inventory.db import atomic, read_many, snapshot
from inventory.discrepancy import OWNERS, Standing, Verdict, standing
from inventory.errors import Conflict, Refused
from inventory.journal import Entry, append
from inventory.models import Gap, GapSurvey
from inventory.queries.candidates import surveyed
from inventory.queries.discrepancies import Placed
from inventory.roles import Role
from inventory.scope import EVERYWHERE
from inventory.words import tell

T = TypeVar("T")
GAP, STATE, FACTS, DECISION, SOURCE = "gap", "gap", "gap:facts", "gap:decision", "reconciliation"
OPENED, CLOSED = "opened", "closed"
SOME, LONGEST, SHORTEST = 500, 1000, 5


def survey(now: datetime) -> GapSurvey:
    """Compare the whole town and write what changed since the last comparison; the same facts again write no line of the journal."""
    with snapshot():
        found = {one.discrepancy.name: one for one in surveyed(EVERYWHERE)}
        known = {name: (facts, state) for name, facts, state in read_many("SELECT name, facts, standing FROM gap")}
    digests = {name: one.discrepancy.facts for name, one in found.items()}
    fresh = [name for name in found if name not in known or known[name][1] == Standing.CLOSED]
    moved = [name for name in found if name in known and known[name][1] != Standing.CLOSED and known[name][0] != digests[name]]
    over = [name for name, (_, state) in known.items() if state != Standing.CLOSED and name not in found]
    opened = sum(_open([(found[name], digests[name]) for name in some], now) for some in _parts(fresh))
    changed = sum(_renew([(found[name], digests[name]) for name in some], now) for some in _parts(moved))
    closed = sum(_close(some, now) for some in _parts(over))
    return _note(now, len(found), opened, changed, closed)


def _parts(some: Sequence[T]) -> Iterator[Sequence[T]]:
    return (some[start : start + SOME] for start in range(0, len(some), SOME))


def _rows(names: Sequence[str]) -> Mapping[str, Gap]:
    return {row.name: row for row in Gap.select().where(Gap.name.in_(list(names)))}


@atomic
def _open(several: Sequence[tuple[Placed, str]], now: datetime) -> int:
    """Open the discrepancies that are new, and again those that had closed; another process may have done some already."""
    known = _rows([one.discrepancy.name for one, _ in several])
    rows = []
    for one, facts in several:
        row = known.get(one.discrepancy.name) or Gap(name=one.discrepancy.name, kind=one.discrepancy.kind.value, owner=OWNERS[one.discrepancy.kind].value)
        if row.id is None or row.closed is not None:
            row.since, row.opened, row.closed = one.discrepancy.since, now, None
            rows.append(_take(row, one, facts))
    save_all(rows)
    _append([Entry(GAP, row.id, STATE, OPENED, now, _identity(row)) for row in rows] + [_facts(row, now) for row in rows], now)
    return len(rows)


@atomic
def _renew(several: Sequence[tuple[Placed, str]], now: datetime) -> int:
    """Write the new evidence of discrepancies that stand: a decision over other facts is to be looked at again."""
    known = _rows([one.discrepancy.name for one, _ in several])
    rows = [_take(known[one.discrepancy.name], one, facts) for one, facts in several if known[one.discrepancy.name].facts != facts]
    save_all(rows)
    _append([_facts(row, now) for row in rows], now)
    return len(rows)


@atomic
def _close(names: Sequence[str], now: datetime) -> int:
    """Close what the evidence no longer shows."""
    rows = [row for row in _rows(names).values() if row.closed is None]
    for row in rows:
        row.closed, row.standing = now, Standing.CLOSED.value
    save_all(rows, only=("closed", "standing"))
    _append([Entry(GAP, row.id, STATE, CLOSED, now, _identity(row)) for row in rows], now)
    return len(rows)


def _take(row: Gap, one: Placed, facts: str) -> Gap:
    """Give a row what was found, and the place where."""
    found = one.discrepancy
    row.serial, row.evidence, row.facts = found.serial, found.evidence, facts
    row.tablet, row.school, row.mobile_class = found.tablet.id if found.tablet else None, one.school, one.class_id
    row.standing = standing(facts, closed=False, decided=row.decided).value
    return row


def _identity(row: Gap) -> dict[str, object]:
    """What a look at the past needs of it beside its facts."""
    since = row.since.isoformat() if row.since else None
    return {"name": row.name, "kind": row.kind, "serial": row.serial, "tablet": row.tablet_id, "since": since, "opened": row.opened.isoformat()}


def _facts(row: Gap, now: datetime) -> Entry:
    """Its evidence and where it was found."""
    return Entry(GAP, row.id, FACTS, row.facts, now, {"evidence": row.evidence, "school": row.school_id, "class": row.mobile_class_id})


def _append(entries: Sequence[Entry], now: datetime) -> None:
    append(entries, noted=now, actor=None, source=SOURCE)


@atomic
def _note(now: datetime, found: int, opened: int, changed: int, closed: int) -> GapSurvey:
    row = GapSurvey.get_or_none() or GapSurvey()
    row.at, row.standing, row.opened, row.changed, row.closed = now, found, opened, changed, closed
    row.save()
    return row


@atomic
def decide(row: Gap, verdict: Verdict, reason: str, owner: Role, facts: str, hand: Hand) -> None:
    """Write what a person decides over the facts that were shown; it holds until they change. Raises `Refused` without a reason, `Conflict` over other facts."""
    row = Gap.get_by_id(row.id)
    said = reason.strip()[:LONGEST]
    if row.closed is not None:
        raise Refused(tell("Écart n° {number} : les faits l'ont refermé, il n'y a plus rien à décider.", number=row.id))
    if len(said) < SHORTEST:
        raise Refused(tell("Raison « {value} » : dire en quelques mots ce qui a été vérifié, et par qui.", value=said))
    if facts != row.facts:
        raise Conflict(tell("Écart n° {number} : les faits ont changé depuis que la page a été ouverte ; les relire, puis décider.", number=row.id))
    row.verdict, row.owner, row.decided, row.decided_at, row.standing = verdict.value, owner.value, facts, hand.now, Standing.DECIDED.value
    row.save()
    entry = Entry(GAP, row.id, DECISION, verdict.value, hand.now, {"facts": facts, "owner": owner.value}, said)
    append([entry], noted=hand.now, actor=hand.by, source=hand.source)
