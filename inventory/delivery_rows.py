"""A supplier's delivery note: one tablet a row, every fault of every row told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

from inventory import serials
from inventory.complaints import Complaint
from inventory.paris import YEARS
from inventory.spreadsheets import Row, Sheet
from inventory.words import later, tell

ALIASES: Mapping[str, Sequence[str]] = {
    "serial": ("N° de série", "Numéro de série", "No série", "Série", "S/N", "SN", "Serial number", "Serial"),
    "asset_tag": ("N° d'inventaire", "Numéro d'inventaire", "Inventaire", "Étiquette", "Asset tag", "Tag", "Immatriculation"),
    "model": ("Modèle", "Model", "Désignation", "Product", "Article", "Référence"),
    "class_code": ("Classe mobile", "Code classe", "Classe", "Valise", "Chariot", "Mobile class", "Cart"),
    "slot": ("Alvéole", "N° d'alvéole", "Emplacement", "Slot", "Casier", "Position"),
    "order_reference": ("Commande", "N° de commande", "Bon de commande", "BC", "Purchase order", "Order reference", "Order", "PO"),
    "supplier": ("Fournisseur", "Supplier", "Vendor"),
    "unit_price": ("Prix unitaire", "Prix unitaire TTC", "PU TTC", "Unit price", "PU", "Prix", "Price", "Montant"),
    "warranty_end": ("Fin de garantie", "Date de fin de garantie", "Garantie jusqu'au", "Warranty end", "Garantie", "Warranty"),
}
REQUIRED = ("serial",)
LABELS = {field: names[0] for field, names in ALIASES.items()}
WORDS = ("asset_tag", "model", "class_code", "order_reference", "supplier")
LONGEST = 120
MOST_SLOTS = 999
_SLOT = re.compile(r"[0-9]{1,3}")
_PRICE = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,2})?")
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


class TabletRow(NamedTuple):
    """One tablet of a delivery note, normalised; empty or None where the note says nothing, or nothing right."""

    row: int
    serial: str
    asset_tag: str | None
    model: str
    class_code: str
    slot: int | None
    order_reference: str
    supplier: str
    unit_price: Decimal | None
    warranty_end: date | None

    def told(self, field: str, value: str, problem: str, remedy: str) -> Complaint:
        return Complaint(self.row, LABELS[field], value, problem, remedy)


def tablet_rows(sheet: Sheet, known: Iterable[str] = ()) -> tuple[list[TabletRow], list[Complaint], list[Complaint]]:
    """Every row as far as it can be read, the faults, and the doubts.

    A doubt is a serial number that only O/0 or I/1 tell apart from another one of the file or of `known`.
    """
    faults: list[Complaint] = []
    _refuse_long(sheet, faults)
    texts = {field: sheet.column(field) for field in WORDS}
    rows = list(map(
        TabletRow, sheet.numbers, _serials(sheet, faults), [tag or None for tag in texts["asset_tag"]], texts["model"], map(str.upper, texts["class_code"]),
        _slots(sheet, faults), texts["order_reference"], texts["supplier"], _prices(sheet, faults), _days(sheet, faults),
    ))  # fmt: skip
    faults += _twice(rows, "serial") + _twice(rows, "asset_tag") + _same_slot(rows)
    return rows, sorted(faults, key=lambda one: one.row), _doubts(rows, known)


def _refuse_long(sheet: Sheet, faults: list[Complaint]) -> None:
    for field in WORDS:
        if max(map(len, sheet.column(field))) > LONGEST:
            long = (row for row in sheet.rows if len(row.text(field)) > LONGEST)
            faults += [_told(row, field, tell("plus de {most} caractères", most=LONGEST), tell("l'abréger")) for row in long]


def _told(row: Row, field: str, problem: str, remedy: str) -> Complaint:
    return Complaint(row.number, LABELS[field], row.text(field), problem, remedy)


def _serials(sheet: Sheet, faults: list[Complaint]) -> Sequence[str]:
    """Each column is looked at as a whole; row by row only when a cell of it is wrong."""
    texts = sheet.column("serial")
    if all(map(serials.usual, texts)):
        return texts
    return [row.text("serial") if serials.usual(row.text("serial")) else _serial(row, faults) for row in sheet.rows]


def _serial(row: Row, faults: list[Complaint]) -> str:
    wrong = serials.fault(row.text("serial"))
    if wrong:
        faults.append(_told(row, "serial", *wrong))
        return ""
    return serials.normalise(row.text("serial"))


def _slots(sheet: Sheet, faults: list[Complaint]) -> Sequence[int | None]:
    texts, codes = sheet.column("slot"), sheet.column("class_code")
    found = {text: _number(text) for text in {*texts}}
    if all(found[text] for text in found if text) and [*map(bool, texts)] == [*map(bool, codes)]:
        return [found[text] for text in texts]
    return [_slot(row, faults) for row in sheet.rows]


def _slot(row: Row, faults: list[Complaint]) -> int | None:
    text = row.text("slot")
    if bool(text) != bool(row.text("class_code")):
        problem = tell("une tablette rangée a une classe mobile et une alvéole")
        faults.append(_told(row, "slot", problem, tell("donner les deux, ou aucune")))
        return None
    found = _number(text)
    if text and found is None:
        faults.append(_told(row, "slot", tell("ce n'est pas un numéro d'alvéole"), tell("écrire un nombre de 1 à {most}, par exemple 7", most=MOST_SLOTS)))
    return found


def _number(text: str) -> int | None:
    """A slot's number."""
    return (int(text) or None) if _SLOT.fullmatch(text) else None


