"""The slider of a window: its days, its months, its closings, and what it is while the window runs."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.schedule.slider import day_of_step, slider

WINDOW = (date(2017, 10, 1), date(2017, 12, 31))
TOUSSAINT = (date(2017, 10, 21), date(2017, 11, 5), "Vacances de la Toussaint")
ALL_SAINTS, ARMISTICE = (date(2017, 11, 1), "Toussaint"), (date(2017, 11, 11), "Armistice 1918")


def test_in_january_the_whole_window_is_behind() -> None:
    line = slider(WINDOW, date(2018, 1, 8), date(2017, 11, 15), [TOUSSAINT], [ALL_SAINTS, ARMISTICE])
    assert line is not None
    assert (line.steps, line.step, line.shown) == (91, 45, date(2017, 11, 15))
    assert [mark.first.month for mark in line.months] == [10, 11, 12]
    assert [mark.words for mark in line.closed] == ["Vacances de la Toussaint", "Armistice 1918"], (
        "a holiday inside another is told once"
    )
    assert line.months[0].left == 0 and round(line.months[-1].left + line.months[-1].width, 1) == 100


def test_in_november_nobody_chooses_december() -> None:
    line = slider(WINDOW, date(2017, 11, 15), date(2017, 11, 15), [TOUSSAINT], [])
    assert line is not None and line.last == line.shown == date(2017, 11, 15)
    assert slider(WINDOW, date(2017, 10, 1), date(2017, 10, 1), [], []) is None, (
        "on its first day there is no past to choose"
    )


@pytest.mark.parametrize("step", ["92", "-1", "", "x", "1e3", "9" * 30, "१"])
def test_a_step_that_is_no_day_of_the_window(step: str) -> None:
    with pytest.raises(ValueError):
        day_of_step(WINDOW, step)


@given(st.integers(0, 91), st.dates(date(2017, 10, 2), date(2018, 6, 30)))
def test_every_step_is_its_day_and_every_mark_is_on_the_line(step: int, today: date) -> None:
    day = day_of_step(WINDOW, str(step))
    line = slider(WINDOW, today, day, [TOUSSAINT], [ARMISTICE])
    assert line is not None and line.shown == min(day, today)
    assert all(0 <= mark.left <= mark.left + mark.width <= 100.1 for mark in (*line.months, *line.closed))
