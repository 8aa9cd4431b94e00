"""Tablets that a delivery note tells of for the first time: what registering, placing and receiving them one verb after the other
writes, written at once. A row of the inventory is inserted as it will be, where three verbs would insert it and change it twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from inventory.actions.counting import recount
from inventory.actions.outbox import announce
from inventory.actions.records import RECORD, Hand
from inventory.actions.tablets import PLACE, STAGE, tellings
from inventory.columns import MomentField, canonical_words
from inventory.db import atomic, read_many
from inventory.journal import Entry, append
from inventory.lifecycle import Stage
from inventory.models import Tablet
from inventory.outbox import EventKind
from inventory.sets import write_set

_stored = MomentField().db_value
_INSERT = (
    "INSERT INTO tablet (serial, asset_tag, model, purchase_line_id, warranty_end, mobile_class_id, slot, stage, stage_at, withdrawn) "
    "VALUES (?,?,?,?,?,?,?,?,?,?)"
)
_RECEIVED, _AFTER_NOTHING = Stage.RECEIVED.value, canonical_words({"after": Stage.EXPECTED.value})


class Arrival(NamedTuple):
    """A tablet that the inventory does not know, under a serial number in its normal form, with a slot that is free if it has one."""

    serial: str
    asset_tag: str | None
    model: str
    purchase_line: int | None
    warranty_end: date | None
    mobile_class: int | None
    slot: int | None


@atomic
def take_arrivals(arrivals: Sequence[Arrival], hand: Hand) -> None:
    """Register, place and receive tablets that were checked against the inventory in this transaction."""
    if not arrivals:
        return
    ids = _insert(arrivals, hand)
    entries = [Entry("tablet", one, RECORD, "registered", hand.now, _record(told)) for one, told in zip(ids, arrivals, strict=True)]
    entries += [_placed(one, told, hand) for one, told in zip(ids, arrivals, strict=True) if told.mobile_class]
    entries += [Entry("tablet", one, STAGE, _RECEIVED, hand.now, _AFTER_NOTHING) for one in ids]
    append(entries, noted=hand.now, actor=hand.by, source=hand.source)
    recount(told.mobile_class for told in arrivals)
    announce(EventKind.STAGE_CHANGED, lambda: tellings(list(Tablet.select().where(Tablet.id >= min(ids)).order_by(Tablet.id)), Stage.RECEIVED, hand.now), hand.now)


def _insert(arrivals: Sequence[Arrival], hand: Hand) -> list[int]:
    """Insert the rows; returns their numbers."""
    (last,) = next(read_many("SELECT COALESCE(MAX(id), 0) FROM tablet"))
    ends = {end: end and end.isoformat() for end in {told.warranty_end for told in arrivals}}
    rest = (_RECEIVED, _stored(hand.now), False)
    write_set(_INSERT, [(*told[:4], ends[told.warranty_end], *told[5:], *rest) for told in arrivals])
    ids = dict(read_many("SELECT serial, id FROM tablet WHERE id > ?", (last,)))
    return [ids[told.serial] for told in arrivals]


def _record(told: Arrival) -> str:
    end = told.warranty_end
    return canonical_words({
        "asset_tag": told.asset_tag, "model": told.model, "purchase_line": told.purchase_line, "serial": told.serial,
        "warranty_end": end and end.isoformat(),
    })  # fmt: skip


def _placed(one: int, told: Arrival, hand: Hand) -> Entry:
    where = canonical_words({"mobile_class": told.mobile_class, "slot": told.slot})
    return Entry("tablet", one, PLACE, f"{told.mobile_class}/{told.slot}", hand.now, where)