def _prices(sheet: Sheet, faults: list[Complaint]) -> Sequence[Decimal | None]:
    """The cells of a column are few different ones, each read once."""
    texts = sheet.column("unit_price")
    found = {text: _amount(text) for text in {*texts}}
    if "" in found.values():
        return [_price(row, faults) for row in sheet.rows]
    return [found[text] for text in texts]  # type: ignore[misc]


def _price(row: Row, faults: list[Complaint]) -> Decimal | None:
    text = row.text("unit_price")
    found = _amount(text)
    if found == "":
        problem = tell("ce n'est pas un prix de 0 à 99 999,99 €, à deux décimales au plus")
        faults.append(_told(row, "unit_price", problem, tell("écrire par exemple 339,90")))
    return found if isinstance(found, Decimal) else None


@lru_cache(maxsize=4096)
def _amount(cell: str) -> Decimal | str | None:
    """An amount in euros; None of an empty cell, an empty text of one that is none."""
    text = re.sub(r"\s|€|EUR", "", cell)
    if not text:
        return None
    return Decimal(text.replace(",", ".")) if _PRICE.fullmatch(text) else ""


def _days(sheet: Sheet, faults: list[Complaint]) -> Sequence[date | None]:
    texts = sheet.column("warranty_end")
    found = {text: _date(text) if text else None for text in {*texts}}
    if any(isinstance(day, str) for day in found.values()):
        return [_day(row, faults) for row in sheet.rows]
    return [found[text] for text in texts]  # type: ignore[misc]


def _day(row: Row, faults: list[Complaint]) -> date | None:
    text = row.text("warranty_end")
    if not text:
        return None
    found = _date(text)
    if isinstance(found, date):
        return found
    problem = tell(found, first=YEARS.start, last=YEARS[-1])
    faults.append(_told(row, "warranty_end", problem, tell("écrire par exemple 02/10/2020")))
    return None


@lru_cache(maxsize=4096)
def _date(text: str) -> date | str:
    """The date that a cell tells, or what is wrong with it."""
    french, iso = _FRENCH_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
    if not (french or iso):
        return later("ce n'est pas une date")
    day, month, year = french.groups() if french else reversed(iso.groups())  # type: ignore[union-attr]
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return later("cette date n'existe pas")
    return found if found.year in YEARS else later("l'année n'est pas entre {first} et {last}")


def _twice(rows: Sequence[TabletRow], field: str) -> list[Complaint]:
    told = [*filter(None, map(attrgetter(field), rows))]
    if len(told) == len({*map(str.casefold, told)}):
        return []
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        value = getattr(row, field)
        if value and first.setdefault(value.casefold(), row.row) != row.row:
            problem = tell("déjà donné à la ligne {row}", row=first[value.casefold()])
            faults.append(row.told(field, value, problem, tell("supprimer une des deux lignes, ou corriger le numéro")))
    return faults


def _same_slot(rows: Sequence[TabletRow]) -> list[Complaint]:
    told = [(row.class_code, row.slot) for row in rows if row.slot is not None]
    if len(told) == len({*told}):
        return []
    first: dict[tuple[str, int], int] = {}
    faults = []
    for row in rows:
        if row.slot is not None and first.setdefault((row.class_code, row.slot), row.row) != row.row:
            problem = tell("alvéole de {class_code} déjà prise à la ligne {row}", class_code=row.class_code, row=first[row.class_code, row.slot])
            faults.append(row.told("slot", str(row.slot), problem, tell("donner une autre alvéole")))
    return faults


def _doubts(rows: Sequence[TabletRow], known: Iterable[str]) -> list[Complaint]:
    """Near-duplicates, in a time that grows with the number of rows only; a number that is known itself raises no doubt."""
    there, told = [*known], [row.serial for row in rows if row.serial]
    if len({*serials.confusion_keys([*there, *told])}) == len({*there, *told}):
        return []
    likes: dict[str, str] = {}
    exact = set()
    for serial in there:
        likes.setdefault(serials.confusion_key(serial), serial)
        exact.add(serial)
    doubts = []
    for row in rows:
        if row.serial and row.serial not in exact:
            other = likes.setdefault(serials.confusion_key(row.serial), row.serial)
            if other != row.serial:
                problem = tell("ressemble à {other} (O/0 ou I/1)", other=other)
                doubts.append(row.told("serial", row.serial, problem, tell("vérifier le numéro sur la tablette")))
    return doubts
