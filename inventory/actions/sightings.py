"""The intake of what an MDM says: only the difference is written, in columns that no person owns (Law 4).

A change of what the server says of a device is an event; a mere check-in is not (Law 3): it moves `last_contact` and marks a day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.actions.counting import recount_serials
from inventory.actions.news import Known, News, Report, compared, kept_digest, moved
from inventory.columns import MomentField, canonical_words
from inventory.db import atomic
from inventory.journal import Entry, append
from inventory.mdm_status import MdmStatus
from inventory.models import Sighting
from inventory.queries.sightings import CHUNK, stored_rows
from inventory.sets import write_set

MDM = "mdm"
REPORT = "report"
_stored = MomentField().db_value
_PLAIN = (
    "model", "os_version", "configuration", "managed", "permissions_granted", "apps", "enrolled_at", "last_contact", "battery",
    "remarks", "fingerprint", "pulse", "told", "confirmed_at",
)  # fmt: skip
_INDEXED = ("serial", "number", "status", "group_name", "absent_runs")
_COLUMNS = (*_PLAIN, *_INDEXED)
_INSERT = (
    f"INSERT INTO sighting ({', '.join(_COLUMNS)}, first_seen, connector, mdm_id) "  # noqa: S608 our own column list
    f"VALUES ({', '.join('?' * (len(_COLUMNS) + 3))})"
)
_UPDATE, _UPDATE_PLAIN = (
    f"UPDATE sighting SET {', '.join(f'{column} = ?' for column in columns)} WHERE id = ?"  # noqa: S608 our own column list
    for columns in (_COLUMNS, _PLAIN)
)
_FORMER = "INSERT INTO former_serial (serial, sighting_id) VALUES (?,?) ON CONFLICT (serial, sighting_id) DO NOTHING"
_MARK_DAY = (
    "INSERT INTO contact_month (sighting_id, month, days) VALUES (?,?,?) "
    "ON CONFLICT (sighting_id, month) DO UPDATE SET days = contact_month.days | excluded.days"
)


@dataclass(slots=True)
class Counts:
    """What one intake did: devices whose word changed, those never heard of before among them, devices only heard again, devices that said the same."""

    changed: int = 0
    heard: int = 0
    unchanged: int = 0
    fresh: int = 0

    def add(self, other: Counts) -> None:
        self.changed += other.changed
        self.heard += other.heard
        self.unchanged += other.unchanged
        self.fresh += other.fresh


@atomic
def take_in(connector: str, reports: Sequence[Report], *, now: datetime) -> tuple[Counts, list[int]]:
    """Write what is new in at most a thousand reports of one connector; the same reports again write nothing.

    Returns what was done, and the identifiers of the rows of all these devices.
    """
    mdm_ids = [report.mdm_id for report in reports]
    columns = "mdm_id, " + ", ".join(Known._fields)
    known = {mdm_id: Known(*row) for mdm_id, *row in stored_rows(columns, connector, mdm_ids)}
    news, same = compared(reports, known, now)
    changed = [one for one in news if one.changed]
    _write(connector, news, now)
    write_set("UPDATE sighting SET told = ? WHERE id = ?", same)
    ids = {mdm_id: row.id for mdm_id, row in known.items()}
    ids |= dict(stored_rows("mdm_id, id", connector, [one.report.mdm_id for one in news if one.known is None]))
    _mark_days(news, ids)
    entries = [entry for one in changed for entry in _entries(one, ids[one.report.mdm_id], now)]
    append(entries, noted=now, actor=None, source=f"mdm:{connector}")
    recount_serials(serial for one in changed for serial in moved(one))
    counts = Counts(len(changed), len(news) - len(changed), len(reports) - len(news), fresh=len(ids) - len(known))
    return counts, [ids[mdm_id] for mdm_id in mdm_ids]


def _write(connector: str, news: Sequence[News], now: datetime) -> None:
    """Update and insert; a row that keeps its indexed values keeps its places in the indexes."""
    confirmed = _stored(now)
    whole, plain, fresh = [], [], []
    for one in news:
        values, indexed = _values(one, confirmed), (one.report.serial, one.report.number, one.report.status, one.report.group, 0)
        if one.known is None:
            fresh.append((*values, *indexed, confirmed, connector, one.report.mdm_id))
        elif indexed == (one.known.serial, one.known.number, one.known.status, one.known.group_name, one.known.absent_runs):
            plain.append((*values, one.known.id))
        else:
            whole.append((*values, *indexed, one.known.id))
    write_set(_UPDATE, whole)
    write_set(_UPDATE_PLAIN, plain)
    write_set(_INSERT, fresh)
    changed = ((one.known, one.report.serial) for one in news if one.known)
    write_set(_FORMER, [(known.serial, known.id) for known, serial in changed if known.serial != serial])


def _values(one: News, confirmed: int | None) -> tuple[Any, ...]:
    """The stored values of `_PLAIN`."""
    report = one.report
    return (
        report.model, report.os_version, report.configuration, report.managed, report.permissions_granted,
        canonical_words(one.words["apps"]), one.words["enrolled_at"], _stored(one.contact), report.battery,
        canonical_words(sorted(set(one.remarks))), one.word, one.pulse, kept_digest(report), confirmed,
    )  # fmt: skip


def _mark_days(news: Sequence[News], ids: Mapping[str, int]) -> None:
    """Note the day of the last contact of each device heard on another day than before."""
    days = [(ids[one.report.mdm_id], one.heard_on) for one in news]
    write_set(_MARK_DAY, [(row_id, day.year * 100 + day.month, 1 << day.day) for row_id, day in days if day])


def _entries(one: News, row_id: int, now: datetime) -> list[Entry]:
    report = one.report
    entries = [Entry("sighting", row_id, REPORT, one.word, now, one.text)]
    if report.status != (one.known.status if one.known else MdmStatus.UNKNOWN.value):
        enrolled = report.status == MdmStatus.ENROLLED.value and report.enrolled_at is not None
        since = min(report.enrolled_at, now) if enrolled and report.enrolled_at else now
        entries.append(Entry("sighting", row_id, MDM, report.status, since, {"serial": report.serial}))
    return entries


@atomic
def count_absence(rows: Sequence[Sighting]) -> None:
    """Note one more complete run that did not list these devices."""
    ids = [row.id for row in rows]
    for start in range(0, len(ids), CHUNK):
        some = ids[start : start + CHUNK]
        Sighting.update(absent_runs=Sighting.absent_runs + 1, told=None).where(Sighting.id.in_(some)).execute()


@atomic
def mark_gone(row: Sighting, *, now: datetime, runs: int) -> None:
    """The server was asked by id and knows the device no more: an event, never a change of the tablet itself."""
    row.status, row.fingerprint, row.told = MdmStatus.GONE.value, "", None
    row.save(only=[Sighting.status, Sighting.fingerprint, Sighting.told])
    detail = {"serial": row.serial, "complete_runs": runs}
    append([Entry("sighting", row.id, MDM, row.status, now, detail)], noted=now, actor=None, source=f"mdm:{row.connector}")
    recount_serials([row.serial])
