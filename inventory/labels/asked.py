"""What a person asks of a sheet of labels, read from an address or a form: the stock, the first cell, what to print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inventory.errors import Refused
from inventory.labels.code import Names
from inventory.labels.stock import CUSTOM, STOCKS, Stock, custom, numbers
from inventory.words import later, tell

DEFAULT_STOCK = "L7160"
COUNTS = ("across", "down")
FIELDS = ("across", "down", "width", "height", "left", "top", "gap_x", "gap_y")
LABELS = {
    "across": later("Colonnes"), "down": later("Lignes"), "width": later("Largeur (mm)"), "height": later("Hauteur (mm)"), "left": later("Marge de gauche (mm)"),
    "top": later("Marge du haut (mm)"), "gap_x": later("Intervalle horizontal (mm)"), "gap_y": later("Intervalle vertical (mm)"),
}  # fmt: skip
PRINTED = (Names.CART, Names.SLOT, Names.TABLET)


@dataclass(frozen=True, slots=True)
class Asked:
    """A sheet as asked, and the arguments that ask for it again."""

    stock: Stock
    start: int
    what: tuple[Names, ...]
    slots: Sequence[int]
    args: Mapping[str, Any]


def asked(given: Any, most: int) -> Asked:
    """Read a sheet from `given` (a form or the arguments of an address) for a cart of `most` slots; raises `Refused` naming the field."""
    key = given.get("stock", "") or DEFAULT_STOCK
    if key != CUSTOM and key not in STOCKS:
        raise Refused(tell("Planche = « {key} » : choisir dans la liste.", key=key))
    own = {name: given.get(name, "").strip() for name in FIELDS if given.get(name, "").strip()}
    stock = _own(own) if key == CUSTOM else STOCKS[key]
    start = _whole(given.get("start", "") or "1", tell("Première case"), stock.cells)
    what = tuple(Names(one) for one in given.getlist("what") if one in PRINTED) or PRINTED
    slots = given.get("slots", "").strip()
    args: dict[str, Any] = {"stock": key, "start": start, "what": [str(one) for one in what], "slots": slots}
    return Asked(stock, start, what, numbers(slots, most), {**args, **(own if key == CUSTOM else {})})


def _own(given: Mapping[str, str]) -> Stock:
    values = {name: _measure(given.get(name, "0" if name.startswith("gap") else ""), tell(LABELS[name])) for name in FIELDS if name not in COUNTS}
    across, down = (_whole(given.get(name, ""), tell(LABELS[name]), 99) for name in COUNTS)
    return custom(across, down, **values)


def _whole(text: str, field: str, most: int) -> int:
    if not (text.isascii() and text.isdigit()) or not 1 <= int(text) <= most:
        raise Refused(tell("{field} = « {text} » : écrire un nombre de 1 à {most}.", field=field, text=text, most=most))
    return int(text)


def _measure(text: str, field: str) -> float:
    plain = text.replace(",", ".")
    if not plain.replace(".", "", 1).isdecimal() or not plain.isascii() or float(plain) > 300:
        raise Refused(tell("{field} = « {text} » : écrire des millimètres, par exemple 63,5.", field=field, text=text))
    return float(plain)
