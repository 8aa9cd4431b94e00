"""From which moment on a reading may ask for what changed only, and how that moment is told to a server whose clock or zone is another.

What changed is read again for some minutes before the reading that it follows: a change told twice is written once, one left out is only found by the
next whole reading. A server that is late by its own `Date` is asked from that much earlier.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from itertools import pairwise
from typing import Any, NamedTuple

from mdm.driver import MdmError, Page
from mdm.run_state import RunState

OVERLAP = timedelta(minutes=10)
A_MINUTE = timedelta(minutes=1)
COUNTED = frozenset({RunState.COMPLETE.value, RunState.RELEASED.value})
MOST_PAGES = 100_000
NEVER = datetime(1, 1, 1, tzinfo=UTC)
Past = tuple[str, datetime]
"""A reading: its state, when it began."""


class Row(NamedTuple):
    """A record of a list sorted by change: its identifier and when it changed, None if never."""

    name: str
    changed: datetime | None


def since(last: Past | None, last_full: datetime | None, every: timedelta, now: datetime) -> datetime | None:
    """The moment since which the next reading asks for changes; None when it is to be a whole one.

    `last` is the last reading, whatever came of it, `last_full` when the last whole one that counted began. Whatever went wrong, or waits for a person, is
    answered by a whole reading; so is an `every` that is over.
    """
    if last is None or last_full is None or last[0] not in COUNTED or not every:
        return None
    return last[1] if last_full <= last[1] <= now < last_full + every - A_MINUTE else None


def bound(moment: datetime, now: datetime, told: Mapping[str, str]) -> datetime:
    """The moment to ask from, given the headers of one of the server's answers."""
    try:
        late = now - parsedate_to_datetime(told["Date"]).astimezone(UTC)
    except (KeyError, TypeError, ValueError, OverflowError):
        late = timedelta(0)
    return moment - OVERLAP - max(late, timedelta(0))


def on_the_wall(moment: datetime, now: datetime, zone: tzinfo) -> datetime:
    """The same on a clock of that zone, without it: not after any moment that it showed since, the hour that comes twice in October included."""
    shown = [one.astimezone(zone).utcoffset() or timedelta(0) for one in (moment, now)]
    return moment.astimezone(UTC).replace(tzinfo=None) + min(shown)


def newest_first(
    host: str, ask: Callable[[Row | None, int], tuple[Sequence[Any], int | None]], row: Callable[[Any], Row | None],
    page: Callable[[Sequence[Any]], Page], oldest: datetime,
) -> Iterator[Page]:  # fmt: skip
    """The records that changed since `oldest`, of a server that filters nothing but can list the last changed first.

    `ask` takes the last row met and how many are behind it, and gives some records that begin with a row met already, and the total. A row older
    than `oldest`, or the whole total met, proves that none is left out; raises `MdmError` when nothing proves it.
    """
    met, last = dict[str, None](), None
    for _ in range(MOST_PAGES):
        items, total = ask(last, len(met))
        rows = [row(item) for item in items]
        _refuse_unsorted(host, [one for one in rows if one])
        seam = not met or (bool(rows) and rows[0] is not None and rows[0].name in met)
        end = next((place for place, one in enumerate(rows) if one and (one.changed is None or one.changed < oldest)), None)
        fresh = [place for place, one in enumerate(rows[:end]) if one is None or one.name not in met]
        met.update((one.name, None) for one in rows[:end] if one)
        if seam and (items or total == 0):
            yield replace(page([items[place] for place in fresh]), declared=None)
            if end is not None or len(met) + rows.count(None) == total:
                return
        if not seam or not fresh or rows[-1] is None:
            break
        last = rows[-1]
    raise MdmError(f"{host} ne prouve pas que ses changements ont été lus tous : la prochaine lecture sera entière")


def _refuse_unsorted(host: str, rows: Sequence[Row]) -> None:
    """Raise `MdmError` for a list that is not sorted as was asked: its first old row would prove nothing."""
    moments = [one.changed or NEVER for one in rows]
    if any(later > sooner for sooner, later in pairwise(moments)):
        raise MdmError(f"{host} ne trie pas sa liste par date de changement : la prochaine lecture sera entière")
