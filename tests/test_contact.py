"""Silence counted in hours of class: the Granettes' cart sleeps through Toussaint, and nobody is called."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.calendars import load
from inventory.contact import Contact, ContactState, Thresholds, contact, on_the_wall, silences
from inventory.errors import Refused
from inventory.french import NBSP
from inventory.paris import PARIS, start_of
from inventory.school_time import Closing, Rhythm, SchoolTime

ZONE_B = load(Path(__file__).parent.parent / "config" / "calendars", "B")
GRANETTES = SchoolTime(ZONE_B, Rhythm.WEDNESDAY)
USUAL = Thresholds()
MOMENTS = st.datetimes(datetime(2017, 9, 1), datetime(2018, 9, 2, 21), timezones=st.just(UTC))


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type, misc]


TOUSSAINT_EVE = paris(2017, 10, 20, 16, 30)


def silence(last: datetime | None, now: datetime, time: SchoolTime = GRANETTES, limits: Thresholds = USUAL) -> Contact:
    return contact(last, now, time, limits)


def test_a_cart_that_sleeps_through_toussaint_raises_no_alarm() -> None:
    told = silence(TOUSSAINT_EVE, paris(2017, 11, 6, 8, 30))
    assert told == Contact(ContactState.RESTING, TOUSSAINT_EVE, timedelta(hours=400), timedelta(), 0)
    assert told.sentence == "pas une heure de classe depuis son dernier contact"


def test_a_cart_put_away_before_the_bell_rests_all_the_same() -> None:
    told = silence(paris(2017, 10, 20, 15, 52), paris(2017, 11, 3, 12))
    assert (told.state, told.school) == (ContactState.RESTING, timedelta(minutes=38))
    assert told.sentence == "vue il y a moins d'une heure de classe"


def test_the_first_minute_of_class_ends_the_rest() -> None:
    assert silence(TOUSSAINT_EVE, paris(2017, 11, 6, 8, 31)).state is ContactState.RECENT


def test_one_week_of_class_is_twenty_seven_hours_and_five_days() -> None:
    told = silence(TOUSSAINT_EVE, paris(2017, 11, 13, 8, 30))
    assert (told.school, told.school_days, told.sentence) == (timedelta(hours=27), 5, f"vue il y a 5{NBSP}jours de classe")


@pytest.mark.parametrize(
    ("day", "state"),
    [
        (date(2017, 11, 17), ContactState.RECENT),
        (date(2017, 11, 18), ContactState.WATCH),
        (date(2017, 12, 1), ContactState.WATCH),
        (date(2017, 12, 2), ContactState.SILENT),
        (date(2017, 12, 28), ContactState.SILENT),
    ],
)
def test_ten_school_days_are_watched_and_twenty_are_an_alarm_holidays_or_not(day: date, state: ContactState) -> None:
    assert silence(TOUSSAINT_EVE, start_of(day)).state is state


def test_thresholds_are_the_operator_s() -> None:
    assert silence(TOUSSAINT_EVE, start_of(date(2017, 11, 9)), limits=Thresholds(2, 3)).state is ContactState.SILENT
    for watch, silent in ((0, 5), (10, 9)):
        with pytest.raises(Refused, match="Seuils de silence"):
            Thresholds(watch, silent)


def test_a_school_shut_for_works_rests_while_its_neighbour_s_silence_counts() -> None:
    floriales = SchoolTime(ZONE_B, Rhythm.WEDNESDAY, (Closing(date(2017, 11, 13), date(2017, 12, 8), "travaux"),))
    last, now = paris(2017, 11, 10, 16, 30), paris(2017, 12, 7, 12)
    assert silence(last, now, floriales).state is ContactState.RESTING
    assert silence(last, now).state is ContactState.WATCH


@pytest.mark.parametrize(
    ("now", "state", "sentence"),
    [
        (paris(2017, 11, 14, 9, 30), ContactState.RECENT, "vue il y a moins d'une heure de classe"),
        (paris(2017, 11, 14, 14, 30), ContactState.RECENT, f"vue il y a 3{NBSP}h de classe"),
        (paris(2017, 11, 15, 20), ContactState.RECENT, f"vue il y a 1{NBSP}jour de classe"),
        (paris(2017, 11, 19, 18), ContactState.RESTING, f"vue il y a 3{NBSP}jours de classe"),
    ],
)
def test_what_is_said_of_a_tablet_last_seen_on_tuesday_14_november_at_nine(now: datetime, state: ContactState, sentence: str) -> None:
    told = silence(paris(2017, 11, 14, 9), now)
    assert (told.state, told.sentence) == (state, sentence)


def test_a_tablet_never_heard_or_heard_only_in_the_future_is_unknown() -> None:
    now = paris(2017, 11, 15, 10)
    assert silence(None, now) == silence(paris(2099, 1, 1), now) == Contact(ContactState.UNKNOWN, None)
    assert silence(None, now).sentence == "aucun contact connu"


def test_a_silence_that_leaves_the_calendars_is_unknown_and_says_when() -> None:
    told = silence(TOUSSAINT_EVE, paris(2018, 9, 3, 9))
    assert (told.state, told.last, told.school, told.school_days) == (ContactState.UNKNOWN, TOUSSAINT_EVE, None, None)
    assert told.sentence == "vue le 20/10/2017 à 16:30, hors des calendriers scolaires connus"


def test_the_wall_shows_no_more_than_a_clock_put_back() -> None:
    assert on_the_wall(datetime(2017, 10, 29, 0, 50, tzinfo=UTC), datetime(2017, 10, 29, 1, 10, tzinfo=UTC)) == timedelta()
    assert on_the_wall(paris(2018, 3, 24, 12), paris(2018, 3, 25, 12)) == timedelta(hours=24)


@given(MOMENTS, MOMENTS, MOMENTS)
def test_silence_only_grows_until_the_tablet_is_heard(one: datetime, other: datetime, third: datetime) -> None:
    last, earlier, later = sorted((one, other, third))
    severity = {ContactState.RECENT: 0, ContactState.RESTING: 0, ContactState.WATCH: 1, ContactState.SILENT: 2}
    before, after = silence(last, earlier), silence(last, later)
    assert severity[before.state] <= severity[after.state]
    assert (before.school, before.school_days) <= (after.school, after.school_days)  # type: ignore[operator]


@given(MOMENTS, MOMENTS)
def test_no_hour_of_class_is_never_an_alarm_and_after_a_day_is_a_rest(one: datetime, other: datetime) -> None:
    last, now = sorted((one, other))
    told = silence(last, now)
    if not told.school:
        assert told.state is (ContactState.RESTING if now - last >= timedelta(hours=24) else ContactState.RECENT)
    if told.state is ContactState.RESTING:
        assert not GRANETTES.in_session(now - timedelta(microseconds=1))
    assert told.sentence


@given(
    st.datetimes(datetime(2017, 7, 1), datetime(2018, 11, 1), timezones=st.just(UTC)), st.integers(-5, 500 * 24 * 60), st.integers(1, 30), st.integers(0, 30),
    st.sampled_from([GRANETTES, SchoolTime(ZONE_B, Rhythm.FOUR_DAYS, (Closing(date(2017, 11, 20), date(2017, 12, 8), "chauffage"),))]),
)  # fmt: skip
def test_turned_over_the_rule_finds_the_same_silences(now: datetime, minutes: int, watch: int, more: int, time: SchoolTime) -> None:
    limits, last = Thresholds(watch, watch + more), now - timedelta(minutes=minutes)
    spans = silences(now, time, limits)
    held = [state for state, (after, upto) in spans.items() if after < last <= upto]
    assert held == ([] if contact(last, now, time, limits).state is ContactState.UNKNOWN else [contact(last, now, time, limits).state])
    for edge in {moment for span in spans.values() for moment in span}:
        for near in (edge, edge + timedelta(microseconds=1)):
            told = contact(near, now, time, limits).state
            assert [state for state, (after, upto) in spans.items() if after < near <= upto] == ([told] if told is not ContactState.UNKNOWN else [])
