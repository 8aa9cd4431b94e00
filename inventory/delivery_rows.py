"""A supplier's delivery note: one tablet a row, every fault of every row told at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from inventory import serials
from inventory.complaints import Complaint
from inventory.spreadsheets import Row, Sheet
from inventory.words import tell

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
YEARS = range(2000, 2100)
_SLOT = re.compile(r"[0-9]{1,3}")
_PRICE = re.compile(r"[0-9]{1,5}(?:[.,][0-9]{1,2})?")
_FRENCH_DAY = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_ISO_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(frozen=True, slots=True)
class TabletRow:
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
    rows = [_row(row, faults) for row in sheet.rows]
    faults += _twice(rows, "serial") + _twice(rows, "asset_tag") + _same_slot(rows)
    return rows, sorted(faults, key=lambda one: one.row), _doubts(rows, known)


def _row(row: Row, faults: list[Complaint]) -> TabletRow:
    for field in WORDS:
        if len(row.text(field)) > LONGEST:
            faults.append(_told(row, field, tell("plus de {most} caractères", most=LONGEST), tell("l'abréger")))
    return TabletRow(
        row.number, _serial(row, faults), row.text("asset_tag") or None, row.text("model"), row.text("class_code").upper(),
        _slot(row, faults), row.text("order_reference"), row.text("supplier"), _price(row, faults), _day(row, faults),
    )  # fmt: skip


def _told(row: Row, field: str, problem: str, remedy: str) -> Complaint:
    return Complaint(row.number, LABELS[field], row.text(field), problem, remedy)


def _serial(row: Row, faults: list[Complaint]) -> str:
    wrong = serials.fault(row.text("serial"))
    if wrong:
        faults.append(_told(row, "serial", *wrong))
        return ""
    return serials.normalise(row.text("serial"))


def _slot(row: Row, faults: list[Complaint]) -> int | None:
    text = row.text("slot")
    if bool(text) != bool(row.text("class_code")):
        problem = tell("une tablette rangée a une classe mobile et une alvéole")
        faults.append(_told(row, "slot", problem, tell("donner les deux, ou aucune")))
        return None
    if not text:
        return None
    if _SLOT.fullmatch(text) and int(text):
        return int(text)
    faults.append(_told(row, "slot", tell("ce n'est pas un numéro d'alvéole"), tell("écrire un nombre de 1 à {most}, par exemple 7", most=MOST_SLOTS)))
    return None


def _price(row: Row, faults: list[Complaint]) -> Decimal | None:
    text = re.sub(r"\s|€|EUR", "", row.text("unit_price"))
    if not text:
        return None
    if _PRICE.fullmatch(text):
        return Decimal(text.replace(",", "."))
    problem = tell("ce n'est pas un prix de 0 à 99 999,99 €, à deux décimales au plus")
    faults.append(_told(row, "unit_price", problem, tell("écrire par exemple 339,90")))
    return None


def _day(row: Row, faults: list[Complaint]) -> date | None:
    text = row.text("warranty_end")
    if not text:
        return None
    french, iso = _FRENCH_DAY.fullmatch(text), _ISO_DAY.fullmatch(text)
    problem = tell("ce n'est pas une date")
    if french or iso:
        day, month, year = french.groups() if french else reversed(iso.groups())  # type: ignore[union-attr]
        try:
            found = date(int(year), int(month), int(day))
        except ValueError:
            problem = tell("cette date n'existe pas")
        else:
            if found.year in YEARS:
                return found
            problem = tell("l'année n'est pas entre {first} et {last}", first=YEARS.start, last=YEARS[-1])
    faults.append(_told(row, "warranty_end", problem, tell("écrire par exemple 02/10/2020")))
    return None


def _twice(rows: Sequence[TabletRow], field: str) -> list[Complaint]:
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        value = getattr(row, field)
        if value and first.setdefault(value.casefold(), row.row) != row.row:
            problem = tell("déjà donné à la ligne {row}", row=first[value.casefold()])
            faults.append(row.told(field, value, problem, tell("supprimer une des deux lignes, ou corriger le numéro")))
    return faults


def _same_slot(rows: Sequence[TabletRow]) -> list[Complaint]:
    first: dict[tuple[str, int], int] = {}
    faults = []
    for row in rows:
        if row.slot is not None and first.setdefault((row.class_code, row.slot), row.row) != row.row:
            problem = tell("alvéole de {class_code} déjà prise à la ligne {row}", class_code=row.class_code, row=first[row.class_code, row.slot])
            faults.append(row.told("slot", str(row.slot), problem, tell("donner une autre alvéole")))
    return faults


def _doubts(rows: Sequence[TabletRow], known: Iterable[str]) -> list[Complaint]:
    """Near-duplicates, in a time that grows with the number of rows only; a number that is known itself raises no doubt."""
    likes: dict[str, str] = {}
    exact = set()
    for serial in known:
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
