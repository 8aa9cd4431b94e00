"""Which period is due, minute by minute, on the nights of 25 and 23 hours too."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import pytest

from config.timetable import MOST_ATTEMPTS, day, quarter, retry_at, slot, timetable
from inventory.paris import at

BACKUP = time(2, 30)
MORNING = datetime(2017, 11, 15, 8, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def minutes(first: datetime, last: datetime) -> Iterator[datetime]:
    while first < last:
        yield first
        first += MINUTE


def test_the_night_of_25_hours_has_one_backup() -> None:
    """29 October 2017 shows 02:30 twice: at 00:30 and at 01:30 UTC."""
    night = [day(moment, BACKUP) for moment in minutes(datetime(2017, 10, 28, 20, tzinfo=UTC), datetime(2017, 10, 30, tzinfo=UTC))]
    assert sorted(set(night)) == ["2017-10-28", "2017-10-29"]
    assert night == sorted(night), "once a night is due, the night before is never due again"
    assert day(datetime(2017, 10, 29, 0, 30, tzinfo=UTC), BACKUP) == "2017-10-29"
    assert day(datetime(2017, 10, 29, 0, 29, tzinfo=UTC), BACKUP) == "2017-10-28"


def test_the_night_of_23_hours_has_one_too() -> None:
    """25 March 2018 goes from 02:00 to 03:00."""
    night = [day(moment, BACKUP) for moment in minutes(datetime(2018, 3, 24, 20, tzinfo=UTC), datetime(2018, 3, 26, tzinfo=UTC))]
    assert sorted(set(night)) == ["2018-03-24", "2018-03-25"] and night == sorted(night)


def test_every_day_of_three_years_has_its_night_and_no_other() -> None:
    first = datetime(2017, 9, 1, 12, tzinfo=UTC)
    nights = [day(first + 30 * MINUTE * half, BACKUP) for half in range(3 * 365 * 48)]
    assert nights == sorted(nights)
    assert len(set(nights)) == 3 * 365 + 1


def test_slots_follow_utc_so_that_none_is_doubled_when_summer_ends() -> None:
    slots = Counter(slot(moment, 60) for moment in minutes(datetime(2017, 10, 28, 22, tzinfo=UTC), datetime(2017, 10, 29, 23, tzinfo=UTC)))
    assert len(slots) == 25 and set(slots.values()) == {60}
    assert slot(datetime(2017, 10, 29, 1, 44, 59, tzinfo=UTC), 15) == "2017-10-29T01:30Z"
    assert slot(MORNING, 0) is None, "a town that reads its servers by hand"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(date(2018, 1, 1), time(4, 59)), "2017-Q3"),
        (at(date(2018, 1, 1), time(5)), "2017-Q4"),
        (at(date(2018, 3, 31), time(23, 59)), "2017-Q4"),
        (at(date(2018, 4, 1), time(5)), "2018-Q1"),
        (at(date(2017, 10, 1), time(5)), "2017-Q3"),
        (at(date(2017, 12, 31), time(23, 59)), "2017-Q3"),
    ],
)
def test_a_quarter_is_due_on_the_day_after_its_last_day(moment: datetime, expected: str) -> None:
    assert quarter(moment, time(5)) == expected


def test_the_timetable_says_what_is_due_this_morning() -> None:
    due = {job.name: job.period_of(MORNING) for job in timetable(60)}
    assert due == {"sync": "2017-11-15T08:00Z", "reconciliation": "2017-11-15", "lateness": "2017-11-15", "backup": "2017-11-15", "retention": "2017-11-15", "quarter": "2017-Q3", "letters": "2017-11-15"}


def test_retries_wait_longer_and_longer_up_to_an_hour() -> None:
    waits = [retry_at(MORNING, attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[-1] is None
    assert [moment - MORNING for moment in waits if moment] == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE, 32 * MINUTE]
