"""The life of a discrepancy: opened by evidence, decided by a person with a reason, closed by evidence; nothing is deleted, the past is kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from config import checks
from inventory.actions.gaps import decide, survey
from inventory.actions.records import Hand
from inventory.actions.sightings import mark_gone, take_in
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.discrepancy import Hint, Kind, Standing, Verdict
from inventory.discrepancy_words import proposed, sentence
from inventory.errors import Conflict, NotFound, Refused
from inventory.journal import When, complaints
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import Event, Gap, MobileClass, Sighting, Tablet
from inventory.queries.candidates import candidates, surveyed
from inventory.queries.gap_counts import by_kind, since
from inventory.queries.gaps import count_gaps, gap, gaps, standing_of
from inventory.queries.listing import Ask
from inventory.reconciliation import Grounds, reconcile
from inventory.roles import Role
from inventory.scope import EVERYWHERE, Scope
from inventory.serials import one_edit
from inventory.sight import Seen, TabletState
from mdm.driver import DeviceReport

A_DAY = timedelta(days=1)
NOVEMBER = datetime(2017, 11, 15, 9, tzinfo=UTC)


def labelled(serial: str, cart: MobileClass, slot: int, hand: Hand) -> Tablet:
    row = register_tablet(Tablet(serial=serial), hand)
    place(row, cart, slot, hand)
    for stage in (Stage.RECEIVED, Stage.CHECKED, Stage.LABELLED):
        record_stage(row, stage, hand, at=hand.now - timedelta(hours=1))
    return row


def enrolled(serial: str, now: datetime, group: str = "", mdm_id: str = "", at: datetime | None = None) -> None:
    told = DeviceReport(mdm_id or serial, serial, f"poste {serial}", MdmStatus.ENROLLED.value, group=group, enrolled_at=at or now, last_contact=now)
    take_in("ville", [told], now=now)


def of(kind: Kind) -> list[Gap]:
    return list(Gap.select().where((Gap.kind == kind.value) & (Gap.standing != Standing.CLOSED.value)))


def later(hand: Hand, days: int) -> Hand:
    return replace(hand, now=hand.now + days * A_DAY)


def test_a_tablet_that_no_mdm_knows_is_opened_decided_and_closed_by_its_enrolment(granettes_cart: MobileClass, hand: Hand) -> None:
    row = labelled("TESTR00001", granettes_cart, 1, hand)
    survey(hand.now)
    (opened,) = of(Kind.NEVER_ENROLLED)
    assert (opened.owner, opened.tablet_id, opened.mobile_class.code) == ("technician", row.id, "AIX-CM01")
    tomorrow = later(hand, 1)
    decide(opened, Verdict.EXPLAINED, "Le chariot part en enrôlement lundi", Role.MANAGER, opened.facts, tomorrow)
    before = Event.select().count()
    survey(tomorrow.now)
    assert (of(Kind.NEVER_ENROLLED)[0].standing, Event.select().count()) == ("decided", before), "the same facts write nothing"
    enrolled("TESTR00001", later(hand, 2).now)
    done = survey(later(hand, 2).now)
    assert (done.closed, done.standing, of(Kind.NEVER_ENROLLED)) == (1, 0, [])
    kept = gap(EVERYWHERE, opened.id, None, later(hand, 3).now)
    assert (kept.standing, kept.verdict, kept.closed) == (Standing.CLOSED, Verdict.EXPLAINED, later(hand, 2).now)
    assert list(complaints()) == []


def test_a_decision_holds_until_the_facts_change_and_not_over_facts_that_nobody_saw(granettes_cart: MobileClass, hand: Hand) -> None:
    row = labelled("TESTR00001", granettes_cart, 1, hand)
    survey(hand.now)
    (opened,) = of(Kind.NEVER_ENROLLED)
    seen = opened.facts
    decide(opened, Verdict.ACCEPTED, "Tablette de prêt, sans MDM", Role.MANAGER, seen, hand)
    for stage in (Stage.ENROLLED, Stage.CONFIGURED):
        record_stage(row, stage, later(hand, 1))
    survey(later(hand, 1).now)
    (again,) = of(Kind.NEVER_ENROLLED)
    assert (again.id, again.standing, again.opened) == (opened.id, "stale", opened.opened)
    with pytest.raises(Conflict, match="les faits ont changé"):
        decide(again, Verdict.ACCEPTED, "Tablette de prêt, sans MDM", Role.MANAGER, seen, later(hand, 1))
    with pytest.raises(Refused, match="dire en quelques mots"):
        decide(again, Verdict.ACCEPTED, " ", Role.MANAGER, again.facts, later(hand, 1))


def test_what_comes_back_is_the_same_discrepancy_with_its_history(granettes_cart: MobileClass, hand: Hand) -> None:
    labelled("TESTR00001", granettes_cart, 1, hand)
    enrolled("TESTR00001", hand.now)
    for day, kinds in ((1, [Kind.GONE_FROM_MDM]), (2, []), (3, [Kind.GONE_FROM_MDM])):
        now = later(hand, day).now
        if kinds:
            mark_gone(Sighting.get(), now=now, runs=2)
        else:
            enrolled("TESTR00001", now)
        survey(now)
        assert [row.kind for row in Gap.select().where(Gap.closed.is_null())] == [kind.value for kind in kinds]
    (row,) = Gap.select()
    told = [(event.axis, event.value) for event in Event.select().where(Event.subject == "gap").order_by(Event.position)]
    assert [value for axis, value in told if axis == "gap"] == ["opened", "closed", "opened"]
    then = gap(EVERYWHERE, row.id, When(later(hand, 2).now), None)
    assert (then.standing, then.closed) == (Standing.CLOSED, later(hand, 2).now)


def test_the_past_is_told_as_it_was_and_by_whole(granettes_cart: MobileClass, floriales_cart: MobileClass, hand: Hand) -> None:
    labelled("TESTR00001", granettes_cart, 1, hand)
    labelled("TESTR00002", floriales_cart, 1, hand)
    survey(hand.now)
    decide(of(Kind.NEVER_ENROLLED)[0], Verdict.TO_FIX, "Bruno passe jeudi", Role.TECHNICIAN, of(Kind.NEVER_ENROLLED)[0].facts, later(hand, 1))
    enrolled("TESTR00001", later(hand, 2).now)
    survey(later(hand, 2).now)
    now, mine = later(hand, 3).now, Scope.of([granettes_cart.school_id])
    for scope, when, told in (
        (EVERYWHERE, None, {(Kind.NEVER_ENROLLED, Standing.OPEN): 1}), (mine, None, {}),
        (EVERYWHERE, When(hand.now), {(Kind.NEVER_ENROLLED, Standing.OPEN): 2}), (mine, When(later(hand, 1).now), {(Kind.NEVER_ENROLLED, Standing.DECIDED): 1}),
        (mine, When(hand.now - A_DAY), {}),
    ):  # fmt: skip
        assert by_kind(scope, when) == told
    assert (since(EVERYWHERE, hand.now, None), since(EVERYWHERE, hand.now - A_DAY, When(hand.now))) == ((0, 1), (2, 0))
    for when in (None, When(now)):
        ask = Ask(filters={"etat": "closed", "classe": "AIX-CM01", "charge": "technician"}, sort="ouvert", now=now)
        assert [row.serial for row in gaps(ask, when, scope=EVERYWHERE).rows] == ["TESTR00001"]
        assert (count_gaps(ask, when, scope=EVERYWHERE), [row.serial for row in standing_of(EVERYWHERE, when, now, class_id=floriales_cart.id)]) == (1, ["TESTR00002"])
    with pytest.raises(NotFound):
        gap(mine, Gap.get(Gap.serial == "TESTR00002").id, None, now)


def test_a_group_that_names_another_cart_is_named_and_one_that_names_none_is_not(
    granettes_cart: MobileClass, floriales_cart: MobileClass, hand: Hand
) -> None:
    for slot, group in enumerate(("AIX-CM02", "AIX-CM01", "Tablettes", granettes_cart.school.name, floriales_cart.school.uai), 1):
        labelled(f"TESTR0000{slot}", granettes_cart, slot, hand)
        enrolled(f"TESTR0000{slot}", hand.now, group)
    survey(hand.now)
    assert [(row.serial, row.evidence["where"]) for row in of(Kind.WRONG_PLACE)] == [("TESTR00001", "AIX-CM01"), ("TESTR00005", "AIX-CM01")]


def test_of_two_records_the_newest_enrolment_speaks_and_the_other_is_shown(granettes_cart: MobileClass, hand: Hand) -> None:
    labelled("TESTR00001", granettes_cart, 1, hand)
    for mdm_id, days in (("new", 1), ("old", 9)):
        enrolled("TESTR00001", hand.now, mdm_id=mdm_id, at=hand.now - days * A_DAY)
    survey(hand.now)
    (row,) = of(Kind.DUPLICATE_IN_MDM)
    assert [device["id"] for device in row.evidence["mdm"]] == ["new", "old"]


def test_a_stolen_tablet_heard_on_another_day_is_to_be_looked_at_again_and_one_written_off_is_not(granettes_cart: MobileClass, hand: Hand) -> None:
    kinds = {"TESTR00001": Stage.STOLEN, "TESTR00002": Stage.LOST}
    for slot, (serial, stage) in enumerate(kinds.items(), 1):
        row = labelled(serial, granettes_cart, slot, hand)
        record_stage(row, stage, hand, note="plainte déposée")
        if stage is Stage.LOST:
            record_stage(row, Stage.WRITTEN_OFF, hand, note="introuvable")
    for day in (1, 2):
        for serial in kinds:
            enrolled(serial, later(hand, day).now, at=hand.now)
        survey(later(hand, day).now)
        rows = of(Kind.STOLEN_BUT_SEEN) + of(Kind.OUT_BUT_ACTIVE)
        assert [(row.serial, row.standing) for row in rows] == [("TESTR00001", "open" if day == 1 else "stale"), ("TESTR00002", "open" if day == 1 else "decided")]
        for row in rows:
            decide(row, Verdict.TO_FIX, "transmis à la police", Role.MANAGER, row.facts, later(hand, day))


def test_a_copy_that_says_more_than_its_journal_is_a_complaint(granettes_cart: MobileClass, hand: Hand) -> None:
    labelled("TESTR00001", granettes_cart, 1, hand)
    survey(hand.now)
    (row,) = Gap.select()
    assert list(checks.complaints()) == []
    for values in ({"verdict": "accepted"}, {"closed": hand.now}, {"facts": "0" * 64}, {"evidence": {}}):
        Gap.update(**values).execute()
        assert list(checks.complaints()) == [f"écart {row.id} : sa copie ne vaut pas le journal"], values
        row.save()


@pytest.mark.parametrize(
    "other", ["TESTR1234", "TESTR123456", "TESTR1234X", "TESTR21345", "TESTR13245"], ids=["removed", "added", "changed", "swapped", "swapped within"]
)
def test_one_character_apart(other: str) -> None:
    assert one_edit("TESTR12345", other) and one_edit(other, "TESTR12345")
    assert not one_edit("TESTR12345", "TESTR12345") and not one_edit("TESTR12345", f"X{other}Y")


def test_one_character_is_a_hint_within_a_cart_and_none_among_numbers_of_one_lot() -> None:
    def tablet(number: int, serial: str) -> TabletState:
        return TabletState(number, serial, "", "", 7, number, Stage.LABELLED, NOVEMBER, Stage.LABELLED, None)

    def seen(serial: str, group: str) -> Seen:
        return Seen(1, "ville", serial, serial, "", MdmStatus.ENROLLED, NOVEMBER, "", "", "", True, True, (), group, NOVEMBER, NOVEMBER, NOVEMBER)

    grounds = Grounds(classes={"AIX-CM01": frozenset({7})})
    (pair,) = reconcile([tablet(1, "TESTR58731")], [seen("TESTR58737", "AIX-CM01")], grounds)
    assert (pair.kind, pair.hint, pair.serial) == (Kind.SERIAL_MISMATCH, Hint.ONE_EDIT, "TESTR58731")
    assert {one.kind for one in reconcile([tablet(1, "TESTR58731")], [seen("TESTR58737", "AIX-CM02")], grounds)} == {Kind.NEVER_ENROLLED, Kind.UNKNOWN_TO_INVENTORY}
    lot = [tablet(1, "TESTR58731"), tablet(2, "TESTR58732")]
    assert Kind.SERIAL_MISMATCH not in {one.kind for one in reconcile(lot, [seen("TESTR58737", "AIX-CM01")], grounds)}


def test_each_kind_says_what_to_do() -> None:
    assert all(proposed(kind) for kind in Kind)


def test_a_comparison_reads_only_what_may_disagree(granettes_cart: MobileClass, hand: Hand) -> None:
    for slot in (1, 2, 3):
        labelled(f"TESTR0000{slot}", granettes_cart, slot, hand)
        enrolled(f"TESTR0000{slot}", hand.now, "AIX-CM01")
    labelled("TESTR00O04", granettes_cart, 4, hand)
    enrolled("TESTR00004", hand.now)
    tablets, seen = candidates(EVERYWHERE)
    assert ([one.serial for one in tablets], [one.serial for one in seen]) == (["TESTR00O04"], ["TESTR00004"])
    (found,) = surveyed(EVERYWHERE)
    assert sentence(found.discrepancy.kind, found.discrepancy.serial, found.discrepancy.evidence) == found.text
