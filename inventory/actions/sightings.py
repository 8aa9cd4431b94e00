"""The intake of what an MDM says: only the difference is written, in columns that no person owns (Law 4).

A change of what the server says of a device is an event; a mere check-in is not (Law 3): it moves `last_contact` and marks a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from inventory.actions.counting import recount_serials
from inventory.columns import MomentField, canonical
from inventory.db import atomic, write_many
from inventory.journal import Entry, append
from inventory.mdm_status import MdmStatus
from inventory.models import Sighting
from inventory.paris import local_date

MDM = "mdm"
REPORT = "report"
CHUNK = 500
_stored = MomentField().db_value


class Report(Protocol):
    """One device as a driver reports it: an allow-list of fields, already normalised."""

    @property
    def mdm_id(self) -> str: ...
    @property
    def serial(self) -> str: ...
    @property
    def number(self) -> str: ...
    @property
    def status(self) -> str: ...
    @property
    def last_contact(self) -> datetime | None: ...
    @property
    def enrolled_at(self) -> datetime | None: ...
    @property
    def model(self) -> str: ...
    @property
    def os_version(self) -> str: ...
    @property
    def configuration(self) -> str: ...
    @property
    def managed(self) -> bool | None: ...
    @property
    def permissions_granted(self) -> bool | None: ...
    @property
    def apps(self) -> Sequence[Any]: ...
    @property
    def battery(self) -> int | None: ...
    @property
    def group(self) -> str: ...
    @property
    def remarks(self) -> Sequence[str]: ...


@dataclass(slots=True)
class Counts:
    """What one intake did: devices whose word changed, devices only heard again, devices that said the same."""

    changed: int = 0
    heard: int = 0
    unchanged: int = 0

    def add(self, other: Counts) -> None:
        self.changed += other.changed
        self.heard += other.heard
        self.unchanged += other.unchanged


@atomic
def take_in(connector: str, reports: Sequence[Report], *, now: datetime) -> Counts:
    """Write what is new in at most a thousand reports of one connector; the same reports again write nothing."""
    counts, known = Counts(), _known(connector, [report.mdm_id for report in reports])
    fresh: list[Entry] = []
    moved: set[str] = set()
    for report in reports:
        row = known.get(report.mdm_id)
        word, pulse = _fingerprint(_word(report)), _fingerprint(_pulse(report))
        if row is not None and row.fingerprint == word and row.pulse == pulse and row.absent_runs == 0:
            counts.unchanged += 1
            continue
        changed = row is None or row.fingerprint != word
        if row is None or (row.serial, row.status, row.enrolled_at) != (report.serial, report.status, report.enrolled_at):
            moved |= {report.serial} if row is None else {report.serial, row.serial}
        fresh += _write(connector, report, row, word, pulse, now)
        counts.changed += changed
        counts.heard += not changed
    append(fresh, noted=now, actor=None, source=f"mdm:{connector}")
    recount_serials(moved)
    return counts


def _known(connector: str, mdm_ids: Sequence[str]) -> dict[str, Sighting]:
    known = {}
    for start in range(0, len(mdm_ids), CHUNK):
        some = mdm_ids[start : start + CHUNK]
        rows = Sighting.select().where((Sighting.connector == connector) & Sighting.mdm_id.in_(some))
        known.update({row.mdm_id: row for row in rows})
    return known


def _word(report: Report) -> dict[str, Any]:
    """What a server says that is worth an event; never the check-in itself."""
    return {
        "serial": report.serial,
        "number": report.number,
        "status": report.status,
        "model": report.model,
        "os_version": report.os_version,
        "configuration": report.configuration,
        "managed": report.managed,
        "permissions_granted": report.permissions_granted,
        "apps": [[app.pkg, app.required, app.installed] for app in report.apps],
        "group": report.group,
        "enrolled_at": _stored(report.enrolled_at),
    }


def _pulse(report: Report) -> list[Any]:
    return [_stored(report.last_contact), report.battery, list(report.remarks)]


def _fingerprint(value: Any) -> str:
    return hashlib.blake2b(canonical(value).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _write(
    connector: str, report: Report, row: Sighting | None, word: str, pulse: str, now: datetime
) -> list[Entry]:
    new = row is None
    row = row or Sighting(connector=connector, mdm_id=report.mdm_id, first_seen=now, status=MdmStatus.UNKNOWN.value)
    entries_due = row.fingerprint != word
    said_before, contact, remarks = row.status, row.last_contact, list(report.remarks)
    if report.last_contact is not None and report.last_contact > now:
        remarks.append("last_contact_in_future")
    elif contact is not None and report.last_contact is not None and report.last_contact < contact:
        remarks.append("last_contact_backwards")
    elif report.last_contact is not None:
        contact = report.last_contact
    told = _word(report)
    told["enrolled_at"] = report.enrolled_at
    for name, value in told.items():
        setattr(row, name, value)
    row.last_contact, row.battery, row.remarks = contact, report.battery, sorted(set(remarks))
    row.fingerprint, row.pulse, row.confirmed_at, row.absent_runs = word, pulse, now, 0
    row.save(force_insert=new)
    _mark_day(row)
    return _entries(row, report, said_before, now) if entries_due else []


def _entries(row: Sighting, report: Report, said_before: str, now: datetime) -> list[Entry]:
    entries = [Entry("sighting", row.id, REPORT, row.fingerprint, now, _word(report))]
    if report.status != said_before:
        enrolled = report.status == MdmStatus.ENROLLED.value and report.enrolled_at is not None
        since = min(report.enrolled_at, now) if enrolled and report.enrolled_at else now
        entries.append(Entry("sighting", row.id, MDM, report.status, since, {"serial": row.serial}))
    return entries


def _mark_day(row: Sighting) -> None:
    if row.last_contact is None:
        return
    day = local_date(row.last_contact)
    write_many(
        "INSERT INTO contact_month (sighting_id, month, days) VALUES (?,?,?) "
        "ON CONFLICT (sighting_id, month) DO UPDATE SET days = contact_month.days | excluded.days",
        [(row.id, day.year * 100 + day.month, 1 << day.day)],
    )


def absentees(connector: str, seen: Iterable[str]) -> list[Sighting]:
    """The devices of a connector that a complete run did not list, and that are not known to be gone."""
    seen_ids = set(seen)
    rows = Sighting.select().where((Sighting.connector == connector) & (Sighting.status != MdmStatus.GONE.value))
    return [row for row in rows.order_by(Sighting.id) if row.mdm_id not in seen_ids]


@atomic
def count_absence(rows: Sequence[Sighting]) -> None:
    """Note one more complete run that did not list these devices."""
    ids = [row.id for row in rows]
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        Sighting.update(absent_runs=Sighting.absent_runs + 1).where(Sighting.id.in_(some)).execute()


@atomic
def mark_gone(row: Sighting, *, now: datetime, runs: int) -> None:
    """The server was asked by id and knows the device no more: an event, never a change of the tablet itself."""
    row.status, row.fingerprint = MdmStatus.GONE.value, ""
    row.save(only=[Sighting.status, Sighting.fingerprint])
    detail = {"serial": row.serial, "complete_runs": runs}
    append([Entry("sighting", row.id, MDM, row.status, now, detail)], noted=now, actor=None, source=f"mdm:{row.connector}")
    recount_serials([row.serial])
