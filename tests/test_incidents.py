"""A screen cracks in November, the supplier exchanges the tablet in December: the slot, the link and the story stay."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.checks import complaints
from deploy.incidents import actions, queries
from deploy.incidents.kind import Kind, Result
from deploy.models import Incident
from deploy.stocktake import actions as counting
from deploy.stocktake.difference import Decided, compare
from deploy.stocktake.queries import count, decisions
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all, record_stage, register_tablets
from inventory.errors import NotFound, Refused
from inventory.journal import history
from inventory.lifecycle import PREPARATION, Stage
from inventory.models import Event, MobileClass, Person, Tablet
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope


def filled(cart: MobileClass, hand: Hand, letter: str, many: int = 4) -> list[Tablet]:
    """Tablets in service in a cart."""
    tablets = [Tablet(serial=f"TEST{letter}{slot:05}", asset_tag=f"{cart.code}-T{slot:02}", model="Galaxy Tab") for slot in range(1, many + 1)]
    register_tablets(tablets, hand)
    place_all([(tablet, cart, slot) for slot, tablet in enumerate(tablets, 1)], hand)
    for tablet in tablets:
        for stage in PREPARATION[: PREPARATION.index(Stage.CONFIGURED) + 1]:
            record_stage(tablet, stage, hand)
    return tablets


@pytest.fixture
def tablets(granettes_cart: MobileClass, hand: Hand) -> list[Tablet]:
    return filled(granettes_cart, hand, "A")


@pytest.fixture
def malik(bruno: Person, hand: Hand) -> Hand:
    return Hand(bruno, hand.now + timedelta(hours=1))


def test_the_new_serial_takes_the_slot_and_each_tablet_names_the_other(tablets: list[Tablet], granettes_cart: MobileClass, malik: Hand) -> None:
    old = tablets[2]
    row = actions.open_incident(Kind.BREAKAGE, old, "écran fendu", malik)
    assert Stage(old.stage) is Stage.BROKEN and (old.mobile_class, old.slot) == (granettes_cart, 3)
    actions.send_back(row, "RMA-2017-44", malik)
    assert Stage(old.stage) is Stage.IN_REPAIR and old.slot == 3, "its slot waits for it"
    new = actions.swap(row, "test a9 00003", malik)
    assert (new.serial, new.mobile_class, new.slot, new.model) == ("TESTA900003", granettes_cart, 3, "Galaxy Tab")
    old = Tablet.get_by_id(old.id)
    assert Stage(old.stage) is Stage.REPLACED and old.mobile_class is None
    assert history("tablet", old.id, axes=["replaced_by"])[0].detail["serial"] == new.serial
    assert history("tablet", new.id, axes=["replaces"])[0].detail["serial"] == old.serial
    assert [event.value for event in history("incident", row.id)] == ["swapped", "sent", "open"]
    assert Incident.get_by_id(row.id).closed == malik.now and queries.incidents(EVERYWHERE) == []
    with pytest.raises(Refused, match="clos"):
        actions.note(row, "encore", malik)
    assert list(complaints()) == []
    Incident.update(closed=None).where(Incident.id == row.id).execute()
    assert list(complaints()) == [f"incident {row.id} : sa clôture ne vaut pas le journal"]


def test_a_tablet_of_another_cart_is_no_exchange_and_nothing_moves(tablets: list[Tablet], floriales_cart: MobileClass, malik: Hand, hand: Hand) -> None:
    other = filled(floriales_cart, hand, "B", 1)[0]
    row = actions.open_incident(Kind.FAILURE, tablets[0], "ne charge plus", malik)
    before = Event.select().count()
    with pytest.raises(Refused, match="est déjà dans AIX-CM02"):
        actions.swap(row, other.serial, malik)
    assert Event.select().count() == before and Tablet.get_by_id(tablets[0].id).slot == 1


def test_closing_gives_a_result_and_leaves_the_assignment(tablets: list[Tablet], granettes_cart: MobileClass, malik: Hand) -> None:
    row = actions.open_incident(Kind.LOSS, tablets[1], "introuvable", malik)
    with pytest.raises(Refused, match="déjà ouvert"):
        actions.open_incident(Kind.LOSS, tablets[1], "encore", malik)
    with pytest.raises(Refused, match="ne finit pas par"):
        actions.close(row, Result.REPAIRED, "", malik)
    with pytest.raises(Refused, match="Dire pourquoi"):
        actions.close(row, Result.UNFOUNDED, "", malik)
    actions.close(row, Result.FOUND, "à la bibliothèque", malik)
    found = Tablet.get_by_id(tablets[1].id)
    assert Stage(found.stage) is Stage.FOUND and (found.mobile_class, found.slot) == (granettes_cart, 2)


def test_a_school_tells_and_the_field_says_the_stage(tablets: list[Tablet], granettes_cart: MobileClass, hand: Hand) -> None:
    helene = Hand(Person.create(login="helene", name="Hélène", role=Role.SCHOOL.value), hand.now + timedelta(hours=1))
    row = actions.open_incident(Kind.BREAKAGE, tablets[0], "coin cassé", helene)
    assert Stage(Tablet.get_by_id(tablets[0].id).stage) is Stage.CONFIGURED
    assert queries.open_of(EVERYWHERE, class_id=granettes_cart.id) == [row]
    with pytest.raises(NotFound):
        queries.incident(Scope.of([granettes_cart.school_id + 1]), row.id)
    for kind, thing, reference, sentence in (
        (Kind.WARRANTY, tablets[1], "", "RMA"), (Kind.WIFI, tablets[1], "", "de la valise"),
        (Kind.BREAKAGE, granettes_cart, "", "d'une tablette"),
    ):  # fmt: skip
        with pytest.raises(Refused, match=sentence):
            actions.open_incident(kind, thing, "x", helene, reference=reference)


@given(st.lists(st.integers(1, 9), unique=True), st.lists(st.tuples(st.text("ABC", min_size=1, max_size=3), st.none() | st.integers(1, 12)), max_size=12))
def test_what_is_expected_is_found_or_missing_and_what_is_seen_is_told_once(expected: list[int], seen: list[tuple[str, int | None]]) -> None:
    told = compare(expected, seen)
    assert sorted((*told.found, *told.missing)) == sorted(expected)
    assert set(told.found) | set(told.unexpected) == {tablet for _, tablet in seen if tablet is not None}
    assert not set(told.unexpected) & set(expected) and len(set(told.unexpected)) == len(told.unexpected)


def test_two_people_count_the_same_cart_and_it_ends_in_decisions(
    tablets: list[Tablet], granettes_cart: MobileClass, floriales_cart: MobileClass, malik: Hand, hand: Hand
) -> None:
    stranger = filled(floriales_cart, hand, "B", 1)[0]
    later = Hand(malik.by, malik.now + timedelta(minutes=5))
    row = counting.open_stocktake(granettes_cart, malik)
    assert counting.open_stocktake(granettes_cart, Hand(hand.by, malik.now)).id == row.id, "everybody counts in the same one"
    assert counting.see(row, ["testa-00001", "AIX-CM01-T02", "TESTA00001", ""], later, EVERYWHERE) == 2
    assert counting.see(row, ["TESTA00002", stranger.serial, "ZZ-999-XX"], Hand(hand.by, later.now), EVERYWHERE) == 2
    told = count(EVERYWHERE, row)
    assert [[one.name for one in some] for some in (told.found, told.missing, told.unexpected, told.unknown)] == [
        ["AIX-CM01-T01", "AIX-CM01-T02"], ["AIX-CM01-T03", "AIX-CM01-T04"], ["AIX-CM02-T01"], ["ZZ999XX"],
    ]  # fmt: skip
    with pytest.raises(Refused, match="4 point"):
        counting.close(row, later)
    third, fourth = (f"tablet:{tablet.id}" for tablet in tablets[2:4])
    with pytest.raises(Refused, match="ne va pas"):
        counting.decide(row, third, Decided.PLACE, later, slot=9)
    counting.decide(row, third, Decided.SEARCH, later, words="pas vue depuis jeudi")
    counting.decide(row, fourth, Decided.TAKE_OUT, later)
    counting.decide(row, f"tablet:{stranger.id}", Decided.PLACE, later, slot=9)
    counting.decide(row, "text:ZZ999XX", Decided.NOTHING, later)
    assert [incident.tablet for incident in queries.incidents(EVERYWHERE)] == [tablets[2]]
    assert Stage(Tablet.get_by_id(tablets[2].id).stage) is Stage.CONFIGURED, "looked for is not yet lost"
    assert Tablet.get_by_id(stranger.id).mobile_class == granettes_cart and Tablet.get_by_id(tablets[3].id).mobile_class is None
    assert [one.name for one in count(EVERYWHERE, row).missing] == ["AIX-CM01-T03", "AIX-CM01-T04"], "what was expected does not move with the decisions"
    counting.close(row, later)
    assert len(decisions(row)) == 4 and history("mobile_class", granettes_cart.id, axes=["stocktake"])[0].detail["missing"] == 2
    with pytest.raises(Refused, match="clos"):
        counting.see(row, ["TESTA00003"], later, EVERYWHERE)
    assert list(complaints()) == []


def test_what_somebody_scans_names_nothing_outside_their_scope(tablets: list[Tablet], granettes_cart: MobileClass, floriales_cart: MobileClass, malik: Hand, hand: Hand) -> None:
    stranger, own = filled(floriales_cart, hand, "B", 1)[0], Scope.of([granettes_cart.school_id])
    row = counting.open_stocktake(granettes_cart, malik)
    counting.see(row, [stranger.serial, "TESTX99999"], malik, own)
    told = count(own, row)
    assert [one.name for one in told.unknown] == [stranger.serial, "TESTX99999"] and told.unexpected == ()
