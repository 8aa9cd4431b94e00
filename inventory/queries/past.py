"""Tablets as they stood at a date of the past, a part of them at a time: the engine folds the journal of those alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from inventory.columns import MomentField
from inventory.db import read_many
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass, School
from inventory.paris import end_of, local_date
from inventory.queries.tablet_rows import TabletRow
from inventory.queries.visible import visible
from inventory.scope import Scope

NEVER = -(2**62)
STAGES = {one.value: one for one in Stage}
WORDS = {one.value: one for one in MdmStatus}
_stored, _moment = MomentField().db_value, MomentField().python_value


class Told(NamedTuple):
    """The last line of an axis, as stored."""

    value: str
    at: int
    detail: str


class _Place(msgspec.Struct):
    mobile_class: int | None = None
    slot: int | None = None


class _Class(msgspec.Struct):
    code: str
    school: int


class _Report(msgspec.Struct):
    serial: str = ""
    enrolled_at: int | None = None


class _Heard(NamedTuple):
    """What an MDM record said: the rank among those of one serial number, its word, and its row's id and last contact."""

    rank: tuple[bool, int, int]
    word: MdmStatus
    sighting_id: int
    last_contact: int | None


_place = msgspec.json.Decoder(_Place).decode
_class = msgspec.json.Decoder(_Class).decode
_report = msgspec.json.Decoder(_Report).decode
NOWHERE = _Place()


def last_told(subject: str, axes: Sequence[str], ids: Sequence[int], when: When) -> dict[tuple[int, str], Told]:
    """The fold of some subjects at a moment, as it could be told `when`: the last line of each (id, axis)."""
    if not ids:
        return {}
    positions = ", ".join(_last(subject, axis, when) for axis in axes)
    sql = f"SELECT s.id, {positions} FROM {subject} s WHERE s.id IN ({_numbers(ids)})"  # noqa: S608 our own names and numbers
    found = {position: (row[0], axis) for row in read_many(sql) for axis, position in zip(axes, row[1:], strict=True) if position}
    lines = f"SELECT position, value, at, detail FROM event WHERE position IN ({_numbers(found) or 'NULL'})"  # noqa: S608 numbers
    return {found[position]: Told(*told) for position, *told in read_many(lines)}


def _last(subject: str, axis: str, when: When) -> str:
    known = "" if when.known is None else f"AND e.noted <= {_stored(when.known)} "
    return (
        f"(SELECT e.position FROM event e WHERE e.subject = '{subject}' AND e.axis = '{axis}' AND e.subject_id = s.id "  # noqa: S608 ours
        f"AND e.at <= {_stored(when.moment)} {known}ORDER BY e.at DESC, e.position DESC LIMIT 1)"
    )


