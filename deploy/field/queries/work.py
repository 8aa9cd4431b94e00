"""The work of a day as a phone takes it: the stops chosen, their carts and tablets, at one line of the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from deploy.field.preparation import FORMAT, checklist_told, next_day, steps_told, tablet_told, vocabulary
from deploy.handover.queries import accessories_of, services_of, signed_classes
from deploy.queries.board import ClassOnBoard, board, known, window_of
from deploy.queries.conventions import any_convention, baselines, mention
from deploy.schedule.queries import promises
from inventory.db import snapshot
from inventory.journal import head
from inventory.labels.code import Names
from inventory.lifecycle import Stage
from inventory.models import Label, MobileClass, School, Tablet
from inventory.paris import local_date
from inventory.queries.places import classes, schools
from inventory.queries.school_times import of_school
from inventory.queries.visible import visible
from inventory.scope import Scope

AHEAD = timedelta(days=45)
MOST_SPARES = 60


def work(scope: Scope, stops: Sequence[School], now: datetime) -> dict[str, Any]:
    """What a phone takes for the day, as JSON values; `base` is the last line of the journal it knows."""
    with snapshot():
        by_school = _carts(scope, stops, now)
        used = {one.record.baseline for carts in by_school.values() for one in carts}
        return {
            "format": FORMAT, "at": now.isoformat(), "day": local_date(now).isoformat(), "base": head()[0],
            "stops": [_stop(scope, school, by_school[school.id], local_date(now)) for school in stops],
            "checklists": {key: checklist_told(one) for key, one in baselines().items() if key in used},
            "mention": mention(), "spares": (spares := _spares(scope, stops)), "codes": _codes(by_school, spares), **vocabulary(),
        }  # fmt: skip


def _carts(scope: Scope, stops: Sequence[School], now: datetime) -> Mapping[int, list[ClassOnBoard]]:
    wanted = [school.id for school in stops]
    ids = visible(scope, MobileClass).select(MobileClass.id).where(MobileClass.school.in_(wanted) & ~MobileClass.withdrawn)
    by_school: Mapping[int, list[ClassOnBoard]] = defaultdict(list)
    for one in board(scope, None, now, class_ids=[number for (number,) in ids.tuples()]) if wanted else []:
        by_school[one.school.id].append(one)
    return by_school


def _stop(scope: Scope, school: School, carts: Sequence[ClassOnBoard], today: date) -> dict[str, Any]:
    time = of_school(school)
    days = known(lambda: time.school_days(today, today + AHEAD)) or []
    return {
        "id": school.id, "uai": school.uai, "name": school.name, "address": school.address, "next": next_day(days, today),
        "closed": known(lambda: time.why_closed(today)) or "", "carts": [_cart(scope, one) for one in carts],
    }  # fmt: skip


def _cart(scope: Scope, one: ClassOnBoard) -> dict[str, Any]:
    """A cart as it is worked on, and what its hand-over record will say of it beside its tablets."""
    record = one.record
    return {
        "id": record.id, "code": record.code, "name": record.name, "slots": record.slots, "baseline": record.baseline,
        "steps": steps_told(one.said), "tablets": [tablet_told(device) for device in one.devices],
        "accessories": accessories_of(scope, record.id), "services": services_of(one), "signed": record.id in signed_classes([record.id]),
    }  # fmt: skip


def _codes(by_school: Mapping[int, Sequence[ClassOnBoard]], spares: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """What the labels of the day's carts, slots, tablets and spares name, by their opaque code."""
    carts = [one.record.id for several in by_school.values() for one in several]
    tablets = [device.tablet.id for several in by_school.values() for one in several for device in one.devices]
    tablets += [spare["id"] for spare in spares]
    rows = list(Label.select().where(Label.mobile_class.in_(carts) | Label.tablet.in_(tablets)))
    return {row.code: _named(row) for row in rows if row.tablet_id or row.names in (Names.CART.value, Names.SLOT.value)}


def _named(row: Label) -> str:
    if row.tablet_id:
        return f"tablet:{row.tablet_id}"
    return f"slot:{row.mobile_class_id}/{row.slot}" if row.slot else f"mobile_class:{row.mobile_class_id}"


def _spares(scope: Scope, stops: Sequence[School]) -> list[dict[str, Any]]:
    """Tablets in stock that may take another's place: those of no cart, or of a cart of the day."""
    carts = MobileClass.select(MobileClass.id).where(MobileClass.school.in_([school.id for school in stops]))
    near = Tablet.mobile_class.is_null() | Tablet.mobile_class.in_(carts)
    rows = visible(scope, Tablet).where((Tablet.stage == Stage.SPARE.value) & near & ~Tablet.withdrawn)
    rows = rows.order_by(Tablet.asset_tag, Tablet.serial).limit(MOST_SPARES if stops else 0)
    return [{"id": row.id, "serial": row.serial, "tag": row.asset_tag or "", "model": row.model or "", "cart": row.mobile_class_id, "slot": row.slot} for row in rows]


def choice(scope: Scope, now: datetime) -> list[dict[str, Any]]:
    """The schools that may be stops of a round: those promised a visit today (`due`), then those whose window is open."""
    today, carts = local_date(now), defaultdict[int, list[Any]](list)
    for record in classes(scope):
        carts[record.school_id].append(record)
    promised = _promised(scope, today)
    rows = [
        {
            "uai": school.uai, "name": school.name, "carts": [record.code for record in carts[school.id]],
            "tablets": sum(record.expected for record in carts[school.id]), "due": any(record.code in promised for record in carts[school.id]),
        }
        for school in schools(scope)
        if carts[school.id]
    ]  # fmt: skip
    opened = {record.code for several in carts.values() for record in several if _open(record, today)}
    return sorted(rows, key=lambda row: (not row["due"], opened.isdisjoint(row["carts"])))


def _promised(scope: Scope, today: date) -> set[str]:
    """The classes that a visit of today was promised to."""
    told = any_convention()
    return {visit.code for visit in promises(scope, told.key, None).values() if visit.slot.day == today} if told else set()


def _open(record: Any, today: date) -> bool:
    first, last = window_of(record)
    return first <= today <= last
