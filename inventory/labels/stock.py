"""Label stock: how the labels of an A4 sheet lie, in millimetres, as its makers print it on the box."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from inventory.errors import Refused
from inventory.words import later, tell

SHEET_WIDTH, SHEET_HEIGHT = 210.0, 297.0
LEAST_WIDTH, LEAST_HEIGHT = 32.0, 16.0
MOST_ACROSS, MOST_DOWN = 10, 20
CUSTOM = "custom"
_APART, _AROUND_DASH = re.compile(r"[,;\s]+"), re.compile(r"\s*[-–]\s*")
_SPAN = re.compile(r"(\d{1,3})(?:-(\d{1,3}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Stock:
    """A sheet of labels: `across` × `down` labels of one size, the first at `left`, `top`, one every `step_x`, `step_y`.

    `inset` is how far from a label's edge the printing stays: printers do not reach the edge of a sheet.
    """

    key: str
    title: str
    across: int
    down: int
    width: float
    height: float
    left: float
    top: float
    step_x: float
    step_y: float
    inset: float = 1.2

    @property
    def cells(self) -> int:
        return self.across * self.down

    def corner(self, cell: int) -> tuple[float, float]:
        """The top left corner of a cell, numbered from 1 along the rows."""
        row, column = divmod(cell - 1, self.across)
        return self.left + column * self.step_x, self.top + row * self.step_y


STOCKS = {
    stock.key: stock
    for stock in (
        Stock("L7160", later("Avery L7160 : 63,5 × 38,1 mm, 21 par planche"), 3, 7, 63.5, 38.1, 7.2, 15.1, 66.0, 38.1, 2.0),
        Stock("L4732", later("Avery L4732 : 35,6 × 16,9 mm, 80 par planche"), 5, 16, 35.6, 16.9, 11.0, 13.0, 38.1, 16.9, 1.0),
        Stock("70x36", later("70 × 36 mm bord à bord, 24 par planche"), 3, 8, 70.0, 36.0, 0.0, 4.5, 70.0, 36.0, 4.5),
    )
}


def custom(
    across: int, down: int, width: float, height: float, left: float, top: float, gap_x: float = 0, gap_y: float = 0
) -> Stock:
    """A grid of one's own; raises `Refused` when its labels are too small for a code or do not fit on A4."""
    if not (1 <= across <= MOST_ACROSS and 1 <= down <= MOST_DOWN):
        raise Refused(tell("Grille de {across} × {down} : de 1 à {most_across} colonnes et de 1 à {most_down} lignes.",
                           across=across, down=down, most_across=MOST_ACROSS, most_down=MOST_DOWN))  # fmt: skip
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        raise Refused(tell("Étiquette de {width} × {height} mm : il faut au moins 32 × 16 mm pour que les codes se lisent.",
                           width=f"{width:g}", height=f"{height:g}"))  # fmt: skip
    right = left + across * width + (across - 1) * gap_x
    bottom = top + down * height + (down - 1) * gap_y
    if min(left, top, gap_x, gap_y) < 0 or right > SHEET_WIDTH + 0.5 or bottom > SHEET_HEIGHT + 0.5:
        raise Refused(tell("La grille finit à {right} × {bottom} mm : elle sort de la feuille A4 (210 × 297 mm) ; revoir marges et intervalles.",
                           right=f"{right:g}", bottom=f"{bottom:g}"))  # fmt: skip
    return Stock(CUSTOM, later("Grille à mes mesures"), across, down, width, height, left, top, width + gap_x, height + gap_y, 2.0)


def sheets(stock: Stock, start: int, count: int) -> list[list[tuple[int, int]]]:
    """For each sheet, its (cell, number of the label from 0): the first label goes in the cell `start`.

    Raises `Refused` on a cell that the sheet does not have.
    """
    if not 1 <= start <= stock.cells:
        raise Refused(tell("Première case = « {start} » : choisir de 1 à {cells} sur cette planche.", start=start, cells=stock.cells))
    placed = [(*divmod(start - 1 + number, stock.cells), number) for number in range(count)]
    return [[(cell + 1, number) for sheet, cell, number in placed if sheet == one] for one in range(placed[-1][0] + 1 if placed else 0)]


def numbers(text: str, most: int) -> Sequence[int]:
    """The numbers of « 1-4, 7 », in order and once each; all from 1 to `most` when nothing is written."""
    if not text.strip():
        return range(1, most + 1)
    found: set[int] = set()
    for part in filter(None, _APART.split(_AROUND_DASH.sub("-", text))):
        span = _SPAN.fullmatch(part)
        first, last = (int(span[1]), int(span[2] or span[1])) if span else (0, 0)
        if not 1 <= first <= last <= most:
            raise Refused(tell("Alvéoles = « {part} » : écrire des numéros de 1 à {most}, par exemple 1-4, 7.", part=part, most=most))
        found.update(range(first, last + 1))
    return sorted(found)
