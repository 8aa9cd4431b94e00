"""Tablets as they stood at a date of the past, a part of them at a time: the engine folds the journal of those alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

import msgspec

from inventory.columns import MomentField
from inventory.db import read_many
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass
from inventory.paris import end_of, local_date
from inventory.queries.listing import among, numbered
from inventory.queries.tablet_rows import TabletRow, made
from inventory.queries.visible import visible
from inventory.scope import Scope

NEVER, CLOSE = -(2**62), 4
NO_HOME: tuple[str, int | None, str, str] = ("", None, "", "")
EXPECTED = Stage.EXPECTED.value
UNHEARD: tuple[MdmStatus, Any] = (MdmStatus.UNKNOWN, None)
STAGES = {one.value: one for one in Stage}
WORDS = {one.value: one for one in MdmStatus}
_stored, _moment = MomentField().db_value, MomentField().python_value
_seen_at = lru_cache(maxsize=4096)(_moment)


class Told(NamedTuple):
    """The last line of an axis, as stored."""

    value: str
    at: int
    detail: str


class _Class(msgspec.Struct):
    code: str
    school: int


class _Report(msgspec.Struct):
    serial: str = ""
    enrolled_at: int | None = None


class _Heard(NamedTuple):
    """What an MDM record said: the rank among those of one serial number, its word, and its row's id and last contact."""

    rank: tuple[Any, ...]
    word: MdmStatus
    sighting_id: int
    last_contact: int | None


_class = msgspec.json.Decoder(_Class).decode
_report = msgspec.json.Decoder(_Report).decode
NOWHERE: tuple[int | None, int | None] = (None, None)


def last_told(subject: str, axes: Sequence[str], ids: Sequence[int], when: When) -> dict[tuple[int, str], Told]:
    """The fold of some subjects at a moment, as it could be told `when`: the last line of each (id, axis).

    The last line of all is the answer where it was true and told by then; only the others are folded.
    """
    told = dict[tuple[int, str], Told]()
    for axis in axes if ids else ():
        here = f"subject = '{subject}' AND axis = '{axis}' AND subject_id IN ({_numbers(ids)})"
        so = f"SELECT subject_id, value, at, detail FROM fact WHERE {here} AND {_by_then(when)}"  # noqa: S608 our own names and numbers
        told |= {(row[0], axis): Told(*row[1:]) for row in read_many(so)}
        told |= {(one, axis): line for one, line in _folded(subject, axis, [one for one in ids if (one, axis) not in told], when)}
    return told


def _folded(subject: str, axis: str, ids: Sequence[int], when: When) -> Iterator[tuple[int, Told]]:
    last = _last("position", subject, axis, "s.id", when)
    sql = f"SELECT s.id, {last} FROM {subject} s WHERE s.id IN ({_numbers(ids)})"  # noqa: S608 our own names and numbers
    found = {position: one for one, position in read_many(sql) if position} if ids else {}
    lines = f"SELECT position, value, at, detail FROM event WHERE position IN ({_numbers(found)})"  # noqa: S608 numbers
    for position, *told in read_many(lines) if found else ():
        yield found[position], Told(*told)


def _last(column: str, subject: str, axis: str, subject_id: str, when: When) -> str:
    """The statement of a column of the last line of one axis."""
    return (
        f"(SELECT e.{column} FROM event e WHERE e.subject = '{subject}' AND e.axis = '{axis}' AND e.subject_id = {subject_id} "  # noqa: S608 ours
        f"AND {_by_then(when, 'e.')} ORDER BY e.at DESC, e.position DESC LIMIT 1)"
    )


def _by_then(when: When, table: str = "") -> str:
    known = "" if when.known is None else f" AND {table}noted <= {_stored(when.known)}"
    return f"{table}at <= {_stored(when.moment)}{known}"


def _numbers(ids: Iterable[int]) -> str:
    return ",".join(map(str, ids))


def _statement(ids: Sequence[int], when: When, *, contacts: bool) -> str:
    """Some tablets with the MDM records that bear their serial numbers, as all stood: the copies of now where nothing came after,
    else the fold; and whether the records must be read with care, for one of them bore another number once."""
    stays, moves = "1 = 0", "1 = 1"
    if when.known is None:
        stays = f"t.stage_at <= {_stored(when.moment)}"
        moves = _moved_since(ids, when)
    return (
        "SELECT t.id, COALESCE(t.asset_tag, t.serial), t.serial, t.model, t.mobile_class_id, t.slot, "  # noqa: S608 our own names and numbers
        f"CASE WHEN {moves} THEN COALESCE({_last('value', 'tablet', 'place', 't.id', when)}, '') END, "
        f"CASE WHEN {stays} THEN t.stage ELSE g.value END, CASE WHEN {stays} THEN t.stage_at ELSE g.at END, s.id, {'s.last_contact' if contacts else 'NULL'}, "
        f"CASE WHEN {_by_then(when, 'f.')} THEN f.value ELSE {_last('value', 'sighting', 'mdm', 's.id', when)} END, "
        "EXISTS (SELECT 1 FROM former_serial w WHERE w.serial = t.serial) OR EXISTS (SELECT 1 FROM former_serial w WHERE w.sighting_id = s.id) "
        f"FROM tablet t LEFT JOIN event g ON g.position = CASE WHEN {stays} THEN NULL ELSE {_last('position', 'tablet', 'stage', 't.id', when)} END "
        "LEFT JOIN sighting s ON s.serial = t.serial "
        "LEFT JOIN fact f ON f.subject = 'sighting' AND f.axis = 'mdm' AND f.subject_id = s.id "
        f"WHERE {numbered('t.id', ids)}"
    )


