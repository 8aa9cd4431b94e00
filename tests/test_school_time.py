"""Autumn 2017 in Aix: fifty school days in a window of ninety-two, across the night of 29 October."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.calendars import Break, Holidays, UnknownCalendar, load
from inventory.paris import PARIS, at, end_of, local_date, start_of
from inventory.school_time import AFTERNOON, MORNING, Closing, Rhythm, SchoolTime

CALENDARS = Path(__file__).parent.parent / "config" / "calendars"
ZONE_B = load(CALENDARS, "B")
AIX = SchoolTime(ZONE_B, Rhythm.WEDNESDAY)
SNOW = SchoolTime(ZONE_B, Rhythm.WEDNESDAY, (Closing(date(2017, 12, 11), date(2017, 12, 12), "neige"),))
FIRST, LAST = date(2017, 10, 1), date(2017, 12, 31)
DAY = timedelta(days=1)
DAYS = st.dates(ZONE_B.first, ZONE_B.last)
MOMENTS = st.datetimes(datetime(2017, 9, 1), datetime(2018, 9, 2, 21), timezones=st.just(UTC))
TIMES = st.builds(
    SchoolTime, st.just(ZONE_B), st.sampled_from(Rhythm),
    st.lists(st.builds(lambda day, length: Closing(day, day + length * DAY, "travaux"), DAYS, st.integers(0, 20)), max_size=3),
)  # fmt: skip


def paris(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=PARIS).astimezone(UTC)  # type: ignore[arg-type, misc]


def between(first: date, last: date) -> list[date]:
    return [first + number * DAY for number in range((last - first).days + 1)]


def has_class(time: SchoolTime, day: date) -> bool:
    """Whether there is class, as one reads it off the calendar's rows."""
    away = [*ZONE_B.breaks, *time.closings]
    return bool(time.rhythm.half_days[day.weekday()]) and not AIX_FEASTS.get(day) and not any(one.first <= day <= one.last for one in away)


AIX_FEASTS = dict(AIX.public_holidays(ZONE_B.first, ZONE_B.last))


def test_the_window_has_fifty_school_days_of_ninety_two() -> None:
    october = [f"2017-10-{day}" for day in (23, 24, 25, 26, 27, 30, 31)]
    assert AIX.census(FIRST, LAST) == {
        "calendar": 92, "weekdays": 65, "municipal": 63, "school": 50, "full": 40, "half_days": 90, "empty_school_municipal": 13,
        "empty_school_dates": [*october, "2017-11-02", "2017-11-03", "2017-12-26", "2017-12-27", "2017-12-28", "2017-12-29"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("month", "last", "weekdays", "municipal", "school", "full", "empty"),
    [(10, 31, 22, 22, 15, 12, 7), (11, 30, 22, 21, 19, 15, 2), (12, 31, 21, 20, 16, 13, 4)],
)
def test_each_month_of_the_window(month: int, last: int, weekdays: int, municipal: int, school: int, full: int, empty: int) -> None:
    census = AIX.census(date(2017, month, 1), date(2017, month, last))
    counted = [census[key] for key in ("calendar", "weekdays", "municipal", "school", "full", "empty_school_municipal")]
    assert counted == [last, weekdays, municipal, school, full, empty]


def test_the_last_school_day_is_the_22nd_of_december_and_class_resumes_on_the_8th() -> None:
    assert AIX.last_school_day(FIRST, LAST) == date(2017, 12, 22)
    assert AIX.last_school_day(date(2017, 12, 23), LAST) is None
    assert AIX.next_school_day(date(2017, 12, 23)) == date(2018, 1, 8)
    assert AIX.next_school_day(date(2017, 10, 21)) == date(2017, 11, 6)
    assert AIX.next_school_day(date(2017, 12, 22)) == date(2017, 12, 22)


def test_ten_school_days_after_the_eve_of_toussaint_is_the_17th_of_november() -> None:
    assert AIX.school_days_after(date(2017, 10, 20), 10) == date(2017, 11, 17)
    assert AIX.school_days_after(date(2017, 10, 29), 0) == date(2017, 10, 29)
    with pytest.raises(ValueError, match="-1"):
        AIX.school_days_after(FIRST, -1)


def test_four_days_and_saturday_morning_count_otherwise() -> None:
    four = SchoolTime(ZONE_B, Rhythm.FOUR_DAYS).census(FIRST, LAST)
    assert (four["school"], four["half_days"]) == (40, 80)
    saturday = SchoolTime(ZONE_B, Rhythm.SATURDAY)
    assert saturday.is_school_day(date(2017, 10, 7)) and not saturday.is_school_day(date(2017, 10, 4))
    assert not saturday.is_school_day(date(2017, 11, 11))
    assert saturday.census(FIRST, LAST)["school"] == 47


def test_snow_closes_one_school_and_not_its_neighbour() -> None:
    assert (SNOW.census(FIRST, LAST)["school"], AIX.census(FIRST, LAST)["school"]) == (48, 50)
    assert SNOW.next_school_day(date(2017, 12, 11)) == date(2017, 12, 13)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2017, 12, 11), "fermeture : neige"),
        (date(2017, 12, 13), None),
        (date(2017, 10, 24), "vacances de la Toussaint"),
        (date(2017, 11, 1), "férié : Toussaint"),
        (date(2017, 11, 11), "férié : Armistice 1918"),
        (date(2018, 2, 28), "vacances d'hiver"),
        (date(2017, 11, 12), "pas de classe le dimanche"),
    ],
)
def test_why_a_school_is_closed_is_said_in_french(day: date, why: str | None) -> None:
    assert SNOW.why_closed(day) == why


