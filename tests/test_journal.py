"""The journal: nothing written is ever changed, whoever tries; the past is read as it was told, and the copies agree with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config import checks
from inventory import db, journal
from inventory.actions.places import note_fact, register_school
from inventory.actions.records import Hand
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.columns import MomentField, canonical
from inventory.errors import Refused
from inventory.journal import Entry, When, facts
from inventory.lifecycle import Stage, latest_told
from inventory.models import Event, Fact, MobileClass, Person, Remark, School, Tablet

HOUR = timedelta(hours=1)
ALTERATIONS = {
    "its value": "UPDATE event SET value = 'delivered' WHERE position = 3",
    "its moment": "UPDATE event SET at = at - 86400000000 WHERE position = 3",
    "its author": "UPDATE event SET actor_id = NULL WHERE position = 3",
    "its detail": "UPDATE event SET detail = '{\"after\":\"in_service\"}' WHERE position = 3",
    "its absence": "DELETE FROM event WHERE position = 3",
}


def write_by_hand(statement: str) -> None:
    """What an administrator of the database could do: take the triggers and the keys off, then write."""
    if db.on_postgres():
        db.database.execute_sql("ALTER TABLE event DISABLE TRIGGER ALL")
    else:
        for verb in ("update", "delete"):
            db.database.execute_sql(f"DROP TRIGGER event_refuses_{verb}")
        db.database.execute_sql("PRAGMA foreign_keys = OFF")
    db.database.execute_sql(statement)


@pytest.fixture
def tablet(store: object, hand: Hand) -> Tablet:
    """Three lines: registered, received, and found good; the fourth says that the cart was informed of."""
    tablet = register_tablet(Tablet(serial="TESTJ00001"), hand)
    record_stage(tablet, Stage.RECEIVED, hand)
    record_stage(tablet, Stage.CHECKED, replace(hand, now=hand.now + HOUR), note="carton abîmé")
    note_fact(tablet, "labelled_by", "Bruno", replace(hand, now=hand.now + 2 * HOUR))
    return tablet


@pytest.mark.parametrize("statement", ["UPDATE event SET value = 'stolen'", "DELETE FROM event", *ALTERATIONS.values()])
def test_the_database_itself_refuses_to_change_a_line(statement: str, tablet: Tablet) -> None:
    with pytest.raises(Exception, match="event is append-only"):
        db.database.execute_sql(statement)
    assert Event.select().count() == 4 and list(journal.complaints()) == []


def test_the_orm_is_refused_too(tablet: Tablet) -> None:
    with pytest.raises(Exception, match="event is append-only"):
        Event.update(value="stolen").execute()
    with pytest.raises(Exception, match="event is append-only"):
        Event.get(Event.position == 3).delete_instance()


@pytest.mark.parametrize("statement", ALTERATIONS.values(), ids=ALTERATIONS)
def test_a_line_altered_behind_the_back_of_the_database_breaks_the_chain(statement: str, tablet: Tablet) -> None:
    write_by_hand(statement)
    assert any("ne suit pas la précédente (chaîne rompue)" in complaint for complaint in journal.complaints())


def test_a_line_rewritten_with_its_digest_breaks_the_next_one(tablet: Tablet) -> None:
    line = Event.select().where(Event.position == 3).tuples().get()
    forged = [*line[:4], "delivered", canonical(line[5]), *(moment_of(line[6]), moment_of(line[7])), *line[8:11]]
    write_by_hand(f"UPDATE event SET value = 'delivered', digest = '{journal.chain_digest(line[11], forged)}' WHERE position = 3")
    assert [complaint for complaint in journal.complaints() if "chaîne" in complaint] == [
        "journal : la ligne 4 ne suit pas la précédente (chaîne rompue)"
    ]


def moment_of(moment: datetime) -> int | None:
    return MomentField().db_value(moment)


def test_the_last_line_taken_away_leaves_a_copy_without_its_reason(tablet: Tablet) -> None:
    before = journal.head()
    write_by_hand("DELETE FROM event WHERE position = 4")
    assert list(journal.complaints()) == [f"fait tablet {tablet.id} « labelled_by » : la copie ne vaut pas le pli du journal"]
    assert journal.head() != before, "the head printed on an export does not match any more"


@pytest.mark.parametrize("column", ["position", "subject", "subject_id", "value", "detail", "at", "note_digest", "digest"])
@pytest.mark.parametrize("value", ["NULL", "x'ff'", "'?'"])
def test_a_damaged_file_is_told_and_stops_no_check(column: str, value: str, tablet: Tablet) -> None:
    """A file may hold in a column what its engine would never have let in: nothing, bytes, or words for a number."""
    write_by_hand("PRAGMA legacy_alter_table = ON")
    for name in ("event", "fact"):
        for statement in (f"CREATE TABLE bare AS SELECT * FROM {name}", f"DROP TABLE {name}", f"ALTER TABLE bare RENAME TO {name}"):
            db.database.execute_sql(statement)
    db.database.execute_sql(f"UPDATE event SET {column} = {value} WHERE position = 3")
    if column in ("subject", "subject_id", "value", "detail", "at"):
        db.database.execute_sql(f"UPDATE fact SET {column} = {value} WHERE position = 3")
    assert any("chaîne rompue" in told for told in list(journal.complaints()))


def test_a_copy_that_cannot_be_read_stops_no_check(tablet: Tablet) -> None:
    db.database.execute_sql("UPDATE fact SET detail = '?' WHERE axis = 'record'")
    assert [told.partition(" :")[0] for told in checks.complaints()] == [f"fait tablet {tablet.id} « record »", "copies"]


def test_a_copy_altered_is_seen(tablet: Tablet) -> None:
    Fact.update(value="in_service").where(Fact.axis == "stage").execute()
    assert list(journal.complaints()) == [f"fait tablet {tablet.id} « stage » : la copie ne vaut pas le pli du journal"]


def test_a_copy_of_an_earlier_line_and_a_missing_one_are_seen(tablet: Tablet) -> None:
    """Each line is sound, and so is each copy but for its being the last: what no comparison of single lines would see."""
    Fact.delete().where(Fact.axis == "labelled_by").execute()
    earlier = Event.get(Event.position == 2)
    Fact.update(value=earlier.value, detail=earlier.detail, at=earlier.at, noted=earlier.noted, position=2).where(Fact.axis == "stage").execute()
    assert [told.partition(" :")[0] for told in journal.complaints()] == [f"fait tablet {tablet.id} « labelled_by »", f"fait tablet {tablet.id} « stage »"]


def test_the_chain_is_followed_from_one_part_to_the_next(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "A_PART", 2)
    assert list(journal.complaints()) == []
    write_by_hand("UPDATE event SET value = 'delivered' WHERE position = 3")
    assert [told.partition(" ne")[0] for told in journal.complaints()] == ["journal : la ligne 3", f"fait tablet {tablet.id} « stage » : la copie"]


def test_a_remark_may_be_erased_but_not_rewritten(tablet: Tablet) -> None:
    Remark.update(text="carton intact").execute()
    assert list(journal.complaints()) == ["journal : la note de la ligne 3 ne correspond pas à son empreinte"]
    Remark.update(text=None).execute()
    assert list(journal.complaints()) == []


def test_a_remark_is_not_in_the_chain_and_cannot_be_guessed_from_it(tablet: Tablet, hand: Hand) -> None:
    other = register_tablet(Tablet(serial="TESTJ00002"), hand)
    for stage in (Stage.RECEIVED, Stage.CHECKED):
        record_stage(other, stage, hand, note="carton abîmé")
    digests = [event.note_digest for event in Event.select() if event.note_digest]
    assert len(set(digests)) == len(digests) == 3
    assert not any("carton" in str(value) for row in Event.select().tuples() for value in row)


def test_the_past_is_told_as_it_was_true_and_as_it_was_known(granettes_cart: MobileClass, hand: Hand) -> None:
    """Bruno put the tablet in its slot on Monday, and only wrote it down on Thursday."""
    monday, tuesday, thursday = hand.now, hand.now + timedelta(days=1), hand.now + timedelta(days=3)
    tablet = register_tablet(Tablet(serial="TESTJ00001"), hand)
    place(tablet, granettes_cart, 3, replace(hand, now=thursday), at=monday + HOUR)

    def slot(when: When | None) -> object:
        line = facts("tablet", axes=["place"], when=when).get((tablet.id, "place"))
        return line.detail["slot"] if line else None

    assert slot(None) == 3
    assert slot(When(tuesday)) == 3, "with all that is known now"
    assert slot(When(tuesday, known=tuesday)) is None, "as the board of Tuesday told it"
    assert slot(When(monday)) is None
    assert slot(When(thursday, known=thursday)) == 3


def test_a_correction_does_not_change_what_was_told_before(tablet: Tablet, hand: Hand) -> None:
    friday = hand.now + timedelta(days=2)
    record_stage(tablet, Stage.LOST, replace(hand, now=friday), at=friday - HOUR, note="plus dans la valise")
    as_told = facts("tablet", axes=["stage"], when=When(friday, known=friday - HOUR))
    assert as_told[tablet.id, "stage"].value == "checked"
    assert facts("tablet", axes=["stage"], when=When(friday))[tablet.id, "stage"].value == "lost"
    assert tablet.stage == "lost" and list(journal.complaints()) == []


def test_a_line_learned_late_takes_its_place_in_the_past_and_leaves_the_present(store: object, hand: Hand) -> None:
    school, _ = register_school({"uai": "0131204N", "name": "Granettes"}, hand)
    for value, at in (("done", hand.now), ("refused", hand.now - HOUR)):
        note_fact(school, "step:connectivity", value, hand, at=at)
    line = facts("school", axes=["step:connectivity"])[school.id, "step:connectivity"]
    assert (line.value, line.position) == ("done", 2)
    assert list(journal.complaints()) == []


def test_all_of_a_verb_or_nothing_of_it(store: object, hand: Hand) -> None:
    with pytest.raises(Refused, match="vérifier"), db.atomic():
        register_school({"uai": "0131204N", "name": "Granettes"}, hand)
        register_school({"uai": "0132397N", "name": "Floriales"}, hand)
    assert (School.select().count(), journal.head()) == (0, (0, journal.START))


def test_a_verb_refused_inside_another_leaves_the_rest_of_it(store: object, hand: Hand) -> None:
    with db.atomic():
        register_school({"uai": "0131204N", "name": "Granettes"}, hand)
        with pytest.raises(Refused):
            register_tablet(Tablet(serial="000000"), hand)
        register_school({"uai": "0132397K", "name": "Floriales"}, hand)
    assert [event.position for event in Event.select()] == [1, 2] and list(journal.complaints()) == []


def test_history_tells_who_said_what_newest_first(tablet: Tablet, alice: Person) -> None:
    told = [(event.axis, event.value, event.actor.name, event.source) for event in journal.history("tablet", tablet.id)]
    assert told[1:3] == [("stage", "checked", alice.name, "person"), ("stage", "received", alice.name, "person")]


MOMENTS = st.integers(0, 6).map(lambda hours: datetime(2017, 10, 29, tzinfo=UTC) + hours * HOUR)
"""Around the night in which Paris has three o'clock twice."""


