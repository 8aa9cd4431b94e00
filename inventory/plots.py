"""Two plots as SVG: progress against a window of days, and stages by class. Colours come from the page's classes, or inline for a PDF."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from html import escape

from inventory.spoken import day_and_month, month_and_year, short_day
from inventory.status import Status
from inventory.words import tell

Across = Callable[[date], float]
Up = Callable[[int], float]
WIDTH, HEIGHT = 900, 340
LEFT, RIGHT, TOP, BOTTOM = 48, 20, 84, 44
BARS_TOP, BAR, GAP, LABEL = 54, 34, 18, 110
INLINE: Mapping[str, str] = {
    "plot-title": 'fill="#1b2233" font-size="17" font-weight="700" font-family="sans-serif"',
    "plot-text": 'fill="#565d70" font-size="13" font-family="sans-serif"',
    "plot-strong": 'fill="#1b2233" font-size="13" font-weight="700" font-family="sans-serif"',
    "plot-axis": 'stroke="#d9d6ca"',
    "plot-closed": 'fill="#eceae2"',
    "plot-line": 'fill="none" stroke="#2b3a8f" stroke-width="3" stroke-linejoin="round"',
    "plot-area": 'fill="#e6e9f8"',
    "plot-goal": 'stroke="#565d70" stroke-dasharray="4 4"',
    "plot-mark": 'stroke="#d2434b" stroke-width="2"',
    "plot-in-bar": 'fill="#1b2233" font-size="13" font-weight="700" text-anchor="middle" font-family="sans-serif"',
    "plot-mark-text": 'fill="#d2434b" font-size="13" font-weight="700" font-family="sans-serif"',
}

TONES: Mapping[str, str] = {"good": "#cfe6d4", "watch": "#f6e0ac", "bad": "#f2c6c6", "plain": "#d5daf2", "rest": "#dedcd3", "unknown": "#ebe9e1"}


class _Pen:
    """Writes SVG elements, with classes for a page or with attributes for a document that has no style sheet."""

    def __init__(self, title: str, height: int, standalone: bool) -> None:
        self._standalone = standalone
        self._parts = [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{escape(title)}">'
            f"<title>{escape(title)}</title>"
        ]

    def look(self, name: str) -> str:
        return INLINE[name.split()[0]] if self._standalone else f'class="{name}"'

    def tone(self, name: str) -> str:
        return f'fill="{TONES[name]}" stroke="#ffffff"' if self._standalone else f'class="plot-bar tone-{name}"'

    def add(self, element: str) -> None:
        self._parts.append(element)

    def text(self, x: float, y: float, words: str, look: str = "plot-text", anchor: str = "start") -> None:
        self.add(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {self.look(look)}>{escape(words)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, look: str) -> None:
        self.add(f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}" {self.look(look)}/>')

    def box(self, x: float, y: float, width: float, height: float, look: str, words: str = "") -> None:
        told = f"<title>{escape(words)}</title>" if words else ""
        self.add(f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" {self.look(look)}>{told}</rect>')

    def svg(self) -> str:
        return "".join(self._parts) + "</svg>"


def progress_against_window(
    points: Sequence[tuple[date, int, int]], *, window: tuple[date, date], today: date | None,
    closed: Sequence[tuple[date, date, str]], public_holidays: Sequence[tuple[date, str]], last_school_day: date | None,
    expected_end: date | None, title: str, standalone: bool = False,
) -> str:  # fmt: skip
    """Done out of a total, day after day, over a window whose holidays are shaded. `points` are (day, done, total)."""
    pen = _Pen(title, HEIGHT, standalone)
    first, last = window
    total = max((point[2] for point in points), default=1) or 1
    across = (WIDTH - LEFT - RIGHT) / ((last - first).days + 1)
    base, top = HEIGHT - BOTTOM, TOP

    def x(day: date) -> float:
        return LEFT + ((day - first).days) * across

    def y(done: int) -> float:
        return base - (base - top) * done / total

    pen.text(LEFT, 22, title, "plot-title")
    for start, end, name in closed:
        pen.box(x(start), top, x(end) + across - x(start), base - top, "plot-closed", tell("{name} : du {start} au {end}", name=name, start=short_day(start), end=short_day(end)))
    for day, name in public_holidays:
        pen.box(x(day), top, across, base - top, "plot-closed", tell("{name} : {day}", name=name, day=short_day(day)))
    _axes(pen, first, last, total, x, y)
    _curve(pen, points, x, y, across, base)
    for start, end, name in closed:
        if (end - start).days > 5:
            pen.text((x(start) + x(end) + across) / 2, base - 10, _short(name), "plot-text", "middle")
    _marks(pen, ((last_school_day, tell("dernier jour de classe")), (today, tell("aujourd'hui")), (expected_end, tell("fin au rythme actuel"))), window, x, across)
    return pen.svg()


def _axes(pen: _Pen, first: date, last: date, total: int, x: Across, y: Up) -> None:
    for done in sorted({0, total // 2, total}):
        pen.line(LEFT, y(done), WIDTH - RIGHT, y(done), "plot-goal" if done == total else "plot-axis")
        pen.text(LEFT - 8, y(done) + 4, str(done), "plot-text", "end")
    day = first
    while day <= last:
        pen.line(x(day), HEIGHT - BOTTOM, x(day), HEIGHT - BOTTOM + 6, "plot-axis")
        pen.text(x(day) + 4, HEIGHT - BOTTOM + 18, month_and_year(day), "plot-text")
        day = (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _curve(pen: _Pen, points: Sequence[tuple[date, int, int]], x: Across, y: Up, across: float, base: float) -> None:
    """A staircase: what is delivered in the evening of a day was not in its morning."""
    if not points:
        return
    steps = [(x(points[0][0]), y(points[0][1]))]
    for day, done, _ in points:
        steps += [(x(day), steps[-1][1]), (x(day), y(done)), (x(day) + across, y(done))]
    path = " ".join(f"{across_x:.1f},{up:.1f}" for across_x, up in steps)
    pen.add(f'<polygon points="{steps[0][0]:.1f},{base:.1f} {path} {steps[-1][0]:.1f},{base:.1f}" {pen.look("plot-area")}/>')
    pen.add(f'<polyline points="{path}" {pen.look("plot-line")}/>')
    pen.text(min(steps[-1][0] + 6, WIDTH - RIGHT - 4), steps[-1][1] - 8, str(points[-1][1]), "plot-strong", "end")


def _marks(
    pen: _Pen, marks: Sequence[tuple[date | None, str]], window: tuple[date, date], x: Across, across: float
) -> None:
    """Days that matter, written above the plot so that their words never meet."""
    for row, (day, words) in enumerate((day, words) for day, words in marks if day is not None and window[0] <= day <= window[1]):
        at = x(day) + across / 2
        pen.line(at, TOP - 8 - 18 * row, at, HEIGHT - BOTTOM, "plot-mark")
        pen.text(at - 6, TOP - 8 - 18 * row, tell("{name} : {day}", name=words, day=day_and_month(day)), "plot-mark-text", "end")


def _short(name: str) -> str:
    """« Vacances de la Toussaint » as « Toussaint », to fit its width."""
    plain = re.sub(r"^vacances d(e la |e |u |'|’)", "", name, flags=re.IGNORECASE)
    return plain[:1].upper() + plain[1:]


def stages_per_class(rows: Sequence[tuple[str, Sequence[tuple[Status, int]]]], title: str, standalone: bool = False) -> str:
    """One bar a class, cut by stage; each piece has its count, each stage its word in the key below."""
    height = BARS_TOP + len(rows) * (BAR + GAP) + 40
    pen = _Pen(title, height, standalone)
    pen.text(LABEL, 22, title, "plot-title")
    most = max((sum(count for _, count in pieces) for _, pieces in rows), default=1) or 1
    unit = (WIDTH - LABEL - RIGHT) / most
    for number, (label, pieces) in enumerate(rows):
        top, left = BARS_TOP + number * (BAR + GAP) - 10, float(LABEL)
        pen.text(LABEL - 12, top + BAR / 2 + 5, label, "plot-strong", "end")
        for status, count in pieces:
            if count:
                left = _piece(pen, status, count, left, top, unit)
    _key(pen, rows, height)
    return pen.svg()


def _piece(pen: _Pen, status: Status, count: int, left: float, top: float, unit: float) -> float:
    width = count * unit
    pen.add(
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{width:.1f}" height="{BAR}" rx="4" {pen.tone(status.tone)}>'
        f"<title>{count} {escape(status.label)}</title></rect>"
    )
    words = f"{count} {status.label}" if width > 8 * (len(status.label) + 3) else str(count)
    pen.add(f'<text x="{left + width / 2:.1f}" y="{top + BAR / 2 + 5:.1f}" {pen.look("plot-in-bar")}>{escape(words)}</text>')
    return left + width


def _key(pen: _Pen, rows: Sequence[tuple[str, Sequence[tuple[Status, int]]]], height: int) -> None:
    counted: dict[Status, int] = {}
    for _, pieces in rows:
        for status, count in pieces:
            counted[status] = counted.get(status, 0) + count
    words = " · ".join(tell("{name} : {count}", name=status.label, count=count) for status, count in counted.items() if count)
    pen.text(LABEL, height - 14, words or tell("aucune tablette"), "plot-text")
