"""A quarter is three months of Paris, whatever the machine thinks of UTC."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.reports.quarter import Quarter
from inventory.errors import Refused

AUTUMN = Quarter(2017, 4)


@pytest.mark.parametrize("text", ["2017-Q4", "2017-T4", "T4-2017", "Q4-2017", " 2017-q4 ", "2017T4"])
def test_autumn_2017_is_read_as_people_write_it(text: str) -> None:
    assert Quarter.parse(text) == AUTUMN


@pytest.mark.parametrize(
    "text", ["", "2017", "2017-Q5", "2017-Q0", "17-Q4", "٢٠١٧-Q4", "0000-Q1", "2017-Q4-2018", "hiver"]
)
def test_what_is_no_quarter_is_refused_with_the_remedy(text: str) -> None:
    with pytest.raises(Refused, match=r"2017-Q4 ou T4-2017"):
        Quarter.parse(text)


def test_autumn_2017_runs_from_october_to_saint_sylvestre() -> None:
    assert (AUTUMN.first, AUTUMN.last) == (date(2017, 10, 1), date(2017, 12, 31))
    assert (AUTUMN.key, AUTUMN.label) == ("2017-Q4", "4e trimestre 2017")
    assert Quarter(2018, 1).label == "1er trimestre 2018"


def test_its_first_and_last_moments_are_those_of_paris() -> None:
    assert AUTUMN.start == datetime(2017, 9, 30, 22, tzinfo=UTC)
    assert AUTUMN.end == datetime(2017, 12, 31, 22, 59, 59, 999999, tzinfo=UTC)


def test_before_winter_is_autumn() -> None:
    assert Quarter(2018, 1).before() == AUTUMN
    assert AUTUMN.before() == Quarter(2017, 3)


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_is_in_one_quarter_and_quarters_touch(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first <= day <= quarter.last
    assert quarter.before().last + timedelta(days=1) == quarter.first
    assert quarter.before().end + timedelta(microseconds=1) == quarter.start
    assert Quarter.parse(quarter.key) == quarter