def test_a_day_that_no_calendar_covers_is_unknown_to_every_question() -> None:
    beyond, before = date(2018, 9, 3), date(2017, 8, 31)
    for ask in (AIX.is_school_day, AIX.half_days, AIX.why_closed, AIX.holiday_on, AIX.next_school_day):
        for day in (before, beyond):
            with pytest.raises(UnknownCalendar, match=f"{day:%d/%m/%Y}"):
                ask(day)
    for question in (AIX.school_days, AIX.census, AIX.last_school_day):
        with pytest.raises(UnknownCalendar, match="03/09/2018"):
            question(LAST, beyond)
    with pytest.raises(UnknownCalendar):
        AIX.in_session(paris(2018, 9, 3, 9))
    for count in (AIX.open_between, AIX.school_days_between):
        with pytest.raises(UnknownCalendar, match="31/08/2017"):
            count(paris(2017, 8, 31, 12), paris(2017, 10, 2, 12))
    with pytest.raises(UnknownCalendar):
        AIX.school_days_after(LAST, 1000)


def test_hours_are_not_counted_across_a_year_that_no_calendar_covers() -> None:
    holey = Holidays("B", ((FIRST, LAST), (date(2018, 1, 8), date(2018, 2, 23))), ZONE_B.breaks)
    time = SchoolTime(holey, Rhythm.WEDNESDAY)
    assert time.is_school_day(date(2018, 1, 8))
    for ask in (time.open_between, time.school_days_between):
        with pytest.raises(UnknownCalendar, match="01/01/2018"):
            ask(paris(2017, 12, 22, 9), paris(2018, 1, 9, 9))
    with pytest.raises(UnknownCalendar, match="01/01/2018"):
        time.school_days_after(date(2017, 12, 22), 1)


def test_the_midnight_that_ends_the_calendars_is_still_known() -> None:
    time = SchoolTime(Holidays("B", ((date(2017, 10, 2), date(2017, 10, 3)),), ()), Rhythm.FOUR_DAYS)
    assert time.open_between(start_of(date(2017, 10, 2)), start_of(date(2017, 10, 4))) == timedelta(hours=12)


@pytest.mark.parametrize(
    ("clock", "open_"), [((8, 29), False), ((8, 30), True), ((11, 29), True), ((11, 30), False), ((13, 30), True), ((16, 30), False)]
)
def test_a_monday_on_either_side_of_the_end_of_summer_time(clock: tuple[int, int], open_: bool) -> None:
    assert AIX.in_session(paris(2017, 10, 16, *clock)) is open_
    assert AIX.in_session(paris(2017, 11, 6, *clock)) is open_


def test_wednesday_afternoon_is_free() -> None:
    assert AIX.in_session(paris(2017, 11, 15, 9)) and not AIX.in_session(paris(2017, 11, 15, 14))


def test_the_toussaint_holidays_hold_no_hour_and_the_week_after_twenty_seven() -> None:
    assert AIX.open_between(paris(2017, 10, 20, 16, 30), paris(2017, 11, 6, 8, 30)) == timedelta()
    assert AIX.open_between(paris(2017, 10, 20, 16, 30), paris(2017, 11, 13, 8, 30)) == timedelta(hours=27)
    assert AIX.open_between(paris(2017, 11, 13, 8, 30), paris(2017, 10, 20, 16, 30)) == timedelta()


