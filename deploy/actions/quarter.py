"""Issuing a quarter: the state as of its last day, as known on the day of issue; afterwards its bytes never change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.models import QuarterFile, QuarterIssue
from deploy.queries.conventions import convention
from deploy.queries.quarter import export_of
from deploy.reports.quarter import Quarter
from deploy.reports.render import render
from deploy.reports.seal import VERIFIER, Issue, archive, sealed
from deploy.reports.verifier import SEAL
from inventory.actions.outbox import announce
from inventory.actions.records import Hand
from inventory.db import atomic, snapshot
from inventory.errors import Refused
from inventory.journal import Entry, append
from inventory.outbox import EventKind
from inventory.paris import local_date
from inventory.spoken import short_day
from inventory.words import FRENCH, speaking, tell

STRICT = "strict/"
MANIFEST = "MANIFEST.sha256"


@dataclass(frozen=True, slots=True)
class Issued:
    """A quarter's files, and whether they are sealed (`provisional` ones are not)."""

    files: Mapping[str, bytes]
    issued: datetime
    provisional: bool
    again: bool

    @property
    def digests(self) -> dict[str, str]:
        return {name: hashlib.sha256(content).hexdigest() for name, content in self.files.items()}


def issue(period: Quarter, hand: Hand, *, key: str | None = None, strict: bool = False) -> Issued:
    """Issue a quarter, or give back the bytes issued before. One that is not over yet is made provisional and not kept."""
    told = convention(key)
    if period.first > local_date(hand.now):
        raise Refused(tell("{period} n'a pas commencé : l'émettre à partir du {last}.", period=period.label, last=short_day(period.last)))
    kept = find(told.key, period)
    if kept is not None:
        return Issued(_files(kept, strict), kept.issued, False, True)
    if period.last >= local_date(hand.now):
        return Issued(_rendered(period, told.key, hand.now, True, strict), hand.now, True, False)
    return _issue_now(period, told.key, hand, strict)


@atomic
def _issue_now(period: Quarter, key: str, hand: Hand, strict: bool) -> Issued:
    kept = find(key, period)
    if kept is None:
        files = _rendered(period, key, hand.now, False, True)
        kept = _keep(period, key, files, hand)
    return Issued(_files(kept, strict), kept.issued, False, False)


@atomic
def correct(period: Quarter, reason: str, hand: Hand, *, key: str | None = None) -> QuarterIssue:
    """Issue a quarter once more, as it is known now: a new issue that names the one it replaces, which stays as it was."""
    told = convention(key)
    kept = find(told.key, period)
    if kept is None:
        raise Refused(tell("{period} n'est pas émis : il n'y a rien à corriger.", period=period.label))
    if not reason.strip():
        raise Refused(tell("Indiquer le motif de la correction : elle sera lue avec le trimestre."))
    return _keep(period, told.key, _rendered(period, told.key, hand.now, False, True), hand, kept, reason.strip())


def find(key: str, period: Quarter) -> QuarterIssue | None:
    """The issue of a quarter that stands, the last of its corrections, if it was issued."""
    return _issues(key, period).order_by(QuarterIssue.number.desc()).first()


def all_of(key: str, period: Quarter) -> list[QuarterIssue]:
    """Every issue of a quarter, the first one first."""
    return list(_issues(key, period).order_by(QuarterIssue.number))


def _issues(key: str, period: Quarter) -> Any:
    return QuarterIssue.select().where((QuarterIssue.convention == key) & (QuarterIssue.period == period.key))


def archive_of(row: QuarterIssue) -> bytes:
    """The sealed archive of an issue, the same bytes each time; raises `Refused` for one issued before seals were."""
    if not row.seal:
        raise Refused(tell("Ce trimestre a été émis avant les sceaux : ses fichiers gardent leurs empreintes, sans archive scellée."))
    rows = QuarterFile.select().where(QuarterFile.issue == row)
    return archive({file.name: bytes(file.content) for file in rows})


@speaking(FRENCH)
def _rendered(period: Quarter, key: str, now: datetime, provisional: bool, strict: bool) -> dict[str, bytes]:
    with snapshot():
        return render(export_of(period, key, now, provisional=provisional), strict=strict)


def _keep(
    period: Quarter, key: str, files: Mapping[str, bytes], hand: Hand, kept: QuarterIssue | None = None, reason: str = ""
) -> QuarterIssue:
    before, number = find(key, period.before()), kept.number + 1 if kept else 1
    previous = (before.period, before.seal) if before and before.seal else None
    files = sealed(Issue(key, period.key, number, hand.now, kept.seal if kept else None, reason, previous), files)
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = digests[MANIFEST]
    row = QuarterIssue.create(
        convention=key, period=period.key, issued=hand.now, actor=hand.by, manifest_sha256=manifest, number=number, reason=reason,
        seal=digests[SEAL],
    )  # fmt: skip
    for name, content in files.items():
        QuarterFile.create(issue=row, name=name, sha256=digests[name], content=content)
    told = {"convention": key, "period": period.key, "manifest": manifest, "number": number, "seal": digests[SEAL]}
    append([Entry("quarter", row.id, "issue", "issued", hand.now, told)], noted=hand.now, actor=hand.by, source=hand.source)
    announce(EventKind.QUARTER_ISSUED, lambda: [told], hand.now)
    return row


def _files(row: QuarterIssue, strict: bool) -> dict[str, bytes]:
    """The very bytes that were issued; the strict tables only on request, though the manifest names them."""
    rows = QuarterFile.select().where(QuarterFile.issue == row).order_by(QuarterFile.name)
    aside = () if strict else (STRICT,)
    return {file.name: bytes(file.content) for file in rows if not file.name.startswith((*aside, SEAL, VERIFIER))}