def _moved_since(ids: Sequence[int], when: When) -> str:
    """Whether a tablet changed places after a moment: by one pass over the index where its numbers lie close, else by a look for each."""
    told = f"SELECT e.subject_id FROM event e WHERE e.subject = 'tablet' AND e.axis = 'place' AND e.at > {_stored(when.moment)} AND e.subject_id"  # noqa: S608 ours
    if ids and max(ids) - min(ids) < CLOSE * len(ids):
        return f"t.id IN ({told} BETWEEN {min(ids)} AND {max(ids)})"
    return f"EXISTS ({told} = t.id)"


@lru_cache(maxsize=4096)
def _place(value: str) -> tuple[int | None, int | None]:
    """The mobile class and the slot of a line that says where a tablet is."""
    mobile_class, _, slot = value.partition("/")
    return (int(mobile_class), int(slot)) if mobile_class else NOWHERE


def rows_then(ids: Sequence[int], when: When, scope: Scope, *, contacts: bool = True) -> Iterator[TabletRow]:
    """Some tablets in the order of their ids told; those not registered by then, or out of the scope then, are left out.

    Without `contacts`, their last contact is not looked for.
    """
    found = list(read_many(_statement(ids, when, contacts=contacts)))
    rows = {row[0]: row for row in found}
    doubtful = {row[0] for row in found if row[12]}
    if len(rows) < len(found):
        doubtful |= {one for one, n in Counter(row[0] for row in found).items() if n > 1}
    careful = heard_then([rows[one][2] for one in doubtful], when, scope) if doubtful else {}
    homes = _homes({_place(row[6])[0] if row[6] is not None else row[4] for row in found}, when, scope)
    registered = last_told("tablet", ("record",), [row[0] for row in found if row[7] is None], when)
    contact = _contacts(found, when) if contacts else {}
    everywhere = scope.everywhere
    for one, label, serial, model, class_id, slot, moved, stage, at, sighting, _, word, _ in [rows[one] for one in ids if one in rows]:
        if moved is not None:
            class_id, slot = _place(moved)
        code, school_id, school, uai = homes.get(class_id, NO_HOME)
        if (stage or (one, "record") in registered) and (everywhere or scope.holds(school_id)):
            mdm, heard = (WORDS[word], contact.get(sighting)) if word else UNHEARD
            if one in doubtful:
                mdm, heard = careful.get(serial, UNHEARD)
            yield made((one, label, serial, model, code, slot, school, uai, STAGES[stage or EXPECTED], _seen_at(at), mdm, heard))


def _contacts(rows: Iterable[tuple[Any, ...]], when: When) -> dict[int, Any]:
    """The last contact of each record that had told something by then."""
    heard = [_Heard((), WORDS[row[11]], row[9], row[10]) for row in rows if row[11]]
    days = _days([one.sighting_id for one in heard if not _heard_by_then(one, when)], when)
    return {one.sighting_id: _contact(one, days.get(one.sighting_id), when) for one in heard}


def _homes(class_ids: Iterable[int | None], when: When, scope: Scope) -> dict[int | None, tuple[str, int | None, str, str]]:
    """The code of each mobile class, and its school's id, name and UAI."""
    inside = visible(scope, MobileClass).select(MobileClass.id).where(among(MobileClass.id, (one for one in class_ids if one)) & ~MobileClass.withdrawn)
    there = [row[0] for row in read_many(*inside.sql())]
    told = {class_id: _class(line.detail) for (class_id, _), line in last_told("mobile_class", ("record",), there, when).items()}
    named = read_many(f"SELECT id, name, uai FROM school WHERE id IN ({_numbers({one.school for one in told.values()}) or 'NULL'})")  # noqa: S608 numbers
    schools = {row[0]: row for row in named}
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
    days = _days([one.sighting_id for one in best.values() if not _heard_by_then(one, when)], when)
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


def _heard_by_then(one: _Heard, when: When) -> bool:
    return one.last_contact is not None and one.last_contact <= (_stored(when.moment) or 0)


def _contact(one: _Heard, day: date | None, when: When) -> Any:
    if _heard_by_then(one, when):
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