@pytest.fixture
def tell(store: object) -> Callable[[list[tuple[datetime, datetime]]], int]:
    """A new subject with one line per (moment, learned at), whose value is its rank."""
    numbers = iter(range(1, 10_000))

    def write(told: list[tuple[datetime, datetime]]) -> int:
        subject_id = next(numbers)
        for rank, (at, noted) in enumerate(told):
            journal.append([Entry("school", subject_id, "step:x", str(rank), at)], noted=noted, actor=None, source="person")
        return subject_id

    return write


def test_one_fold_serves_now_the_past_and_what_was_known(tell: Callable[[list[tuple[datetime, datetime]]], int]) -> None:
    @settings(deadline=None)
    @given(st.lists(st.tuples(MOMENTS, MOMENTS), min_size=1, max_size=6), MOMENTS, st.none() | MOMENTS)
    def agree(told: list[tuple[datetime, datetime]], moment: datetime, known: datetime | None) -> None:
        subject_id = tell(told)
        lines = list(journal.lines("school", ids=[subject_id]))
        key, last = (subject_id, "step:x"), max(at for at, _ in told)
        assert facts("school", ids=[subject_id], when=When(moment, known)).get(key) == latest_told(lines, moment, known)
        assert facts("school", ids=[subject_id])[key] == latest_told(lines, last)
        assert journal.value_at("school", subject_id, "step:x", moment) == latest_told(lines, moment)

    agree()
    assert list(journal.complaints()) == []
