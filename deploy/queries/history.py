"""How many tablets had been delivered, day by day: the burn-up of a window, from the journal alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from inventory.journal import When, lines
from inventory.lifecycle import Stage, prepared, reached
from inventory.paris import local_date
from inventory.queries.tablets import states
from inventory.scope import Scope


def deliveries(
    scope: Scope, class_ids: Sequence[int], window: tuple[date, date], today: date, when: When | None
) -> list[tuple[date, int]]:
    """For each day of the window up to `today`: how many of the classes' tablets stood delivered in the evening."""
    ids = [state.id for state in states(scope, when, class_ids=class_ids)]
    moves: dict[date, int] = defaultdict(int)
    held: dict[int, bool] = defaultdict(bool)
    for line in lines("tablet", axes=["stage"], ids=ids, when=when):
        delivered = reached(prepared(Stage(line.value), Stage(line.detail["after"])), Stage.DELIVERED)
        if delivered != held[line.subject_id]:
            held[line.subject_id] = delivered
            moves[local_date(line.at)] += 1 if delivered else -1
    return _evenings(moves, window, today)


def _evenings(moves: dict[date, int], window: tuple[date, date], today: date) -> list[tuple[date, int]]:
    first, last = window
    count = sum(change for day, change in moves.items() if day < first)
    points, day = [], first
    while day <= min(last, today):
        count += moves.get(day, 0)
        points.append((day, count))
        day += timedelta(days=1)
    return points
