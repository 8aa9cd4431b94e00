"""The committees of Aix: notices in time, voices that count, a visa over exactly what was shown, decisions that come back."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.actions.steps import record_step
from deploy.committee import actions
from deploy.committee.integration import Evidence, TabletShown, Verdict, changes, digest, told
from deploy.committee.meeting import Meeting, MeetingState, NoticeState, notice_by, notice_state, without_meeting
from deploy.committee.queries import agenda_of, decisions, integration, sittings, visas
from deploy.committee.seats import quorate, voices
from deploy.funding.queries import account
from deploy.models import Decision
from deploy.models import Meeting as MeetingPaper
from deploy.queries.board import on_board
from deploy.queries.conventions import convention
from deploy.steps import StepState
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.actions.tablets import record_stages
from inventory.errors import Refused
from inventory.journal import complaints
from inventory.lifecycle import Stage
from inventory.models import MobileClass, Person, Tablet
from inventory.paris import end_of
from inventory.roles import Role
from inventory.scope import EVERYWHERE

DECEMBER = end_of(date(2017, 12, 27))
HOLDER_TOWN, SUBSTITUTE_TOWN, HOLDER_STATE = 0, 1, 2
pytestmark = pytest.mark.usefixtures("nothing_stays")


def hand(login: str, now=DECEMBER) -> Hand:
    return Hand(Person.get(Person.login == login), now)


def cart(code: str) -> MobileClass:
    return MobileClass.get(MobileClass.code == code)


def shown(code: str) -> str:
    return digest(told(integration(EVERYWHERE, code, None, DECEMBER)[1]))


def finished(code: str = "AIX-CM02") -> None:
    """Everything delivered and taught, so that only the committee's word is missing."""
    rows = Tablet.select().where(Tablet.mobile_class == cart(code))
    left = [row for row in rows if row.stage not in (Stage.DELIVERED.value, Stage.IN_SERVICE.value)]
    for to in (Stage.ENROLLED, Stage.CONFIGURED, Stage.DELIVERED):
        record_stages([Tablet.get_by_id(row.id) for row in left if row.stage != to.value], to, hand("technicien"))
    record_step(cart(code), "training", hand("academie"), note="deux heures")


@pytest.mark.parametrize(("day", "last"), [(date(2017, 12, 14), date(2017, 11, 29)), (date(2017, 10, 10), date(2017, 9, 25))])
def test_a_notice_goes_fifteen_calendar_days_before(day: date, last: date) -> None:
    assert notice_by(day, convention().committee("technical").meetings.notice_days.value) == last
    meeting = Meeting("technical", day, "14:00", "mairie")
    assert notice_state(meeting, 15, last) is NoticeState.DUE
    assert notice_state(meeting, 15, last + timedelta(1)) is NoticeState.OVERDUE
    assert notice_state(replace(meeting, notice=last), 15, day) is NoticeState.SENT
    assert notice_state(replace(meeting, notice=last + timedelta(1)), 15, day) is NoticeState.LATE


def test_a_quarter_without_a_meeting_is_named_once_it_is_over() -> None:
    first = date(2017, 10, 1)
    assert [one.key for one in without_meeting([], first, date(2018, 4, 1))] == ["2017-Q4", "2018-Q1"]
    assert [one.key for one in without_meeting([date(2017, 12, 14)], first, date(2018, 4, 1))] == ["2018-Q1"]
    assert list(without_meeting([], first, date(2017, 12, 31))) == []


def test_a_substitute_counts_only_when_the_full_member_of_its_signatory_is_absent() -> None:
    technical = convention().committee("technical")
    assert voices(technical, {HOLDER_TOWN, SUBSTITUTE_TOWN, HOLDER_STATE}) == {"academie": 1, "commune": 1}
    assert voices(technical, {SUBSTITUTE_TOWN, HOLDER_STATE}) == {"academie": 1, "commune": 1}
    assert quorate(technical, {SUBSTITUTE_TOWN, HOLDER_STATE})
    assert not quorate(technical, {HOLDER_TOWN, SUBSTITUTE_TOWN})


@given(st.sets(st.integers(0, 3)))
def test_no_seat_more_never_breaks_a_quorum_by_the_holders(present: set[int]) -> None:
    technical = convention().committee("technical")
    if quorate(technical, present):
        assert quorate(technical, present | {HOLDER_TOWN, HOLDER_STATE})


