"""A page of a server's records read straight into an allow-list of fields (Law 7): what the list does not name is never made.

A record that cannot be read is refused alone. The digest of what is left of a record tells whether it says anything new; only those that do
are made into reports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import tzinfo
from functools import lru_cache
from operator import attrgetter
from typing import Any, Generic, NamedTuple, TypeVar

import msgspec
from msgspec import Raw, Struct
from msgspec.inspect import type_info

from mdm.driver import NAMELESS, DeviceReport, MdmError, Page, Refusal
from mdm.drivers.allowed import allowed, left_of
from mdm.drivers.digests import digests
from mdm.drivers.units import instant
from mdm.http import Answer, Client
from mdm.since import Row

R = TypeVar("R", bound=Struct)
E = TypeVar("E")
Beside = Mapping[str, Any]
_Records = tuple[list[R], list[str], list[bytes], list[Refusal]]
SAMPLE = 20
LONGEST_NAME = 200
MOST_DEVICES = 2_000_000
SENTENCES = (
    (re.compile(r"Object missing required field `(\w+)`"), "champ « {} » absent"),
    (re.compile(r"at `\$\.?([^`]+)`"), "champ « {} » illisible"),
)
UNREADABLE = (msgspec.DecodeError, UnicodeError, RecursionError, OverflowError, ValueError)
_packed = msgspec.msgpack.Encoder().encode
_id = attrgetter("id")


def opened(client: Client, answer: Answer, envelope: Any) -> Any:
    """The envelope of an answer (`envelope[Raw]`, or `envelope[Any]` when a record is no proper JSON); `MdmError` if it is another."""
    client.refuse_html(answer)
    try:
        return msgspec.json.decode(answer.content, type=envelope[Raw])
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        told = client.decoded(answer)
    try:
        return msgspec.convert(told, envelope[Any])
    except (msgspec.ValidationError, UnicodeError, RecursionError, OverflowError):
        raise MdmError(f"{client.host} rend une liste d'appareils qui n'a pas la forme attendue") from None


@lru_cache(maxsize=32)
def _opener(envelope: Any, record: type[Struct]) -> Callable[[bytes], Any]:
    return msgspec.json.Decoder(envelope[record]).decode


def believable(client: Client, total: int | None) -> int | None:
    """The total that a server declares, if it can be one."""
    if total is not None and not 0 <= total <= MOST_DEVICES:
        raise MdmError(f"{client.host} annonce {total} appareils : de 0 à {MOST_DEVICES} sont lus")
    return total


class Readable(NamedTuple, Generic[R]):
    """The records that can be read, and how many were told."""

    records: list[R]
    told: int


def readable(client: Client, answer: Answer, kind: type[R]) -> Readable[R] | None:
    """The records of a list that can be read, the others left out: for what only adds to a list. None where there is no list."""
    client.refuse_html(answer)
    with suppress(*UNREADABLE):
        records: list[R] = msgspec.json.decode(answer.content, type=list[kind])  # type: ignore[valid-type]
        return Readable(records, len(records))
    items, found = client.decoded(answer), list[R]()
    if not isinstance(items, list):
        return None
    for item in items:
        with suppress(*UNREADABLE):
            record = msgspec.convert(item, kind)
            _packed(record)
            found.append(record)
    return Readable(found, len(items))


def marker(kind: type[R], changed: Callable[[R], str | None], zone: tzinfo) -> Callable[[Any], Row | None]:
    """Reads of a record, in `kind`, its `id` and when it changed; None of one that cannot be read."""
    decode = msgspec.json.Decoder(kind).decode

    def mark(item: Any) -> Row | None:
        with suppress(*UNREADABLE):
            record: Any = decode(item) if isinstance(item, Raw) else msgspec.convert(item, kind)
            return Row(str(record.id), instant(changed(record), zone))
        return None

    return mark


@dataclass
class Shape(Generic[R]):
    """How the records of one kind of server are read.

    `report` makes a report of a record and of what is known beside it (a detail fetched apart); it never raises. `form` is to be changed
    with any change of what a report makes of a record: every digest changes, and devices are looked at again. `name` names a record that has
    no `id`, and `key` is the field of it that a refusal names.
    """

    record: type[R]
    report: Callable[[R, Any], DeviceReport]
    form: bytes
    name: Callable[[R], str] | None = None
    key: str = "id"
    _each: float | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._decode = msgspec.json.Decoder(self.record).decode
        self._decode_all = msgspec.json.Decoder(list[self.record]).decode  # type: ignore[name-defined]  # the records of this very server
        self._allowed = allowed(type_info(self.record))

    def opened(self, client: Client, answer: Answer, envelope: Any) -> Any:
        """The envelope of an answer, for `page`: its records are read at once where all can be; `MdmError` if it is another."""
        with suppress(*UNREADABLE):
            if self._each is not None:
                return _opener(envelope, self.record)(answer.content)
        return opened(client, answer, envelope)

    def page(self, items: Sequence[Any], declared: int | None, beside: Callable[[Sequence[str]], Beside] | None = None) -> Page:
        """The page that these records make, as raw JSON, as plain values or read already."""
        records, names, packed, refusals = self._at_once(items) or self._one_by_one(items)
        form, known = self.form, beside(names) if beside else {}
        others = map(_packed, map(known.get, names))
        told = digests([form + one + other for one, other in zip(packed, others, strict=True)] if beside else [form + one for one in packed])

        def report(place: int) -> DeviceReport:
            made = self.report(records[place], known.get(names[place]))
            return msgspec.structs.replace(made, told=told[place])

        return Page(names, told, report, refusals, declared, self._dropped(items))

    def _at_once(self, items: Sequence[Any]) -> _Records[R] | None:
        """The records of a page where none is at fault, as nearly all are; None where one is."""
        with suppress(*UNREADABLE):
            records = self._records(items)
            names = self._names(records)
            lengths = {*map(len, names)}
            if len(names) == len(items) and min(lengths, default=1) and max(lengths, default=1) <= LONGEST_NAME and "".join(names).isprintable():
                return records, names, list(map(_packed, records)), []
        return None

    def _records(self, items: Sequence[Any]) -> list[R]:
        kinds = {*map(type, items)}
        if kinds == {self.record}:
            return list(items)
        return self._decode_all(b"[" + b",".join(items) + b"]") if kinds <= {Raw} else msgspec.convert(items, list[self.record])  # type: ignore[name-defined]

    def _one_by_one(self, items: Sequence[Any]) -> _Records[R]:
        """The records that can be read, and the refusal of each of the others."""
        records, packed, refusals = list[R](), list[bytes](), list[Refusal]()
        for item in items:
            try:
                record = self._read(item)
                packed.append(_packed(record))
                records.append(record)
            except UNREADABLE as fault:
                refusals.append(Refusal(self._named(item), sentence(str(fault))))
        return records, self._names(records), packed, refusals

    def _names(self, records: Sequence[R]) -> list[str]:
        return list(map(self.name, records) if self.name else map(str, map(_id, records)))

    def one(self, client: Client, item: Any, beside: Callable[[Sequence[str]], Beside] | None = None) -> DeviceReport:
        """The report of one record; `MdmError` if it cannot be read."""
        page = self.page([item], None, beside)
        if page.refusals:
            raise MdmError(f"{client.host} rend une fiche illisible pour l'appareil {page.refusals[0].record} ({page.refusals[0].reason})")
        return page.report(0)

    def _read(self, item: Any) -> R:
        record: R = item if isinstance(item, self.record) else self._decode(item) if isinstance(item, Raw) else msgspec.convert(item, self.record)
        (name,) = self._names([record])
        if not name:
            raise ValueError("fiche sans identifiant")
        if len(name) > LONGEST_NAME or not name.isprintable():
            raise ValueError("fiche dont l'identifiant ne peut pas s'écrire")
        return record

    def _named(self, item: Any) -> str:
        told = {self.key: self._names([item])[0]} if isinstance(item, self.record) else _plain(item)
        name = told.get(self.key) if isinstance(told, dict) else None
        return str(name)[:100] if isinstance(name, int | str) and not isinstance(name, bool) and str(name).isprintable() and name else NAMELESS

    def _dropped(self, items: Sequence[Any]) -> int:
        """Fields left where they are: counted on a few records of the first page, and then by that measure."""
        if not items:
            return 0
        if self._each is None or (len(items) <= SAMPLE and not isinstance(items[0], self.record)):
            some = items[:SAMPLE]
            self._each = sum(left_of(_plain(item), self._allowed) for item in some) / max(len(some), 1)
        return round(self._each * len(items))


def _plain(item: Any) -> Any:
    try:
        return msgspec.json.decode(item) if isinstance(item, Raw) else item
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def sentence(fault: str) -> str:
    """Why a record cannot be read, in French, without any of its values."""
    for pattern, sentence in SENTENCES:
        found = pattern.search(fault)
        if found:
            return sentence.format(found[1])
    return fault if fault.startswith(("fiche", "champ")) else "fiche illisible"
