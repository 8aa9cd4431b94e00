"""The intake of what an MDM says: only the difference is written, in columns that no person owns (Law 4).

A change of what the server says of a device is an event; a mere check-in is not (Law 3): it moves `last_contact` and marks a day.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple, Protocol

from inventory.actions.counting import recount_serials
from inventory.columns import MomentField, canonical_words
from inventory.db import atomic, write_many
from inventory.journal import Entry, append
from inventory.mdm_status import MdmStatus
from inventory.models import Sighting
from inventory.paris import local_date
from inventory.queries.sightings import CHUNK, LIVE, stored_rows

MDM = "mdm"
REPORT = "report"
_stored, _moment = MomentField().db_value, MomentField().python_value
_COLUMNS = (
    "serial", "number", "status", "model", "os_version", "configuration", "managed", "permissions_granted", "apps", "group_name",
    "enrolled_at", "last_contact", "battery", "remarks", "fingerprint", "pulse", "told", "confirmed_at", "absent_runs",
)  # fmt: skip
_INSERT = (
    f"INSERT INTO sighting ({', '.join(_COLUMNS)}, first_seen, connector, mdm_id) "  # noqa: S608 our own column list
    f"VALUES ({', '.join('?' * (len(_COLUMNS) + 3))})"
)
_UPDATE = f"UPDATE sighting SET {', '.join(f'{column} = ?' for column in _COLUMNS)} WHERE id = ?"  # noqa: S608 our own column list
_MARK_DAY = (
    "INSERT INTO contact_month (sighting_id, month, days) VALUES (?,?,?) "
    "ON CONFLICT (sighting_id, month) DO UPDATE SET days = contact_month.days | excluded.days"
)


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
    @property
    def told(self) -> str | None: ...


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


class _Known(NamedTuple):
    id: int
    status: str
    last_contact: int | None
    fingerprint: str
    pulse: str
    told: str | None
    absent_runs: int


class _News(NamedTuple):
    """A report that says something new: its words, with their digests, and the contact and remarks to keep."""

    report: Report
    known: _Known | None
    words: Mapping[str, Any]
    text: str
    word: str
    pulse: str
    contact: datetime | None
    remarks: Sequence[str]


@atomic
def take_in(connector: str, reports: Sequence[Report], *, now: datetime) -> tuple[Counts, list[int]]:
    """Write what is new in at most a thousand reports of one connector; the same reports again write nothing.

    Returns what was done, and the identifiers of the rows of all these devices.
    """
    mdm_ids = [report.mdm_id for report in reports]
    columns = "mdm_id, " + ", ".join(_Known._fields)
    known = {mdm_id: _Known(*row) for mdm_id, *row in stored_rows(columns, connector, mdm_ids)}
    news, same = _compared(reports, known, now)
    changed = [one for one in news if _changed(one)]
    moved = {one.report.serial for one in changed}
    moved |= {serial for _, serial in stored_rows("mdm_id, serial", connector, [one.report.mdm_id for one in changed])}
    _write(connector, news, now)
    write_many("UPDATE sighting SET told = ? WHERE id = ?", same)
    ids = {mdm_id: row.id for mdm_id, row in known.items()}
    ids |= dict(stored_rows("mdm_id, id", connector, [one.report.mdm_id for one in news if one.known is None]))
    _mark_days(news, ids)
    entries = [entry for one in changed for entry in _entries(one, ids[one.report.mdm_id], now)]
    append(entries, noted=now, actor=None, source=f"mdm:{connector}")
    recount_serials(moved)
    return Counts(len(changed), len(news) - len(changed), len(reports) - len(news)), [ids[mdm_id] for mdm_id in mdm_ids]


def _compared(reports: Sequence[Report], known: Mapping[str, _Known], now: datetime) -> tuple[list[_News], list[tuple[str | None, int]]]:
    """What is new, and the rows that say the same in other words, with the digest of these words."""
    news, same = [], []
    for report in reports:
        row = known.get(report.mdm_id)
        words = _word(report)
        text = canonical_words(words)
        word, pulse = _fingerprint(text), _fingerprint(canonical_words(_pulse(report)))
        if row is None or row.fingerprint != word or row.pulse != pulse or row.absent_runs:
            news.append(_News(report, row, words, text, word, pulse, *_contact(report, row, now)))
        elif row.told != _told(report):
            same.append((_told(report), row.id))
    return news, same


def _told(report: Report) -> str | None:
    """The digest to keep: of a device that is managed, so that a row with a digest is one managed and listed at the last reading."""
    return report.told if report.status in LIVE else None


def _contact(report: Report, row: _Known | None, now: datetime) -> tuple[datetime | None, Sequence[str]]:
    """The last contact to believe, and the report's remarks with what is odd about the contact that it tells."""
    told, kept = report.last_contact, _moment(row.last_contact) if row else None
    if told is None:
        return kept, report.remarks
    if told > now:
        return kept, [*report.remarks, "last_contact_in_future"]
    if kept is not None and told < kept:
        return kept, [*report.remarks, "last_contact_backwards"]
    return told, report.remarks


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


def _fingerprint(text: str) -> str:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def _changed(one: _News) -> bool:
    return one.known is None or one.known.fingerprint != one.word


def _write(connector: str, news: Sequence[_News], now: datetime) -> None:
    confirmed = _stored(now)
    write_many(_UPDATE, [(*_values(one, confirmed), one.known.id) for one in news if one.known])
    write_many(_INSERT, [(*_values(one, confirmed), confirmed, connector, one.report.mdm_id) for one in news if not one.known])


def _values(one: _News, confirmed: int | None) -> tuple[Any, ...]:
    """The stored values of `_COLUMNS`."""
    told = {**one.words, "apps": canonical_words(one.words["apps"])}
    remarks = canonical_words(sorted(set(one.remarks)))
    return (
        *told.values(), _stored(one.contact), one.report.battery, remarks, one.word, one.pulse,
        _told(one.report), confirmed, 0,
    )  # fmt: skip


def _mark_days(news: Sequence[_News], ids: Mapping[str, int]) -> None:
    """Note the day of the last contact of each device."""
    days = [(ids[one.report.mdm_id], local_date(one.contact)) for one in news if one.contact is not None]
    write_many(_MARK_DAY, [(row_id, day.year * 100 + day.month, 1 << day.day) for row_id, day in days])


def _entries(one: _News, row_id: int, now: datetime) -> list[Entry]:
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
