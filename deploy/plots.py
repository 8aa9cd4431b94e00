"""The board's two plots with the tables that say the same: deliveries against the window, stages per class."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.convention import Convention
from deploy.queries.board import ClassOnBoard, known
from deploy.queries.findings import time_of
from deploy.queries.history import deliveries
from deploy.schedule.slider import Slider, slider
from inventory.calendars import UnknownCalendar
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.paris import local_date
from inventory.plots import progress_against_window, stages_per_class
from inventory.scope import Scope
from inventory.spoken import short_day
from inventory.words import tell


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture and its table."""

    svg: str
    caption: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[object]]


def board_plots(
    told: Convention, shown: Sequence[ClassOnBoard], scope: Scope, when: When | None, now: datetime
) -> tuple[Plot, Plot]:
    """Progress against the window, and the stages of each class."""
    return _progress(told, shown, scope, when, now), _stages(shown)


def _progress(told: Convention, shown: Sequence[ClassOnBoard], scope: Scope, when: When | None, now: datetime) -> Plot:
    today, window, time = local_date(when.moment if when else now), told.window, time_of(told)
    points = deliveries(scope, [one.record.id for one in shown], window, today, when)
    total = sum(one.progress.expected for one in shown)
    ends = [one.forecast.day for one in shown if one.forecast.day]
    svg = progress_against_window(
        [(day, count, total) for day, count in points], window=window, today=today if window.first <= today <= window.last else None,
        closed=time.closed_spans(window.first, window.last), public_holidays=time.public_holidays(window.first, window.last),
        last_school_day=known(lambda: time.last_school_day(window.first, window.last)), expected_end=max(ends, default=None),
        title=tell("Tablettes livrées, jour après jour"),
    )  # fmt: skip
    moved = [(day, count) for number, (day, count) in enumerate(points) if number == 0 or count != points[number - 1][1]]
    rows = [(short_day(day), count, total) for day, count in moved]
    return Plot(svg, tell("Tablettes livrées, aux jours où ce nombre change"), (tell("Jour"), tell("Livrées"), tell("Attendues")), rows)


def _stages(shown: Sequence[ClassOnBoard]) -> Plot:
    stages = [stage for stage in Stage if any(one.progress.stages.get(stage) for one in shown)]
    bars = [(one.record.code, [(stage, one.progress.stages.get(stage, 0)) for stage in stages]) for one in shown]
    rows = [(one.record.code, *(one.progress.stages.get(stage, 0) for stage in stages)) for one in shown]
    headers = (tell("Classe mobile"), *(stage.label for stage in stages))
    return Plot(stages_per_class(bars, tell("Étape des tablettes de chaque classe mobile")), tell("Tablettes par étape"), headers, rows)


def window_slider(told: Convention, when: When | None, now: datetime) -> Slider | None:
    """The slider over a convention's window, its closings marked wherever a calendar covers them."""
    window, time, today = told.window, time_of(told), local_date(now)
    span = (window.first, window.last)
    try:
        closed, public = time.closed_spans(*span), time.public_holidays(*span)
    except UnknownCalendar:
        closed, public = [], []
    return slider(span, today, local_date(when.moment) if when else today, closed, public)
