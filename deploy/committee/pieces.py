"""The pieces of which the dossier of a meeting is made, as its template takes them: texts, lists, tables, plots; each set in French typography."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from deploy.reports.annexes import widths
from inventory.french import typeset

Piece = dict[str, Any]


def part(words: str) -> Piece:
    """The title of what follows, within a section."""
    return {"kind": "part", "text": typeset(words)}


def text(words: str) -> Piece:
    """A sentence."""
    return {"kind": "text", "text": typeset(words)}


def numbered(points: Sequence[str]) -> Piece:
    """The points of an agenda."""
    return {"kind": "numbered", "lines": [typeset(point) for point in points]}


def lines(points: Sequence[str]) -> Piece:
    """A list; an empty one says that there is nothing."""
    return {"kind": "list", "lines": [typeset(point) for point in points]}


def grid(heads: Sequence[str], rows: Sequence[Sequence[str]], *, right: Sequence[int] = (), left: str = "") -> Piece:
    """A table of texts; `right` are the columns of numbers, `left` says what it leaves out."""
    named, told = [typeset(head) for head in heads], [[typeset(cell) or "–" for cell in row] for row in rows]
    return {
        "kind": "table", "heads": named, "rows": told, "right": [place in right for place in range(len(heads))], "widths": widths(named, told),
        "left": typeset(left),
    }  # fmt: skip


def plot(svg: str, alt: str) -> Piece:
    """A picture and what it shows, for who does not see it."""
    return {"kind": "plot", "svg": svg, "alt": typeset(alt)}
