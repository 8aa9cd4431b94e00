"""The plan as a picture: a row a class, a mark each half-day of visit, the last possible start; its table says the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape

from deploy.schedule.work import Slot
from inventory.spoken import month, short_day
from inventory.words import tell

WIDTH, LEFT, TOP, ROW = 900, 110, 34, 30
MOST_ROWS = 24


@dataclass(frozen=True, slots=True)
class Row:
    """A class: its visits as (half-day, what, promised, the id of its form), the last half-day at which it may begin, and whether it ends too late."""

    code: str
    visits: Sequence[tuple[Slot, str, bool, str]]
    last_start: Slot | None
    late: bool


def gantt(rows: Sequence[Row], first: date, last: date, title: str) -> str:
    """An SVG of the first rows, in the colours of the page; empty text when there is nothing to show."""
    if not rows:
        return ""
    shown, days = rows[:MOST_ROWS], max((last - first).days + 1, 1)
    height, width = TOP + ROW * len(shown) + 10, (WIDTH - LEFT - 10) / days
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}"><title>{escape(title)}</title>']
    parts += _months(first, last, width, height)
    for number, row in enumerate(shown):
        y = TOP + ROW * number
        parts.append(f'<text class="{"plot-mark-text" if row.late else "plot-strong"}" x="0" y="{y + 19}">{escape(row.code)}</text>')
        if row.last_start and first <= row.last_start.day <= last:
            x = _across(row.last_start, first, width)
            told = tell("{code}, au plus tard le {day}", code=row.code, day=short_day(row.last_start.day))
            parts.append(f'<line class="plot-mark" x1="{x:.1f}" x2="{x:.1f}" y1="{y + 2}" y2="{y + 26}"><title>{escape(told)}</title></line>')
        for slot, what, promised, form in row.visits:
            if first <= slot.day <= last:
                parts_told = {"code": row.code, "work": what, "day": short_day(slot.day)}
                told = tell("{code}, {work}, le {day}, promise", **parts_told) if promised else tell("{code}, {work}, le {day}", **parts_told)
                kind = "gantt-promised" if promised else "gantt-visit"
                parts.append(f'<rect class="{kind}" data-form="{escape(form)}" data-half="{width / 2:.3f}" x="{_across(slot, first, width):.1f}" y="{y + 6}" width="{max(width / 2, 4):.1f}" height="16" rx="2"><title>{escape(told)}</title></rect>')
    return "".join(parts) + "</svg>"


def _across(slot: Slot, first: date, width: float) -> float:
    return LEFT + width * ((slot.day - first).days + slot.half / 2)


def _months(first: date, last: date, width: float, height: int) -> list[str]:
    """A line and a name at the start of each month, and at the first day shown."""
    found, day = [], first
    while day <= last:
        x = LEFT + width * (day - first).days
        found.append(f'<line class="plot-axis" x1="{x:.1f}" x2="{x:.1f}" y1="18" y2="{height}"/><text class="plot-text" x="{x + 3:.1f}" y="14">{escape(month(day))}</text>')
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
    return found
