"""What of a reading is new: each report beside what its row holds, by two digests, of what the server says and of the check-in."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple, Protocol

from inventory.columns import MomentField, canonical_words
from inventory.paris import local_date
from inventory.queries.sightings import LIVE

_stored, _moment = MomentField().db_value, MomentField().python_value


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


class Known(NamedTuple):
    """What the row of a device held before, as stored."""

    id: int
    serial: str
    number: str
    status: str
    group_name: str
    enrolled_at: int | None
    last_contact: int | None
    fingerprint: str
    pulse: str
    told: str | None
    absent_runs: int


class News(NamedTuple):
    """A report that says something new: its words, with their digests, and the contact and remarks to keep."""

    report: Report
    known: Known | None
    words: Mapping[str, Any]
    text: str
    word: str
    pulse: str
    contact: datetime | None
    remarks: Sequence[str]

    @property
    def changed(self) -> bool:
        """Whether the server says something else of the device, and not only that it heard it again."""
        return self.known is None or self.known.fingerprint != self.word

    @property
    def heard_on(self) -> date | None:
        """The day of the contact; None without one, or if the last one was on that day."""
        kept = _moment(self.known.last_contact) if self.known else None
        day = local_date(self.contact) if self.contact else None
        return None if kept and local_date(kept) == day else day


def compared(
    reports: Sequence[Report], known: Mapping[str, Known], now: datetime
) -> tuple[list[News], list[tuple[str | None, int]]]:
    """What is new, and the rows that say the same in other words, with the digest of these words."""
    news, same = [], []
    for report in reports:
        row = known.get(report.mdm_id)
        words = _word(report)
        text = canonical_words(words)
        word, pulse = _fingerprint(text), _fingerprint(canonical_words(_pulse(report)))
        if row is None or row.fingerprint != word or row.pulse != pulse or row.absent_runs:
            news.append(News(report, row, words, text, word, pulse, *_contact(report, row, now)))
        elif row.told != kept_digest(report):
            same.append((kept_digest(report), row.id))
    return news, same


def kept_digest(report: Report) -> str | None:
    """The digest to keep: of a device that is managed, so that a row with a digest is one managed and listed at the last reading."""
    return report.told if report.status in LIVE else None


def _contact(report: Report, row: Known | None, now: datetime) -> tuple[datetime | None, Sequence[str]]:
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


def moved(one: News) -> set[str]:
    """The serial numbers on which the MDM's word may have changed: the counts depend on no other word of a report."""
    now = (one.report.serial, one.report.status, one.words["enrolled_at"])
    then = (one.known.serial, one.known.status, one.known.enrolled_at) if one.known else ("", "", None)
    return {now[0], then[0]} - {""} if now != then else set()