def test_the_autumn_s_visas_keep_whole_what_was_shown() -> None:
    for visa in visas(EVERYWHERE, "AIX-CM01", None).values():
        assert visa.verdict is Verdict.VALIDATED and visa.shown
        assert digest(visa.shown) == visa.digest
    drift = list(changes(visa.shown, told(integration(EVERYWHERE, "AIX-CM01", None, DECEMBER)[1])))
    assert any("stolen" in after for _, _, after in drift), "the theft of 13 December came after the visa"


def test_a_visa_is_given_over_what_is_there_and_refused_over_what_was(aix) -> None:
    finished()
    seen = shown("AIX-CM02")
    record_stages([Tablet.get((Tablet.mobile_class == cart("AIX-CM02")) & (Tablet.slot == 1))], Stage.BROKEN, hand("technicien"), note="écran fendu")
    with pytest.raises(Refused, match="a changé depuis l'affichage"):
        actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, seen, hand("comite"))
    assert visas(EVERYWHERE, "AIX-CM02", None) == {}


def test_both_signatories_then_the_service_is_done_and_a_withdrawal_shuts_it_again() -> None:
    finished()
    actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), hand("comite"))
    with pytest.raises(Refused, match="academie"):
        record_step(cart("AIX-CM02"), "service_done", hand("academie"))
    actions.judge(cart("AIX-CM02"), Verdict.RESERVED, shown("AIX-CM02"), hand("comite-academie"), reason="une coque manque")
    actions.judge(cart("AIX-CM02"), Verdict.WITHDRAWN, shown("AIX-CM02"), hand("comite"), reason="vu de trop loin")
    with pytest.raises(Refused, match="commune"):
        record_step(cart("AIX-CM02"), "service_done", hand("academie"))
    actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), hand("comite"))
    assert record_step(cart("AIX-CM02"), "service_done", hand("academie"))
    assert list(complaints()) == []


@pytest.mark.parametrize("login", ["dsi", "academie", "technicien", "admin", "pilotage"])
def test_only_a_member_gives_a_visa(login: str) -> None:
    with pytest.raises(Refused, match="comité technique"):
        actions.judge(cart("AIX-CM01"), Verdict.VALIDATED, shown("AIX-CM01"), hand(login))


def test_a_substitute_signs_while_the_full_member_is_recorded_absent() -> None:
    finished()
    told_of = convention()
    stand_in = Person.create(login="suppleant", name="Suppléant", role=Role.TECHNICAL_COMMITTEE.value, signatory="commune", everywhere=True)
    actions.give_seat(told_of, "technical", SUBSTITUTE_TOWN, stand_in, hand("academie"))
    with pytest.raises(Refused, match="noté absent"):
        actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), Hand(stand_in, DECEMBER))
    actions.record_absence(told_of, "technical", HOLDER_TOWN, date(2017, 12, 26), date(2017, 12, 29), hand("academie"))
    actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), Hand(stand_in, DECEMBER))


def test_who_left_a_seat_or_holds_one_of_the_other_signatory_gives_no_visa() -> None:
    finished()
    told_of = convention()
    newcomer = Person.create(login="titulaire", name="Titulaire", role=Role.TECHNICAL_COMMITTEE.value, signatory="commune", everywhere=True)
    actions.give_seat(told_of, "technical", HOLDER_TOWN, newcomer, hand("academie"))
    with pytest.raises(Refused, match="donné à une autre personne"):
        actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), hand("comite"))
    actions.give_seat(told_of, "technical", HOLDER_STATE, Person.get(Person.login == "comite"), hand("academie"))
    with pytest.raises(Refused, match="donné à une autre personne"):
        actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), hand("comite"))
    actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), Hand(newcomer, DECEMBER))


def test_one_person_never_validates_for_both_signatories() -> None:
    finished()
    actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), hand("comite"))
    moved = Person.get(Person.login == "comite")
    moved.signatory = "academie"
    moved.save()
    actions.give_seat(convention(), "technical", HOLDER_STATE, moved, hand("academie"))
    with pytest.raises(Refused, match="deux personnes"):
        actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), Hand(moved, DECEMBER))


