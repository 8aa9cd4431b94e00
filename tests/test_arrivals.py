"""New tablets written at once are what registering, placing and receiving them makes."""

from __future__ import annotations

from datetime import date
from typing import Any

from config.checks import complaints
from inventory.actions.arrivals import Arrival, take_arrivals
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all, record_stages, register_tablets
from inventory.db import atomic, database, read_many
from inventory.lifecycle import Stage
from inventory.models import MobileClass, PurchaseLine, Tablet

STORED = (
    "SELECT serial, asset_tag, model, purchase_line_id, warranty_end, mobile_class_id, slot, stage, stage_at, withdrawn FROM tablet ORDER BY id",
    "SELECT t.serial, e.axis, e.value, e.detail, e.at, e.noted, e.actor_id, e.source FROM event e JOIN tablet t ON t.id = e.subject_id "
    "WHERE e.subject = 'tablet' ORDER BY e.position",
    "SELECT t.serial, f.axis, f.value, f.detail, f.at, f.noted FROM fact f JOIN tablet t ON t.id = f.subject_id WHERE f.subject = 'tablet' ORDER BY 1, 2",
    "SELECT mobile_class, stage, mdm, school, n FROM class_count ORDER BY 1, 2, 3",
)


def arrivals(cart: MobileClass) -> list[Arrival]:
    """A tablet for each slot, one of which nothing more is known, and sixty in stock: more than one statement takes at a time."""
    line = PurchaseLine.create(order_reference="BC-7", supplier="Sud", model="T10")
    placed = [Arrival(f"TESTA{n:05}", f"É-{n}", "T10", line.id, date(2020, 10, n), cart.id, n) for n in range(1, cart.slots + 1)]
    return [*placed, Arrival("TESTB00001", None, "", None, None, None, None), *(Arrival(f"TESTC{n:05}", None, "T10", None, None, None, None) for n in range(60))]


def one_verb_after_the_other(told: list[Arrival], cart: MobileClass, hand: Hand) -> None:
    tablets = [Tablet(**dict(zip(Arrival._fields[:5], one[:5], strict=True))) for one in told]
    register_tablets(tablets, hand)
    place_all([(tablet, cart, one.slot) for tablet, one in zip(tablets, told, strict=True) if one.slot], hand)
    record_stages(tablets, Stage.RECEIVED, hand)


def stored() -> list[list[tuple[Any, ...]]]:
    return [list(read_many(sql)) for sql in STORED]


def test_arrivals_are_written_as_the_three_verbs_write_them(granettes_cart: MobileClass, hand: Hand) -> None:
    told = arrivals(granettes_cart)
    with atomic(), database.savepoint() as attempt:
        one_verb_after_the_other(told, granettes_cart, hand)
        expected = stored()
        attempt.rollback()
    assert not Tablet.select().count()
    take_arrivals(told, hand)
    assert stored() == expected and list(complaints()) == []
