"""The board's sums are kept by the verbs: Nadia moves, breaks and returns tablets all autumn, and a count from the floor never differs."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from autumn import AS_OF, app_over, copied, settings_at, signed_in

from config import schema
from config.checks import complaints
from config.clock import read_moment
from config.wiring import wire
from inventory.actions.places import register_class
from inventory.actions.records import Hand, change
from inventory.actions.sightings import mark_gone, take_in
from inventory.actions.tablets import place, record_stage, register_tablet, withdraw_tablets
from inventory.db import database
from inventory.errors import Refused
from inventory.journal import When
from inventory.lifecycle import Stage, moves_from
from inventory.mdm_status import MdmStatus
from inventory.models import EVERY_CLASS, ClassCount, MobileClass, Sighting, Tablet
from inventory.queries.counters import totals, wrong_counts
from inventory.scope import EVERYWHERE, NOWHERE, Scope


@dataclass(frozen=True)
class Heard:
    """What a server says of one device."""

    mdm_id: str
    serial: str
    status: str
    number: str = ""
    last_contact: Any = None
    enrolled_at: Any = None
    model: str = ""
    os_version: str = ""
    configuration: str = ""
    managed: bool | None = None
    permissions_granted: bool | None = None
    apps: tuple[Any, ...] = ()
    battery: int | None = None
    group: str = ""
    remarks: tuple[str, ...] = ()
    told: str | None = None


def one_verb(chance: random.Random, hand: Hand, carts: list[MobileClass]) -> None:
    row = chance.choice(list(Tablet.select().where(~Tablet.withdrawn)))
    match chance.randrange(7):
        case 0:
            place(row, chance.choice([*carts, None]), chance.randint(1, 14), hand)
        case 1:
            record_stage(row, chance.choice([*moves_from(Stage(row.stage)), Stage(row.stage)]), hand, note="vu sur place")
        case 2 | 3:
            told = chance.choice([MdmStatus.ENROLLED, MdmStatus.PENDING, MdmStatus.UNENROLLED])
            enrolled = hand.now - timedelta(seconds=chance.randrange(50))
            take_in("ville", [Heard(str(chance.randrange(12)), row.serial, told.value, enrolled_at=enrolled)], now=hand.now)
        case 4:
            for seen in Sighting.select().where(Sighting.serial == row.serial).limit(1):
                mark_gone(seen, now=hand.now, runs=2)
        case 5:
            row.serial = f"TESTC{chance.randrange(30):05}"
            if not Tablet.select().where((Tablet.serial == row.serial) & (Tablet.id != row.id)).exists():
                register_tablet(row, hand)
        case 6:
            if Tablet.select().where(~Tablet.withdrawn).count() > 6:
                withdraw_tablets([row], hand)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_done_the_counts_are_those_of_the_tablets(
    seed: int, hand: Hand, granettes_cart: MobileClass, floriales_cart: MobileClass
) -> None:
    chance, carts = random.Random(seed), [granettes_cart, floriales_cart]
    for number in range(10):
        row = register_tablet(Tablet(serial=f"TESTC{number:05}"), hand)
        place(row, carts[number % 2], number + 1, hand)
    for step in range(60):
        later = replace(hand, now=hand.now + timedelta(minutes=step))
        with suppress(Refused):
            one_verb(chance, later, carts)
        assert list(wrong_counts()) == []
        if step == 30:
            change(granettes_cart, {"school": floriales_cart.school}, later)
    for scope in (EVERYWHERE, Scope.of([floriales_cart.school_id]), NOWHERE):
        assert totals(None, scope=scope) == totals(When(later.now), scope=scope)
    assert totals(None, scope=NOWHERE).classes == totals(None, scope=NOWHERE).inventoried == 0


def test_a_count_that_lies_is_named(hand: Hand, granettes_cart: MobileClass) -> None:
    place(register_tablet(Tablet(serial="TESTC00001"), hand), granettes_cart, 1, hand)
    assert not [said for said in complaints() if "compteurs" in said]
    ClassCount.update(n=2).where(ClassCount.mobile_class == granettes_cart).execute()
    assert [said for said in complaints() if "compteurs de AIX-CM01" in said]
    ClassCount.update(n=2).where(ClassCount.mobile_class == EVERY_CLASS).execute()
    assert [said for said in complaints() if "compteurs de l'ensemble" in said]


def test_a_database_without_counts_is_given_those_that_the_verbs_had_kept(autumn: Path, tmp_path: Path) -> None:
    wire(settings_at(copied(autumn, tmp_path)))
    with database.connection_context():
        kept = sorted(ClassCount.select().tuples())
        assert kept and list(wrong_counts()) == []
        database.execute_sql("DROP TABLE class_count")
        database.execute_sql("DROP INDEX mobile_class_expected")
        schema.SchemaMigration.delete().where(schema.SchemaMigration.name == "0008_counters").execute()
    assert schema.migrate() == ["0008_counters"]
    with database.connection_context():
        assert sorted(ClassCount.select().tuples()) == kept


def test_the_board_is_read_a_page_of_classes_at_a_time(autumn: Path, tmp_path: Path) -> None:
    app = app_over(copied(autumn, tmp_path))
    with database.connection_context():
        model, hand = MobileClass.get(MobileClass.code == "AIX-CM01"), Hand(None, read_moment(AS_OF, "AS_OF"))
        for number in range(30):
            values = {"code": f"AIX-ZZ{number:02}", "school": model.school, "name": "", "slots": 16, "expected": 10, "convention": model.convention}
            register_class(values | {"baseline": model.baseline, "window_first": None, "window_last": None}, [], hand)
    with signed_in(app, "comite") as client:
        first = client.get("/tableau").text
        second = client.get(first.split('rel="next" href="')[1].split('"')[0]).text
    assert "AIX-ZZ21" in first and "AIX-ZZ22" not in first and "AIX-ZZ29" in second and "AIX-CM01" not in second
    assert ">328<" in first and ">328<" in second
