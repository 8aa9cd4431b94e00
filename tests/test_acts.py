"""Acts of a round, sent from a basement: each has one effect, whatever the network did, and none is ever thrown away."""

from __future__ import annotations

import json
import random
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from acts import Phone, wire
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.checks import complaints
from deploy.actions.conventions import load_baseline
from deploy.actions.steps import tick
from deploy.field.act import Act, ActState
from deploy.field.actions.decide import decide
from deploy.field.actions.receive import AT_ONCE, receive_file
from deploy.field.acts_file import FORMAT, parse
from deploy.field.queries.acts import holes, one_waiting, waiting
from deploy.models import FieldAct
from inventory.actions.records import Hand, change
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.db import database
from inventory.errors import NotFound, Refused
from inventory.journal import facts
from inventory.lifecycle import Stage
from inventory.models import Event, MobileClass, Person, Remark, Tablet
from inventory.scope import EVERYWHERE, NOWHERE, Scope

BASELINE = Path(__file__).parent.parent / "config" / "baselines" / "ecole-android-2017.toml"
LUCK = 2017


@pytest.fixture
def cart(granettes_cart: MobileClass, hand: Hand) -> MobileClass:
    """The cart of Les Granettes with three labelled tablets and its checklist."""
    baseline = load_baseline(BASELINE.read_text(), BASELINE.name, hand)
    change(granettes_cart, {"baseline": baseline.key}, hand)
    for slot in (1, 2, 3):
        tablet = register_tablet(Tablet(serial=f"TESTA0000{slot}", asset_tag=f"T{slot}"), hand)
        place(tablet, granettes_cart, slot, hand)
        for stage in (Stage.RECEIVED, Stage.CHECKED, Stage.LABELLED):
            record_stage(tablet, stage, hand)
    return granettes_cart


def tablet(slot: int) -> Tablet:
    return Tablet.get(Tablet.slot == slot)


def ticked(slot: int) -> dict[str, str]:
    """What people said of the tablet of a slot, item by item."""
    return {axis.removeprefix("setup:"): line.value for (_, axis), line in facts("tablet", ids=[tablet(slot).id]).items() if axis.startswith("setup:")}


