"""Where the present pace leads, in school days."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from deploy.schedule.pace import Phase, forecast, phase, school_days_left

FIRST, LAST = date(2017, 10, 2), date(2017, 12, 22)


class MondayToFriday:
    """Every weekday is a school day, until the calendar ends."""

    def school_days(self, first: date, last: date) -> list[date]:
        days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        return [day for day in days if day.weekday() < 5]

    def school_days_after(self, day: date, count: int) -> date:
        while count:
            day += timedelta(days=1)
            count -= day.weekday() < 5
        if day.year > 2018:
            raise LookupError
        return day


@pytest.mark.parametrize(
    ("today", "done", "expected"),
    [
        (date(2017, 10, 1), False, Phase.AHEAD),
        (FIRST, False, Phase.OPEN),
        (LAST, False, Phase.OPEN),
        (LAST + timedelta(days=1), False, Phase.LATE),
        (LAST + timedelta(days=1), True, Phase.DONE),
    ],
)
def test_both_dates_of_a_class_are_inside_its_window(today: date, done: bool, expected: Phase) -> None:
    assert phase(FIRST, LAST, today, done=done) is expected


def test_half_done_in_ten_school_days_ends_ten_school_days_later() -> None:
    today = date(2017, 10, 13)
    assert forecast(Fraction(1, 2), FIRST, today, MondayToFriday(), LookupError).day == date(2017, 10, 27)


def test_an_unknown_end_is_said_unknown_with_its_reason() -> None:
    days = MondayToFriday()
    assert forecast(Fraction(0), FIRST, LAST, days, LookupError).why == "rien n'est fait : aucun rythme à prolonger"
    assert forecast(Fraction(1, 999), FIRST, LAST, days, LookupError).why == "au-delà des calendriers scolaires connus"
    assert forecast(Fraction(1, 2), FIRST, date(2017, 9, 1), days, LookupError).day is None


def test_today_counts_among_the_days_left_and_none_is_left_afterwards() -> None:
    days = MondayToFriday()
    assert school_days_left(days, FIRST, LAST, LAST) == 1
    assert school_days_left(days, FIRST, LAST, LAST + timedelta(days=1)) == 0