@pytest.mark.parametrize("login", ["dsi", "admin", "academie", "comite"])
@pytest.mark.parametrize("step", ["acceptance", "service_done"])
def test_nobody_dispenses_with_the_committee_s_word_nor_with_the_academie_s(login: str, step: str) -> None:
    finished()
    with pytest.raises(Refused, match="ne se dispense pas"):
        record_step(cart("AIX-CM02"), step, hand(login), value="waived", note="pressé")


def test_a_dispensation_written_before_counts_for_nothing() -> None:
    """A journal of an earlier version may hold one: neither the board nor the subsidy takes it for the word itself."""
    finished()
    for step in ("acceptance", "service_done"):
        note_fact(cart("AIX-CM02"), f"step:{step}", "waived", hand("dsi"), note="pressé")
    one = on_board(EVERYWHERE, cart("AIX-CM02").id, None, DECEMBER)
    assert {one.progress.step(step).state for step in ("acceptance", "service_done")} == {StepState.TODO}
    assert "AIX-CM02" not in account(EVERYWHERE, convention(), None).observed
    with pytest.raises(Refused, match="commune, academie"):
        record_step(cart("AIX-CM02"), "service_done", hand("academie"))


def test_a_verdict_that_is_not_plain_says_why_and_a_class_not_delivered_waits() -> None:
    with pytest.raises(Refused, match="réserves"):
        actions.judge(cart("AIX-CM01"), Verdict.REFUSED, shown("AIX-CM01"), hand("comite"))
    with pytest.raises(Refused, match="11 tablettes livrées sur 14"):
        actions.judge(cart("AIX-CM02"), Verdict.VALIDATED, shown("AIX-CM02"), hand("comite"))


def test_a_decision_comes_back_on_every_agenda_until_it_is_closed() -> None:
    told_of = convention()
    still = "Suivi : Livrer les trois tablettes restantes de AIX-CM02 (technicien de terrain, pour le 19/01/2018)"
    assert still in agenda_of(EVERYWHERE, told_of.key, "technical", DECEMBER)
    one = Decision.select().order_by(Decision.id.desc()).get()
    with pytest.raises(Refused, match="son résultat"):
        actions.close_decision(one, "done", " ", hand("academie"))
    actions.close_decision(one, "done", "livrées le 27", hand("academie"))
    assert still not in agenda_of(EVERYWHERE, told_of.key, "technical", DECEMBER)
    assert [two.open for two in decisions(EVERYWHERE, told_of.key, None)] == [False, False]


def test_a_meeting_to_come_is_not_held_and_a_held_one_changes_no_more() -> None:
    told_of = convention()
    row = actions.plan_meeting(told_of, Meeting("steering", date(2018, 1, 16), "14:00", "mairie"), hand("academie"))
    with pytest.raises(Refused, match="pas encore eu lieu"):
        actions.hold_meeting(row, {0}, "", hand("academie"))
    with pytest.raises(Refused, match="tenue"):
        actions.decide(row, "quelque chose", "académie", None, hand("academie"))
    held = next(one for one in sittings(EVERYWHERE, told_of.key, None) if one.state is MeetingState.HELD)
    with pytest.raises(Refused, match="ne change plus"):
        actions.change_meeting(MeetingPaper.get_by_id(held.id), replace(held.meeting, place="ailleurs"), hand("academie"))


serials = st.text("AB", min_size=1, max_size=2)
rows = st.builds(TabletShown, st.integers(1, 4), serials, st.sampled_from(["delivered", "stolen"]), st.just("enrolled"), st.just("compliant"))
evidences = st.builds(
    Evidence, st.just("AIX-CM01"), st.just("0131204N"), st.integers(1, 3), st.lists(rows, max_size=3, unique_by=lambda one: one.serial),
    st.dictionaries(st.sampled_from(["mdm", "storage"]), st.sampled_from(["done", "todo"])), st.just("done"), st.just("sufficient"),
    st.sampled_from(["", "18.4"]), st.lists(st.sampled_from(["gone:A"]), max_size=1),
)  # fmt: skip


@given(evidences, evidences)
def test_two_evidences_have_one_digest_when_nothing_changed_and_only_then(before: Evidence, after: Evidence) -> None:
    one, two = ({**told(shown), "tablets": sorted(told(shown)["tablets"], key=lambda row: row["serial"])} for shown in (before, after))
    assert (digest(one) == digest(two)) == (list(changes(one, two)) == [])