def test_an_act_says_what_the_page_would_and_is_remembered(cart: MobileClass, bruno: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    act = phone.does("tick", f"tablet:{tablet(1).id}", items=["charged", "tested"], value="done")
    first, again = phone.sends(act, now, heard=False), phone.sends(act, now + timedelta(hours=2))
    assert first == again and first.state is ActState.APPLIED and first.digest == act.digest
    assert ticked(1) == {"charged": "done", "tested": "done"}
    assert phone.unsent == [] and FieldAct.select().count() == 1 and list(complaints()) == []
    written = Event.select().where(Event.source == f"field:{phone.device}")
    assert [(line.actor_id, line.at) for line in written] == [(bruno.id, now)] * 2, "the server's moment, not the phone's"


def test_the_same_number_for_another_act_is_refused_and_changes_nothing(cart: MobileClass, bruno: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    act = phone.does("tick", f"tablet:{tablet(1).id}", items=["charged"], value="done")
    phone.sends(act, now)
    other = Act(**{**{name: getattr(act, name) for name in act.__slots__}, "payload": {"items": ["tested"], "value": "done"}})
    assert phone.sends(other, now).state is ActState.ALTERED
    assert ticked(1) == {"charged": "done"}


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_shuffled_doubled_and_lost_sendings_end_as_one_clean_sending(
    cart: MobileClass, bruno: Person, alice: Person, now: datetime, data: st.DataObject
) -> None:
    """Two phones do what they like; the network drops, doubles and mixes; each phone's own order is what counts in the end."""
    with database.atomic() as example:
        phones = [Phone(person, random.Random(luck)) for luck, person in enumerate((bruno, alice))]
        for phone, slots in zip(phones, ((1,), (2, 3)), strict=True):
            for _ in range(data.draw(st.integers(1, 8))):
                item, value = data.draw(st.sampled_from(["charged", "tested", "os"])), data.draw(st.sampled_from(["done", "undone"]))
                phone.does("tick", f"tablet:{tablet(data.draw(st.sampled_from(slots))).id}", items=[item], value=value)
        wanted = [expected(phone) for phone in phones]
        everything = [(phone, act) for phone in phones for act in phone.unsent]
        for phone, act in data.draw(st.lists(st.sampled_from(everything), max_size=40)):
            phone.sends(act, now, heard=data.draw(st.booleans()))
        for phone in phones:
            mine = [act for owner, act in everything if owner is phone]
            phone.sends_these(data.draw(st.lists(st.sampled_from(mine), min_size=1, max_size=12)), now, heard=data.draw(st.booleans()))
            phone.sends_all(now)
            assert phone.unsent == []
        assert FieldAct.select().count() == len(everything)
        assert wanted == [ticked(1), {f"{slot}{item}": value for slot in (2, 3) for item, value in ticked(slot).items()}]
        assert list(complaints()) == []
        example.rollback()


def test_a_sending_longer_than_a_transaction_where_each_act_is_twice_has_one_effect_each(cart: MobileClass, bruno: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    acts = [phone.does("note", f"mobile_class:{cart.id}", note=f"note {number}") for number in range(AT_ONCE + 5)]
    answers = phone.sends_these([act for act in acts for _ in range(2)], now)
    assert [answer.id for answer in answers] == [act.id for act in acts for _ in range(2)] and {answer.state for answer in answers} == {ActState.APPLIED}
    assert FieldAct.select().count() == len(acts) == Event.select().where(Event.axis == "field_note").count()


def expected(phone: Phone) -> dict[str, str]:
    """What the last act of a phone on each field says."""
    slots = {tablet(slot).id: slot for slot in (1, 2, 3)}
    return {
        (str(slots[act.subject_id]) if slots[act.subject_id] > 1 else "") + item: act.payload["value"]
        for act in phone.unsent
        for item in act.payload["items"]
    }


def test_clocks_that_jump_change_nothing(cart: MobileClass, bruno: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    for at, value in (("2022-11-15T10:00:00Z", "done"), ("2012-01-01T00:00:00Z", "undone"), ("29 octobre, 2 h 30", "done")):
        phone.does("tick", f"tablet:{tablet(1).id}", at=at, items=["charged"], value=value)
    phone.sends_all(now)
    assert ticked(1) == {"charged": "done"}
    assert [line.noted for line in Event.select().where(Event.axis == "setup:charged")] == [now] * 3


def test_disjoint_fields_merge_and_the_same_field_goes_to_the_tray_with_both_sides(
    cart: MobileClass, bruno: Person, alice: Person, now: datetime
) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    act = phone.does("tick", f"tablet:{tablet(1).id}", items=["charged", "tested"], value="done")
    tick([tablet(1)], ["os"], Hand(alice, now))
    tick([tablet(1)], ["charged"], Hand(alice, now), value="waived", note="batterie changée au dépôt")
    assert phone.sends(act, now).state is ActState.CONFLICT
    assert ticked(1) == {"charged": "waived", "tested": "done", "os": "done"}
    (one,) = waiting(EVERYWHERE)
    (contest,) = one.contests
    assert (contest.label, contest.mine, contest.theirs, contest.by) == ("Chargée, housse posée, rangée dans son alvéole", "fait", "dispensé", alice.name)
    decide(one, [contest.key], Hand(alice, now + timedelta(hours=1)), EVERYWHERE)
    assert ticked(1)["charged"] == "done" and waiting(EVERYWHERE) == []
    with pytest.raises(Refused, match="déjà été décidé"):
        decide(one_waiting(EVERYWHERE, act.id), [], Hand(alice, now), EVERYWHERE)


def test_two_who_say_the_same_do_not_disagree(cart: MobileClass, bruno: Person, alice: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    act = phone.does("stage", f"tablet:{tablet(2).id}", stage="broken", note="écran fendu")
    record_stage(tablet(2), Stage.BROKEN, Hand(alice, now), note="ne s'allume plus")
    assert phone.sends(act, now).state is ActState.SAME
    assert "écran fendu" in [remark.text for remark in Remark.select()], "the reason given in the basement is kept"


def test_what_a_rule_refuses_is_kept_whole_until_the_office_follows_or_leaves_it(
    cart: MobileClass, bruno: Person, alice: Person, now: datetime
) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    act = phone.does("stage", f"tablet:{tablet(3).id}", stage="configured")
    answer = phone.sends(act, now)
    assert answer.state is ActState.REFUSED and "étapes possibles" in answer.sentences[0] and phone.unsent == []
    with pytest.raises(Refused, match="étapes possibles"):
        decide(one_waiting(EVERYWHERE, act.id), ["act"], Hand(alice, now), EVERYWHERE)
    record_stage(tablet(3), Stage.ENROLLED, Hand(alice, now))
    decide(one_waiting(EVERYWHERE, act.id), ["act"], Hand(alice, now), EVERYWHERE)
    assert tablet(3).stage == "configured" and list(complaints()) == []


def test_an_act_waits_for_those_before_it_and_what_a_phone_lost_is_said(cart: MobileClass, bruno: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    acts = [phone.does("tick", f"tablet:{tablet(1).id}", items=["charged"], value=value) for value in ("done", "undone", "done")]
    assert phone.sends(acts[2], now).state is ActState.WAIT and ticked(1) == {}
    phone.unsent.remove(acts[0])  # the phone's storage was damaged
    assert [answer.state for answer in phone.sends_all(now)] == [ActState.APPLIED] * 2
    assert holes(phone.device) == [1]


def test_an_act_is_its_person_s_and_stays_inside_their_schools(cart: MobileClass, bruno: Person, alice: Person, now: datetime) -> None:
    bruno.everywhere = False
    bruno.save()
    phone, other = Phone(bruno, random.Random(LUCK)), Phone(alice, random.Random(7))
    act = phone.does("tick", f"tablet:{tablet(1).id}", items=["charged"], value="done")
    other.device, other.unsent = phone.device, phone.unsent
    assert other.sends(act, now).state is ActState.STRANGER and len(other.unsent) == 1, "it stays on the phone for its owner"
    outside, absent = phone.sends(act, now), phone.sends(phone.does("tick", "tablet:9999", items=["charged"]), now)
    assert outside.state is absent.state is ActState.REFUSED and outside.sentences == absent.sentences
    assert ticked(1) == {} and waiting(NOWHERE) == [] and len(waiting(Scope.of([cart.school_id]))) == 1
    assert len(waiting(EVERYWHERE)) == 2
    with pytest.raises(NotFound):
        one_waiting(NOWHERE, act.id)


def test_a_spare_takes_the_slot_of_a_broken_tablet_and_its_stage(cart: MobileClass, bruno: Person, hand: Hand, now: datetime) -> None:
    spare = register_tablet(Tablet(serial="TESTA00009", asset_tag="T9"), hand)
    place(spare, cart, 15, hand)
    record_stage(spare, Stage.RECEIVED, hand)
    record_stage(spare, Stage.SPARE, hand)
    record_stage(tablet(1), Stage.ENROLLED, hand)
    record_stage(tablet(1), Stage.CONFIGURED, hand)
    phone, old = Phone(bruno, random.Random(LUCK)), tablet(1)
    act = phone.does("swap", f"tablet:{old.id}", spare=spare.id, cart=cart.id, slot=1, stage="broken", note="écran fendu")
    assert phone.sends(act, now).state is ActState.APPLIED
    assert (tablet(1).serial, tablet(1).stage) == ("TESTA00009", "configured")
    assert (tablet(15).id, tablet(15).stage) == (old.id, "broken") and list(complaints()) == []


def test_a_visit_that_came_to_nothing_a_note_and_the_end_of_the_round(cart: MobileClass, bruno: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    phone.does("visit", f"school:{cart.school_id}", reason="no_keys", next="2017-11-16", note="M. Petit absent")
    phone.does("note", f"mobile_class:{cart.id}", note="roulette cassée")
    phone.does("seen", f"tablet:{tablet(1).id}", cart=cart.id, slot=1)
    phone.does("close", "round:0", day="2017-11-15")
    assert {answer.state for answer in phone.sends_all(now)} == {ActState.APPLIED}
    assert facts("school", axes=["visit"])[cart.school_id, "visit"].detail == {"reason": "no_keys", "next": "2017-11-16"}
    assert facts("tablet", axes=["seen"])[tablet(1).id, "seen"].value == f"{cart.id}/1"
    assert {act.payload for act in FieldAct.select()} == {None}, "words are kept once, in the journal's remarks"


def test_a_phone_that_cannot_send_any_more_hands_over_a_file(cart: MobileClass, bruno: Person, now: datetime) -> None:
    phone = Phone(bruno, random.Random(LUCK))
    acts = [phone.does("tick", f"tablet:{tablet(slot).id}", items=["charged"], value="done") for slot in (1, 2)]
    phone.sends(acts[0], now, heard=False)
    content = json.dumps({"format": FORMAT, "device": phone.device, "oldest": phone.oldest, "acts": [wire(act) for act in acts]})
    for _ in range(2):
        answers = receive_file(parse(content.encode(), "saisies.json"), now)
        assert [answer.state for answer in answers] == [ActState.APPLIED] * 2
    assert FieldAct.select().count() == 2 and ticked(2) == {"charged": "done"}
    bruno.active = False
    bruno.save()
    with pytest.raises(Refused, match="ne fait pas de tournée"):
        receive_file(parse(content.encode(), "saisies.json"), now)
