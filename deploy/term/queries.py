"""The life of a convention as its page reads it: its termination, its requests, its versions with what each changed."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

from deploy.models import ConventionVersion, LoadedConvention, ReportingRequest
from deploy.queries.conventions import versions, whole
from deploy.term.changes import changes
from deploy.term.dates import Termination
from deploy.term.request import Request, read
from inventory.errors import NotFound
from inventory.journal import When, facts
from inventory.scope import Scope

REQUEST, SAID, TERMINATION, NOTIFIED = "reporting_request", "said", "termination", "notified"


def termination_of(scope: Scope, key: str, when: When | None) -> Termination | None:
    """The notice of termination in force; None for who does not see the whole convention."""
    if not whole(scope, key):
        return None
    row = LoadedConvention.get(LoadedConvention.key == key)
    line = facts(str(row._meta.table_name), axes=[TERMINATION], ids=[row.id], when=when).get((row.id, TERMINATION))
    if line is None or line.value != NOTIFIED:
        return None
    return Termination(line.detail["by"], date.fromisoformat(line.detail["received"]), line.detail["reference"])


def requests(scope: Scope, key: str, when: When | None) -> dict[int, Request]:
    """Every request of a convention, those to answer first, by number."""
    if not whole(scope, key):
        return {}
    ids = ReportingRequest.select(ReportingRequest.id).where(ReportingRequest.convention == key)
    found = {number: read(line.detail) for (number, _), line in facts(REQUEST, axes=[SAID], ids=ids, when=when).items()}
    return dict(sorted(found.items(), key=lambda one: (one[1].answered is not None, one[1].due or date.max, one[0])))


def request(scope: Scope, number: int, when: When | None = None) -> tuple[ReportingRequest, Request]:
    """One request; raises `NotFound`."""
    row = ReportingRequest.get_or_none(ReportingRequest.id == number) if number < 2**63 else None
    told = requests(scope, row.convention, when).get(number) if row else None
    if row is None or told is None:
        raise NotFound
    return row, told


def amendments(scope: Scope, key: str, day: date) -> list[tuple[ConventionVersion, list[tuple[str, str, str]]]]:
    """The amendments of a convention up to a day, the newest first, with what each changed in the version before."""
    told = versions(key) if whole(scope, key) else []
    pairs = pairwise(told)
    return [(row, changes(before, after)) for (_, before), (row, after) in pairs if row.effective <= day][::-1]
