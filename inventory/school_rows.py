"""Rows of the *annuaire de l'éducation* in its dialects (2023, 2026, adresse et géolocalisation) as schools.

The header's words change from one vintage to the next, and one establishment may stand on several lines; only the UAI says
which school a row is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory import uai
from inventory.complaints import Complaint
from inventory.spreadsheets import Row, Sheet, plain
from inventory.words import tell

ALIASES: Mapping[str, Sequence[str]] = {
    "uai": ("UAI", "Identifiant_de_l_etablissement", "Code établissement", "RNE", "Numéro UAI", "Code UAI", "School code"),
    "name": ("Nom", "Nom_etablissement", "Appellation officielle", "École", "Nom de l'école", "School", "School name", "Name"),
    "address": ("Adresse", "Adresse_1", "adresse_uai", "Address"),
    "postcode": ("Code_postal", "code_postal_uai", "CP", "Postcode", "Zip code"),
    "commune": ("Commune", "Nom_commune", "libelle_commune", "Ville", "City", "Town"),
    "departement": ("Département", "Libelle_departement"),
    "academie": ("Académie", "Libelle_academie"),
    "nature": ("Nature", "libelle_nature", "nature_uai_libe"),
    "district": ("Circonscription", "nom_circonscription"),
}
STATE, MULTIPLE = "state", "multiple"
COLUMNS: Mapping[str, Sequence[str]] = {
    **ALIASES,
    STATE: ("etat", "Etat établissement", "etat_etablissement_libe"),
    MULTIPLE: ("multi_uai", "etablissement_multi_lignes"),
}
REQUIRED = ("uai", "name")
LABELS = {field: names[0] for field, names in COLUMNS.items()} | {STATE: "État"}
OPEN = "OUVERT"
POSTCODE_DIGITS = 5
ZONES: Mapping[str, Sequence[str]] = {
    "A": ("Besançon", "Bordeaux", "Clermont-Ferrand", "Dijon", "Grenoble", "Limoges", "Lyon", "Poitiers"),
    "B": ("Aix-Marseille", "Amiens", "Caen", "Lille", "Nancy-Metz", "Nantes", "Nice", "Orléans-Tours", "Reims", "Rennes", "Rouen",
          "Strasbourg", "Normandie"),
    "C": ("Créteil", "Montpellier", "Paris", "Toulouse", "Versailles"),
}  # fmt: skip
_ZONE_OF = {plain(academie): zone for zone, academies in ZONES.items() for academie in academies}


@dataclass(frozen=True, slots=True)
class SchoolRow:
    """One school of a directory: its UAI and what the row says of it (an empty cell says nothing)."""

    row: int
    uai: str
    values: Mapping[str, str]


def zone_of(academie: str) -> str:
    """The holiday zone of an académie (arrêté du 16 avril 2015), empty if it is in none."""
    return _ZONE_OF.get(plain(academie), "")


def school_rows(sheet: Sheet) -> tuple[list[SchoolRow], list[Complaint], list[Complaint]]:
    """The schools, the faults of all rows, and the doubts: schools not open, lines that repeat a school."""
    faults, doubts = [], list[Complaint]()
    first: dict[str, SchoolRow] = {}
    for row in sheet.rows:
        wrong = _faults(row)
        faults += wrong
        if not wrong:
            read = _school(row)
            kept = first.setdefault(read.uai, read)
            if kept is not read:
                _repeated(row, read, kept, faults, doubts)
            elif row.text(STATE).upper() not in ("", OPEN):
                doubts.append(_told(row, STATE, tell("cet établissement n'est pas ouvert"), tell("retirer la ligne s'il a fermé")))
    return list(first.values()), faults, doubts


def _told(row: Row, field: str, problem: str, remedy: str) -> Complaint:
    return Complaint(row.number, LABELS[field], row.text(field), problem, remedy)


def _faults(row: Row) -> list[Complaint]:
    wrong = uai.fault(row.text("uai"))
    faults = [_told(row, "uai", *wrong)] if wrong else []
    if not row.text("name"):
        faults.append(_told(row, "name", tell("nom absent"), tell("le recopier de l'annuaire")))
    return faults


def _school(row: Row) -> SchoolRow:
    values = {field: row.text(field) for field in ALIASES if row.text(field)}
    values["uai"] = uai.normalise(values["uai"])
    if values.get("postcode", "").isdecimal():
        values["postcode"] = values["postcode"].zfill(POSTCODE_DIGITS)
    zone = zone_of(values.get("academie", ""))
    return SchoolRow(row.number, values["uai"], values | ({"zone": zone} if zone else {}))


def _repeated(row: Row, read: SchoolRow, kept: SchoolRow, faults: list[Complaint], doubts: list[Complaint]) -> None:
    """Lines of one establishment that the directory itself spreads over several are one; others that differ are a fault."""
    if read.values == kept.values or row.text(MULTIPLE) == "1":
        doubts.append(_told(row, "uai", tell("déjà donné à la ligne {row}", row=kept.row), tell("la première ligne est retenue")))
    else:
        problem = tell("déjà donné à la ligne {row}, avec d'autres valeurs", row=kept.row)
        faults.append(_told(row, "uai", problem, tell("supprimer une des deux lignes")))
