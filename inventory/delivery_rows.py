"""A supplier's delivery note: one tablet a row, every fault of every row told at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

from inventory.complaints import Complaint
from inventory.serials import complaint, confusion_key, normalise
from inventory.spreadsheets import Row, Sheet

ALIASES: Mapping[str, Sequence[str]] = {
    "serial": ("N° de série", "Numéro de série", "No série", "Série", "S/N", "SN", "Serial", "Serial number", "Numero_serie"),
    "asset_tag": ("N° d'inventaire", "Numéro d'inventaire", "Inventaire", "Étiquette", "Asset tag", "Tag", "Immatriculation"),
    "model": ("Modèle", "Model", "Désignation", "Article", "Référence", "Product"),
    "class_code": ("Classe mobile", "Classe", "Valise", "Chariot", "Cart", "Mobile class", "Code classe"),
    "slot": ("Alvéole", "Emplacement", "Slot", "Casier", "Position"),
    "order_reference": ("Commande", "Bon de commande", "N° de commande", "BC", "Order", "Purchase order", "PO"),
    "supplier": ("Fournisseur", "Supplier", "Vendor"),
    "unit_price": ("Prix unitaire", "Prix", "PU", "PU TTC", "Prix unitaire TTC", "Montant", "Unit price", "Price"),
    "warranty_end": ("Fin de garantie", "Garantie", "Garantie jusqu'au", "Warranty", "Warranty end"),
}
REQUIRED = ("serial",)
LABELS = {field: names[0] for field, names in ALIASES.items()}
LONGEST = 120


@dataclass(frozen=True, slots=True)
class TabletRow:
    """One tablet of a delivery note, normalised; None where the note says nothing."""

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


def tablet_rows(sheet: Sheet, known: Sequence[str] = ()) -> tuple[list[TabletRow], list[Complaint], list[Complaint]]:
    """The rows that can be read, the faults, and the doubts (serials that O/0 or I/1 alone tell apart, of the file or `known`)."""
    faults: list[Complaint] = []
    rows = [_row(row, faults) for row in sheet.rows]
    read = [row for row in rows if row is not None]
    faults += _twice(read, "serial") + _twice(read, "asset_tag") + _same_slot(read)
    return read, sorted(faults, key=lambda one: one.row), _doubts(read, known)


def _row(row: Row, faults: list[Complaint]) -> TabletRow | None:
    before = len(faults)
    told = row.text("serial")
    wrong = complaint(told)
    if wrong:
        problem, _, remedy = wrong.partition(" : ")[2].partition(" ; ")
        faults.append(Complaint(row.number, LABELS["serial"], told, problem.rstrip("."), remedy.rstrip(".")))
    for field in ("model", "class_code", "order_reference", "supplier", "asset_tag"):
        if len(row.text(field)) > LONGEST:
            faults.append(Complaint(row.number, LABELS[field], row.text(field)[:30] + "…", f"plus de {LONGEST} caractères", "l'abréger"))
    slot, price, warranty = _slot(row, faults), _price(row, faults), _day(row, faults)
    if bool(row.text("class_code")) != (slot is not None) and len(faults) == before:
        faults.append(Complaint(row.number, LABELS["slot"], row.text("slot"), "une tablette rangée a une classe mobile et une alvéole",
                                "donner les deux, ou aucune"))  # fmt: skip
    if len(faults) > before:
        return None
    return TabletRow(
        row.number, normalise(told), row.text("asset_tag") or None, row.text("model"), row.text("class_code").upper(), slot,
        row.text("order_reference"), row.text("supplier"), price, warranty,
    )  # fmt: skip


def _slot(row: Row, faults: list[Complaint]) -> int | None:
    text = row.text("slot")
    if not text:
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 999:
        return int(text)
    faults.append(Complaint(row.number, LABELS["slot"], text, "ce n'est pas un numéro d'alvéole", "écrire un nombre, par exemple 7"))
    return None


def _price(row: Row, faults: list[Complaint]) -> Decimal | None:
    text = re.sub(r"[\s€]", "", row.text("unit_price")).replace(",", ".")
    if not text:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal("NaN")
    if amount.is_finite() and 0 <= amount < 100_000 and amount == amount.quantize(Decimal("0.01")):
        return amount
    faults.append(
        Complaint(row.number, LABELS["unit_price"], row.text("unit_price"), "ce n'est pas un prix", "écrire par exemple 339,90")
    )
    return None


def _day(row: Row, faults: list[Complaint]) -> date | None:
    text = row.text("warranty_end")
    if not text:
        return None
    french = re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})", text)
    try:
        return date(int(french[3]), int(french[2]), int(french[1])) if french else date.fromisoformat(text[:10])
    except ValueError:
        faults.append(
            Complaint(row.number, LABELS["warranty_end"], text, "cette date n'existe pas", "écrire par exemple 02/10/2020")
        )
        return None


def _twice(rows: Sequence[TabletRow], field: str) -> list[Complaint]:
    first: dict[str, int] = {}
    faults = []
    for row in rows:
        value = getattr(row, field)
        if value and first.setdefault(value, row.row) != row.row:
            problem = f"déjà donné à la ligne {first[value]}"
            faults.append(Complaint(row.row, LABELS[field], value, problem, "supprimer une des deux lignes, ou corriger le numéro"))
    return faults


def _same_slot(rows: Sequence[TabletRow]) -> list[Complaint]:
    first: dict[tuple[str, int], int] = {}
    faults = []
    for row in rows:
        if row.slot is not None and first.setdefault((row.class_code, row.slot), row.row) != row.row:
            problem = f"alvéole de {row.class_code} déjà prise à la ligne {first[row.class_code, row.slot]}"
            faults.append(Complaint(row.row, LABELS["slot"], str(row.slot), problem, "donner une autre alvéole"))
    return faults


def _doubts(rows: Sequence[TabletRow], known: Sequence[str]) -> list[Complaint]:
    seen = {confusion_key(serial): serial for serial in known}
    doubts = []
    for row in rows:
        other = seen.setdefault(confusion_key(row.serial), row.serial)
        if other != row.serial:
            problem = f"ressemble à {other} (O/0 ou I/1)"
            doubts.append(Complaint(row.row, LABELS["serial"], row.serial, problem, "vérifier le numéro sur la tablette"))
    return doubts
