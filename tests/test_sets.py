"""Very many rows at once, which PostgreSQL takes as one set: Bruno receives a pallet of sixty tablets, and their MDM tells of all of them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from inventory import journal
from inventory.actions.records import Hand
from inventory.actions.sightings import take_in
from inventory.actions.tablets import register_tablets
from inventory.journal import Entry
from inventory.models import ContactMonth, Event, Fact, Sighting, Tablet
from inventory.sets import WORTH_A_COPY, _through_a_copy
from mdm.driver import DeviceReport

PALLET = WORTH_A_COPY + 10


@pytest.fixture
def pallet(hand: Hand) -> list[Tablet]:
    tablets = [Tablet(serial=f"TESTS{number:05}", asset_tag=None if number % 2 else f"É;\t\\{number}") for number in range(PALLET)]
    register_tablets(tablets, hand)
    return tablets


def test_of_two_lines_of_one_axis_told_at_once_the_later_is_the_fact(hand: Hand, pallet: list[Tablet]) -> None:
    """The later moment is told first for each other tablet; of two lines of one moment the last one told stays."""
    entries = []
    for tablet in pallet:
        early, late = ("received", hand.now), ("labelled", hand.now + timedelta(hours=tablet.id % 3 > 0))
        told = [late, early] if tablet.id % 2 else [early, late]
        entries += [Entry("tablet", tablet.id, "stage", stage, at, {}, "note" * (tablet.id % 5 == 0)) for stage, at in told]
    journal.append(entries, noted=hand.now, actor=hand.by, source="person")
    assert list(journal.complaints()) == [] and Event.select().count() == 3 * PALLET
    stages = {fact.subject_id: fact.value for fact in Fact.select().where(Fact.axis == "stage")}
    assert stages == {tablet.id: "received" if tablet.id % 6 == 3 else "labelled" for tablet in pallet}


def test_a_fleet_is_taken_in_and_changed_whole(hand: Hand, pallet: list[Tablet]) -> None:
    def told(version: str, day: int) -> list[DeviceReport]:
        at = hand.now - timedelta(days=9 - day)
        return [DeviceReport(str(n), tablet.serial, "A\tB\\N", "enrolled", os_version=version, managed=[None, True, False][n % 3], last_contact=at) for n, tablet in enumerate(pallet)]

    for day, version in enumerate(("8.1.0", "9")):
        counts, rows = take_in("ville", told(version, day), now=hand.now + timedelta(days=day))
        assert (counts.changed, len(set(rows))) == (PALLET, PALLET)
    assert take_in("ville", told("9", 1), now=hand.now + timedelta(days=2))[0].unchanged == PALLET
    rows = list(Sighting.select().order_by(Sighting.id))
    assert {(row.os_version, row.number) for row in rows} == {("9", "A\tB\\N")}
    assert [row.managed for row in rows] == [[None, True, False][int(row.mdm_id) % 3] for row in rows]
    assert {month.days.bit_count() for month in ContactMonth.select()} == {2} and list(journal.complaints()) == []
    assert [tablet.asset_tag for tablet in Tablet.select().order_by(Tablet.id)] == [tablet.asset_tag for tablet in pallet]


def test_another_kind_of_statement_is_not_taken_for_a_set() -> None:
    with pytest.raises(ValueError, match="not a statement for a set"):
        _through_a_copy("DELETE FROM fact WHERE subject = ?")
