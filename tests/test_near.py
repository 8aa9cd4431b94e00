"""The discrepancies of one mobile class, looked for near it, are those that the whole town's tell of it, whatever an MDM invents."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from inventory.actions.places import change
from inventory.actions.records import Hand
from inventory.actions.sightings import mark_gone, take_in
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass, Sighting, Tablet
from inventory.queries.candidates import surveyed
from inventory.queries.discrepancies import Placed, discrepancies
from inventory.scope import EVERYWHERE, Scope
from mdm.driver import DeviceReport

SERIALS = ["R52K00O1", "R52KO001", "R52K0001", "R52KI0L0", "R52K1010", "R52KQ111", "R52K2222", ""]
TAGS = ["AIX-01", "AIX-02", "AIX-03", ""]
LIVE = [MdmStatus.ENROLLED.value, MdmStatus.PENDING.value, MdmStatus.UNENROLLED.value]


def invent(chance: random.Random, groups: list[str], hand: Hand) -> None:
    """A device of any serial number, number and group; now and then one that the server knows no more."""
    told = DeviceReport(
        str(chance.randrange(9)), chance.choice(SERIALS), chance.choice(TAGS), chance.choice(LIVE), group=chance.choice(groups),
        enrolled_at=hand.now - timedelta(minutes=chance.randrange(90)),
    )  # fmt: skip
    take_in("ville", [told], now=hand.now)
    if chance.random() < 0.2:
        mark_gone(Sighting.get(Sighting.mdm_id == told.mdm_id), now=hand.now, runs=2)


def by_name(one: Placed) -> str:
    return one.discrepancy.name


@pytest.mark.parametrize("seed", range(6))
def test_a_class_alone_is_told_what_the_whole_town_tells_of_it(
    seed: int, hand: Hand, granettes_cart: MobileClass, floriales_cart: MobileClass
) -> None:
    chance, carts, kinds = random.Random(seed), [granettes_cart, floriales_cart], set[str]()
    change(floriales_cart, {"name": "Les Floriales"}, hand)
    for number, serial in enumerate(chance.sample(SERIALS[:-1], 5)):
        row = register_tablet(Tablet(serial=serial, asset_tag=f"AIX-0{number + 1}" if number < 3 else None), hand)
        if number < 4:
            place(row, carts[number % 2], number + 1, hand)
        for stage in (Stage.RECEIVED, Stage.CHECKED, Stage.LABELLED):
            record_stage(row, stage, hand, at=hand.now - timedelta(hours=1))
    for _ in range(40):
        invent(chance, ["", granettes_cart.code, floriales_cart.code, "Les Floriales", "Autre"], hand)
        assert sorted(surveyed(EVERYWHERE), key=by_name) == sorted(discrepancies(EVERYWHERE), key=by_name), "what the database chose is enough"
        for scope in (EVERYWHERE, Scope.of([granettes_cart.school_id])):
            told = discrepancies(scope)
            for cart in carts:
                assert discrepancies(scope, class_id=cart.id) == [one for one in told if one.class_id == cart.id]
            kinds |= {one.discrepancy.kind.value for one in told}
    assert len(kinds) > 4