def _numbers(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def rows_then(ids: Sequence[int], when: When, scope: Scope) -> Iterator[TabletRow]:
    """Some tablets in the order of their ids told; those not registered by then, or out of the scope then, are left out."""
    lines = last_told("tablet", ("stage", "place"), ids, when)
    lines |= last_told("tablet", ("record",), [one for one in ids if (one, "stage") not in lines], when)
    sql = f"SELECT id, COALESCE(asset_tag, serial), serial, model FROM tablet WHERE id IN ({_numbers(ids) or 'NULL'})"  # noqa: S608 numbers
    rows = {row[0]: row for row in read_many(sql)}
    places = {one: _place(lines[one, "place"].detail) if (one, "place") in lines else NOWHERE for one in rows}
    homes = _homes({place.mobile_class for place in places.values() if place.mobile_class}, when, scope)
    heard = heard_then([row[2] for row in rows.values()], when, scope)
    for one in ids:
        stage, place = lines.get((one, "stage")), places[one]
        code, school_id, school, uai = homes.get(place.mobile_class or 0, ("", None, "", ""))
        if (stage or (one, "record") in lines) and scope.holds(school_id):
            _, label, serial, model = rows[one]
            yield TabletRow(
                one, label, serial, model, code, place.slot, school, uai, STAGES[stage.value] if stage else Stage.EXPECTED,
                _moment(stage.at) if stage else None, *heard.get(serial, (MdmStatus.UNKNOWN, None)),
            )  # fmt: skip


def _homes(class_ids: Iterable[int], when: When, scope: Scope) -> dict[int, tuple[str, int, str, str]]:
    """The code of each mobile class, and its school's id, name and UAI."""
    there = [row[0] for row in visible(scope, MobileClass).select(MobileClass.id).where(MobileClass.id.in_(class_ids) & ~MobileClass.withdrawn).tuples()]
    told = {class_id: _class(line.detail) for (class_id, _), line in last_told("mobile_class", ("record",), there, when).items()}
    wanted = {one.school for one in told.values()}
    schools = {row[0]: row for row in School.select(School.id, School.name, School.uai).where(School.id.in_(wanted)).tuples()}
    return {class_id: (one.code, *schools[one.school]) for class_id, one in told.items()}


def heard_then(serials: Sequence[str], when: When, scope: Scope) -> dict[str, tuple[MdmStatus, Any]]:
    """What the MDM record that spoke of each serial number said, and when it was last in contact, to the day if no better."""
    records = dict(_records(serials, scope))
    words = last_told("sighting", ("mdm",), list(records), when)
    reports = last_told("sighting", ("report",), _doubtful(records), when)
    best = dict[str, _Heard]()
    for (sighting_id, _), word in words.items():
        serial_now, last_contact = records[sighting_id]
        report = reports.get((sighting_id, "report"))
        said = _report(report.detail) if report else _Report(serial_now)
        serial = said.serial or _report(word.detail).serial
        rank = (word.value != MdmStatus.GONE, NEVER if said.enrolled_at is None else said.enrolled_at, sighting_id)
        if (scope.everywhere or serial == serial_now) and (serial not in best or rank > best[serial].rank):
            best[serial] = _Heard(rank, WORDS[word.value], sighting_id, last_contact)
    days = _days([one.sighting_id for one in best.values() if not _by_then(one, when)], when)
    return {serial: (one.word, _contact(one, days.get(one.sighting_id), when)) for serial, one in best.items()}


def _records(serials: Sequence[str], scope: Scope) -> Iterator[tuple[int, tuple[str, int | None]]]:
    """The MDM records that bear one of these serial numbers, or did before another: the row's serial and last contact."""
    marks = ",".join("?" * len(serials)) or "NULL"
    sql = f"SELECT s.id, s.serial, s.last_contact FROM sighting s WHERE s.serial IN ({marks})"  # noqa: S608 our own marks
    former = f"SELECT s.id, s.serial, s.last_contact FROM sighting s JOIN former_serial f ON f.sighting_id = s.id WHERE f.serial IN ({marks})"  # noqa: S608
    for one in (sql, former) if scope.everywhere else (sql,):
        yield from ((row_id, (serial, contact)) for row_id, serial, contact in read_many(one, serials))


def _doubtful(records: Mapping[int, tuple[str, int | None]]) -> list[int]:
    """Records whose report must be read: they told another serial number once, or several tell the same."""
    tellers = Counter(serial for serial, _ in records.values())
    sql = f"SELECT sighting_id FROM former_serial WHERE sighting_id IN ({_numbers(records) or 'NULL'})"  # noqa: S608 numbers
    changed = {row[0] for row in read_many(sql)}
    shared = {serial for serial, n in tellers.items() if n > 1}
    return [one for one, (serial, _) in records.items() if one in changed or serial in shared]


def _by_then(one: _Heard, when: When) -> bool:
    return one.last_contact is not None and one.last_contact <= (_stored(when.moment) or 0)


def _contact(one: _Heard, day: date | None, when: When) -> Any:
    if _by_then(one, when):
        return _moment(one.last_contact)
    return min(end_of(day), when.moment) if day else None


def _days(ids: Sequence[int], when: When) -> Mapping[int, date]:
    """The last day of contact of some devices on or before a moment."""
    today, found = local_date(when.moment), dict[int, date]()
    month, mask = today.year * 100 + today.month, (1 << (today.day + 1)) - 1
    sql = f"SELECT sighting_id, month, days FROM contact_month WHERE sighting_id IN ({_numbers(ids)}) AND month <= {month} ORDER BY month"  # noqa: S608
    for sighting_id, number, days in read_many(sql) if ids else ():
        bits = days & mask if number == month else days
        if bits:
            found[sighting_id] = date(number // 100, number % 100, bits.bit_length() - 1)
    return found
