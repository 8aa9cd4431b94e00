"""Issuing a quarter: the state as of its last day, as known on the day of issue; afterwards its bytes never change."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from deploy.models import QuarterFile, QuarterIssue
from deploy.queries.conventions import convention
from deploy.queries.quarter import export_of
from deploy.reports.quarter import Quarter
from deploy.reports.render import render
from inventory.actions.records import Hand
from inventory.db import atomic, snapshot
from inventory.errors import Refused
from inventory.journal import Entry, append
from inventory.paris import local_date

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
        raise Refused(f"{period.label} n'a pas commencé : l'émettre à partir du {period.last:%d/%m/%Y}.")
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


def find(key: str, period: Quarter) -> QuarterIssue | None:
    """The issue of a quarter, if it was issued."""
    return QuarterIssue.get_or_none((QuarterIssue.convention == key) & (QuarterIssue.period == period.key))


def _rendered(period: Quarter, key: str, now: datetime, provisional: bool, strict: bool) -> dict[str, bytes]:
    with snapshot():
        return render(export_of(period, key, now, provisional=provisional), strict=strict)


def _keep(period: Quarter, key: str, files: Mapping[str, bytes], hand: Hand) -> QuarterIssue:
    digests = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    manifest = digests[MANIFEST]
    row = QuarterIssue.create(
        convention=key, period=period.key, issued=hand.now, actor=hand.by, manifest_sha256=manifest,
    )  # fmt: skip
    for name, content in files.items():
        QuarterFile.create(issue=row, name=name, sha256=digests[name], content=content)
    told = {"convention": key, "period": period.key, "manifest": manifest}
    append([Entry("quarter", row.id, "issue", "issued", hand.now, told)], noted=hand.now, actor=hand.by, source=hand.source)
    return row


def _files(row: QuarterIssue, strict: bool) -> dict[str, bytes]:
    """The very bytes that were issued; the strict tables only on request, though the manifest names them."""
    rows = QuarterFile.select().where(QuarterFile.issue == row).order_by(QuarterFile.name)
    return {file.name: bytes(file.content) for file in rows if strict or not file.name.startswith(STRICT)}
