"""Autumn 2017 in Aix: fifty school days in a window of ninety-two, and silence counted in hours of class."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.calendars import UnknownCalendar, load
from inventory.contact import ContactState, Thresholds, contact
from inventory.paris import PARIS, end_of, start_of
from inventory.public_holidays import easter, holiday_on
from inventory.school_time import Closing, Rhythm, SchoolTime

CALENDARS = Path(__file__).parent.parent / "config" / "calendars"
ZONE_B = load(CALENDARS, "B")
AIX = SchoolTime(ZONE_B, Rhythm.WEDNESDAY)
FIRST, LAST = date(2017, 10, 1), date(2017, 12, 31)
DAYS = st.dates(ZONE_B.first, ZONE_B.last)
MOMENTS = st.datetimes(datetime(2017, 9, 5), datetime(2018, 7, 1)).map(lambda moment: moment.replace(tzinfo=UTC))


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type, misc]


def test_the_window_has_fifty_school_days_of_ninety_two() -> None:
    census = AIX.census(FIRST, LAST)
    empty = census.pop("empty_school_dates")
    assert census == {
        "calendar": 92, "weekdays": 65, "municipal": 63, "school": 50, "full": 40, "half_days": 90, "empty_school_municipal": 13,
    }  # fmt: skip
    october = [f"2017-10-{day}" for day in (23, 24, 25, 26, 27, 30, 31)]
    assert empty == [*october, "2017-11-02", "2017-11-03", "2017-12-26", "2017-12-27", "2017-12-28", "2017-12-29"]


def test_the_last_school_day_is_the_22nd_of_december_and_class_resumes_on_the_8th() -> None:
    assert AIX.last_school_day(FIRST, LAST) == date(2017, 12, 22)
    assert AIX.next_school_day(date(2017, 12, 23)) == date(2018, 1, 8)
    assert AIX.next_school_day(date(2017, 10, 21)) == date(2017, 11, 6)


def test_saturday_rhythm_and_four_days_count_otherwise() -> None:
    assert SchoolTime(ZONE_B, Rhythm.FOUR_DAYS).census(FIRST, LAST)["school"] == 40
    saturday = SchoolTime(ZONE_B, Rhythm.SATURDAY)
    assert saturday.is_school_day(date(2017, 10, 7)) and not saturday.is_school_day(date(2017, 10, 4))
    assert not saturday.is_school_day(date(2017, 11, 11))


def test_the_two_sources_agree_on_zone_b_and_zone_c_is_known() -> None:
    assert [one.first for one in ZONE_B.breaks if FIRST <= one.first <= LAST] == [date(2017, 10, 21), date(2017, 12, 23)]
    zone_c = load(CALENDARS, "C")
    assert date(2018, 2, 19) in {day for one in zone_c.breaks for day in (one.first, one.last, date(2018, 2, 19)) if one.first <= day <= one.last}


def test_a_day_that_no_calendar_covers_is_unknown() -> None:
    with pytest.raises(UnknownCalendar, match="27/11/2030"):
        AIX.is_school_day(date(2030, 11, 27))
    with pytest.raises(UnknownCalendar, match="zone D"):
        load(CALENDARS, "D")


def test_snow_closes_one_school_and_is_said() -> None:
    snow = SchoolTime(ZONE_B, Rhythm.WEDNESDAY, (Closing(date(2017, 12, 11), date(2017, 12, 12), "neige"),))
    assert snow.census(FIRST, LAST)["school"] == 48
    assert snow.why_closed(date(2017, 12, 11)) == "fermeture : neige"
    assert AIX.why_closed(date(2017, 10, 24)) == "Vacances de la Toussaint"
    assert AIX.why_closed(date(2017, 11, 11)) == "férié : Armistice 1918"


def test_a_cart_that_sleeps_through_toussaint_raises_no_alarm() -> None:
    silence = contact(paris(2017, 10, 20, 16, 30), paris(2017, 11, 6, 8, 30), AIX, Thresholds())
    assert silence.wall is not None and silence.wall == timedelta(hours=400)
    assert (silence.school, silence.school_days, silence.state) == (timedelta(), 0, ContactState.RESTING)


def test_one_week_of_class_is_twenty_seven_hours() -> None:
    silence = contact(paris(2017, 10, 20, 16, 30), paris(2017, 11, 13, 8, 30), AIX, Thresholds())
    assert (silence.school, silence.school_days) == (timedelta(hours=27), 5)


@pytest.mark.parametrize(
    ("day", "state"),
    [(date(2017, 11, 17), ContactState.RECENT), (date(2017, 11, 18), ContactState.WATCH), (date(2017, 12, 2), ContactState.SILENT)],
)
def test_ten_school_days_are_watched_and_twenty_are_an_alarm(day: date, state: ContactState) -> None:
    last = paris(2017, 10, 20, 16, 30)
    assert contact(last, start_of(day), AIX, Thresholds()).state is state


def test_a_contact_never_heard_or_in_the_future_is_unknown() -> None:
    now = paris(2017, 11, 15, 10)
    assert contact(None, now, AIX, Thresholds()).state is ContactState.UNKNOWN
    assert contact(paris(2099, 1, 1), now, AIX, Thresholds()).last is None


def test_easter_and_the_days_that_follow_it() -> None:
    assert [easter(year) for year in (2017, 2018, 2019, 2024)] == [date(2017, 4, 16), date(2018, 4, 1), date(2019, 4, 21), date(2024, 3, 31)]
    assert holiday_on(date(2018, 5, 10)) == "Ascension"


@given(DAYS, DAYS)
def test_a_census_is_what_counting_by_hand_gives(one: date, other: date) -> None:
    first, last = sorted((one, other))
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    census = AIX.census(first, last)
    assert census["school"] == sum(AIX.is_school_day(day) for day in days)
    assert census["empty_school_municipal"] == census["municipal"] - sum(  # type: ignore[operator]
        AIX.is_school_day(day) and AIX.is_municipal_day(day) for day in days
    )


@given(MOMENTS, MOMENTS, MOMENTS)
def test_open_hours_add_up_and_never_exceed_the_wall(one: datetime, other: datetime, third: datetime) -> None:
    a, b, c = sorted((one, other, third))
    assert AIX.open_between(a, c) == AIX.open_between(a, b) + AIX.open_between(b, c)
    assert timedelta() <= AIX.open_between(a, b) <= b - a


@given(DAYS)
def test_a_whole_day_holds_three_hours_for_each_half_day(day: date) -> None:
    if day < ZONE_B.last:
        assert AIX.open_between(start_of(day), end_of(day)) == timedelta(hours=3) * AIX.half_days(day)
