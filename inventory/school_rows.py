"""Rows of the *annuaire de l'éducation* in its dialects (2023, 2026, adresse et géolocalisation) as schools."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from inventory import uai
from inventory.complaints import Complaint
from inventory.spreadsheets import Row, Sheet, plain

ALIASES: Mapping[str, Sequence[str]] = {
    "uai": ("Identifiant_de_l_etablissement", "Code établissement", "UAI", "RNE", "Numéro UAI", "Code UAI"),
    "name": ("Nom_etablissement", "Appellation officielle", "Nom", "École", "Nom de l'école", "School", "Name"),
    "address": ("Adresse_1", "Adresse", "Address"),
    "postcode": ("Code_postal", "Code postal", "CP", "Postcode"),
    "commune": ("Nom_commune", "Commune", "Ville", "City"),
    "departement": ("Libelle_departement", "Département"),
    "academie": ("Libelle_academie", "Académie"),
    "nature": ("libelle_nature", "Nature"),
    "district": ("nom_circonscription", "Circonscription"),
}
REQUIRED = ("uai", "name")
LABELS = {"uai": "UAI", "name": "Nom"}
ZONES: Mapping[str, Sequence[str]] = {
    "A": ("Besançon", "Bordeaux", "Clermont-Ferrand", "Dijon", "Grenoble", "Limoges", "Lyon", "Poitiers"),
    "B": ("Aix-Marseille", "Amiens", "Caen", "Lille", "Nancy-Metz", "Nantes", "Nice", "Orléans-Tours", "Reims", "Rennes", "Rouen",
          "Strasbourg", "Normandie"),
    "C": ("Créteil", "Montpellier", "Paris", "Toulouse", "Versailles"),
}  # fmt: skip
_ZONE_OF = {plain(academie): zone for zone, academies in ZONES.items() for academie in academies}


def zone_of(academie: str) -> str:
    """The holiday zone of an académie (arrêté du 16 avril 2015), empty if it is in none."""
    return _ZONE_OF.get(plain(academie), "")


def school_rows(sheet: Sheet) -> tuple[list[tuple[int, dict[str, str]]], list[Complaint]]:
    """Each row as (row number, values of a school that it gives), and the faults of all the others."""
    faults: list[Complaint] = []
    read, first = [], dict[str, int]()
    for row in sheet.rows:
        values = _values(row, faults)
        if values is None:
            continue
        if first.setdefault(values["uai"], row.number) != row.number:
            problem = f"déjà donné à la ligne {first[values['uai']]}"
            faults.append(Complaint(row.number, LABELS["uai"], values["uai"], problem, "supprimer une des deux lignes"))
        else:
            read.append((row.number, values))
    return read, faults


def _values(row: Row, faults: list[Complaint]) -> dict[str, str] | None:
    try:
        code = uai.normalise(row.text("uai"))
    except ValueError as fault:
        problem, _, remedy = str(fault).partition(" : ")[2].partition(" ; ")
        faults.append(Complaint(row.number, LABELS["uai"], row.text("uai"), problem.rstrip("."), remedy.rstrip(".")))
        return None
    if not row.text("name"):
        faults.append(Complaint(row.number, LABELS["name"], "", "nom absent", "le recopier de l'annuaire"))
        return None
    values = {field: row.text(field) for field in ALIASES if row.text(field)} | {"uai": code}
    zone = zone_of(values.get("academie", ""))
    return values | ({"zone": zone} if zone else {})