def test_a_school_day_under_way_at_either_end_is_not_a_silent_one() -> None:
    assert AIX.school_days_between(paris(2017, 11, 13, 8, 31), paris(2017, 11, 16, 16, 29)) == 2
    assert AIX.school_days_between(paris(2017, 11, 13, 8, 30), paris(2017, 11, 16, 16, 30)) == 4
    assert AIX.school_days_between(paris(2017, 11, 14, 9), paris(2017, 11, 14, 10)) == 0


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(TypeError):
        AIX.open_between(datetime(2017, 10, 2), datetime(2017, 10, 3))


@given(TIMES, DAYS, DAYS)
def test_a_census_is_what_counting_by_hand_gives(time: SchoolTime, one: date, other: date) -> None:
    days = between(*sorted((one, other)))
    school = [day for day in days if has_class(time, day)]
    municipal = [day for day in days if day.weekday() < 5 and day not in AIX_FEASTS]
    empty = [day for day in municipal if not has_class(time, day)]
    halves = [time.rhythm.half_days[day.weekday()] for day in school]
    assert time.school_days(days[0], days[-1]) == school
    assert time.census(days[0], days[-1]) == {
        "calendar": len(days), "weekdays": sum(day.weekday() < 5 for day in days), "municipal": len(municipal),
        "school": len(school), "full": halves.count(2), "half_days": sum(halves),
        "empty_school_municipal": len(empty), "empty_school_dates": [day.isoformat() for day in empty],
    }  # fmt: skip


@given(TIMES, MOMENTS, MOMENTS, MOMENTS)
def test_open_hours_add_up_grow_with_time_and_never_exceed_it(time: SchoolTime, one: datetime, other: datetime, third: datetime) -> None:
    a, b, c = sorted((one, other, third))
    assert time.open_between(a, c) == time.open_between(a, b) + time.open_between(b, c)
    assert timedelta() <= time.open_between(a, b) <= min(b - a, time.open_between(a, c))
    assert time.school_days_between(a, b) <= time.school_days_between(a, c)


@given(TIMES, MOMENTS, MOMENTS)
def test_hours_and_days_are_what_walking_the_calendar_gives(time: SchoolTime, one: datetime, other: datetime) -> None:
    start, end = sorted((one, other))
    hours, whole = timedelta(), 0
    for day in between(local_date(start), local_date(end)):
        spans = [(at(day, opens), at(day, closes)) for opens, closes in (MORNING, AFTERNOON)[: time.half_days(day)]]
        hours += sum((max(timedelta(), min(end, closes) - max(start, opens)) for opens, closes in spans), timedelta())
        whole += bool(spans) and start <= spans[0][0] and spans[-1][1] <= end
    assert time.open_between(start, end) == hours
    assert time.school_days_between(start, end) == whole


@given(TIMES, DAYS)
def test_a_whole_day_holds_three_hours_for_each_half_day(time: SchoolTime, day: date) -> None:
    assert time.open_between(start_of(day), end_of(day)) == timedelta(hours=3) * time.half_days(day)
    assert (time.why_closed(day) is None) is time.is_school_day(day) is (time.half_days(day) > 0)


@given(TIMES, st.dates(ZONE_B.first, date(2018, 5, 1)), st.integers(1, 20))
def test_counting_on_and_counting_a_window_agree(time: SchoolTime, day: date, count: int) -> None:
    found = time.school_days_after(day, count)
    assert time.school_days(day + DAY, found)[-1] == found and len(time.school_days(day + DAY, found)) == count


@given(TIMES, MOMENTS)
def test_a_school_in_session_is_one_whose_hours_run(time: SchoolTime, moment: datetime) -> None:
    assert time.in_session(moment) is (time.open_between(moment, moment + timedelta(microseconds=1)) > timedelta())


def test_a_closing_outside_the_calendars_changes_nothing() -> None:
    far = SchoolTime(ZONE_B, Rhythm.WEDNESDAY, (Closing(date(1999, 1, 1), date(2017, 8, 1), "travaux"),))
    assert far.census(FIRST, LAST) == AIX.census(FIRST, LAST)
    assert AIX.closed_spans(FIRST, date(2017, 10, 29)) == [(date(2017, 10, 21), date(2017, 10, 29), "Vacances de la Toussaint")]
    assert Break(date(2017, 10, 21), date(2017, 11, 5), "Vacances de la Toussaint") in ZONE_B.breaks
