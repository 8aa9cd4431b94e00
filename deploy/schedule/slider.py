"""The days of a window laid on a line, to look at any of them: where its months begin and where its schools are closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """A stretch of the line, in hundredths of its length: a month or a closing, both dates included."""

    first: date
    last: date
    left: float
    width: float
    words: str = ""

    @property
    def middle(self) -> float:
        return self.left + self.width / 2


@dataclass(frozen=True, slots=True)
class Slider:
    """The days from `first` to `last` and the one shown; `months` are named in full while they are few."""

    first: date
    last: date
    shown: date
    months: tuple[Mark, ...]
    closed: tuple[Mark, ...]

    @property
    def steps(self) -> int:
        return (self.last - self.first).days

    @property
    def step(self) -> int:
        return (self.shown - self.first).days

    @property
    def few_months(self) -> bool:
        return len(self.months) <= MOST_NAMED


def slider(
    window: tuple[date, date],
    today: date,
    looked_at: date,
    closed: Sequence[tuple[date, date, str]],
    public: Sequence[tuple[date, str]],
) -> Slider | None:
    """The line of a window (article 6.1) up to today; None until its second day, when there is no past to choose."""
    first, last = window[0], min(window[1], today)
    if last <= first:
        return None
    alone = [(day, day, name) for day, name in public if not any(start <= day <= end for start, end, _ in closed)]
    spans = [*closed, *alone]
    inside = sorted(
        (max(start, first), min(end, last), name) for start, end, name in spans if start <= last and end >= first
    )
    shown = min(max(looked_at, first), last)
    return Slider(first, last, shown, tuple(_months(first, last)), tuple(_mark(*span, first, last) for span in inside))


def _months(first: date, last: date) -> list[Mark]:
    found, start = [], first
    while start <= last:
        following = (start.replace(day=1) + timedelta(days=32)).replace(day=1)
        found.append(_mark(start, min(following - timedelta(days=1), last), "", first, last))
        start = following
    return found


def _mark(start: date, end: date, words: str, first: date, last: date) -> Mark:
    """A day is a step of the line, half of it on either side; the first and the last keep their inner half only."""
    steps = (last - first).days
    left, right = max((start - first).days - 0.5, 0), min((end - first).days + 0.5, steps)
    return Mark(start, end, round(100 * left / steps, 2), round(100 * (right - left) / steps, 2), words)


def day_of_step(window: tuple[date, date], step: str) -> date:
    """The day of a step of the line; raises `ValueError` on one that is no day of the window."""
    count = int(step) if step.isascii() and step.isdecimal() and len(step) < 6 else -1
    if not 0 <= count <= (window[1] - window[0]).days:
        raise ValueError(step)
    return window[0] + timedelta(days=count)
