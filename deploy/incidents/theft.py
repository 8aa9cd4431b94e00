"""What a theft is told with: the tablets, when they were last heard, and the two texts that a town files, the complaint and the claim. Pure.

What is not known is left blank to be written by hand. No place and no address is told: none is stored (Law 7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from inventory.french import amount, counted, moment

BLANK = "........................................"
NO_PLACE = "L'outil de suivi n'enregistre ni position, ni adresse de réseau des appareils : il ne peut pas dire où ils sont."


@dataclass(frozen=True, slots=True)
class Stolen:
    """One tablet that was stolen: what it is, what it cost (euros with VAT, None: not recorded), when its MDM last heard it, what was done."""

    tablet: int
    incident: int | None
    serial: str
    asset_tag: str
    model: str
    slot: int | None
    order: str
    supplier: str
    price: Decimal | None
    last_contact: datetime | None
    silence: str
    server: str
    measures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Theft:
    """A theft: where it was, when it was found and told, by whom, the complaint's number once it is filed, the tablets."""

    town: str
    school: str
    uai: str
    cart: str
    found: datetime | None
    told_by: str
    words: str
    complaint: str
    tablets: tuple[Stolen, ...]
    mention: str

    @property
    def value(self) -> Decimal | None:
        """What they cost together; None if one price is not recorded."""
        prices = [one.price for one in self.tablets]
        return None if None in prices else sum((price for price in prices if price is not None), Decimal())


@dataclass(frozen=True, slots=True)
class Text:
    """A text to print: paragraphs before the table, the table, sections after it."""

    title: str
    before: tuple[str, ...]
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    sections: tuple[tuple[str, tuple[str, ...]], ...]
    sign: str


def complaint(theft: Theft) -> Text:
    """What the town files with the police or the gendarmerie."""
    many = len(theft.tablets)
    return Text(
        "Plainte pour vol de matériel informatique",
        (
            f"Je soussigné(e) {BLANK}, agissant en qualité de {BLANK} pour {_town(theft)}, déclare déposer plainte contre X pour le vol de "
            f"{counted(many, 'tablette numérique', 'tablettes numériques')} de la classe mobile {theft.cart or BLANK}, affectée à : {_school(theft)}.",
            f"Le vol a été constaté et enregistré le {_moment(theft.found)}{f' par {theft.told_by}' if theft.told_by else ''}. Circonstances : {theft.words or BLANK}",
        ),
        ("N° de série", "N° d'inventaire", "Modèle", "Alvéole", "Dernier contact avec le serveur de gestion"),
        tuple((one.serial, one.asset_tag or "—", one.model or "—", str(one.slot or "—"), _contact(one)) for one in theft.tablets),
        (("Mesures déjà prises", _measures(theft.tablets)), ("Ce que la commune ne sait pas", (NO_PLACE,))),
        "Fait à ………………………, le ………………………",
    )


def claim(theft: Theft) -> Text:
    """What the town declares to its insurer."""
    total = amount(theft.value) if theft.value is not None else BLANK
    return Text(
        "Déclaration de sinistre : vol",
        (
            f"Assuré : {_town(theft)}. Contrat n° {BLANK}. Lieu du sinistre : {_school(theft)}, classe mobile {theft.cart or BLANK}.",
            f"Vol constaté et enregistré le {_moment(theft.found)}. Plainte n° {theft.complaint or BLANK}. Circonstances : {theft.words or BLANK}",
        ),
        ("N° de série", "N° d'inventaire", "Modèle", "Commande et fournisseur", "Prix d'achat"),
        tuple((one.serial, one.asset_tag or "—", one.model or "—", _order(one), amount(one.price) if one.price is not None else "—") for one in theft.tablets),
        (
            ("Valeur d'achat des tablettes", (f"{total} en tout.",)),
            ("Pièces à joindre", ("le récépissé du dépôt de plainte", "la facture d'achat", "le procès-verbal de mise à disposition de la valise")),
            ("Mesures déjà prises", _measures(theft.tablets)),
        ),
        "Fait à ………………………, le ………………………",
    )


def _town(theft: Theft) -> str:
    return theft.town or f"la commune de {BLANK}"


def _school(theft: Theft) -> str:
    return f"{theft.school} ({theft.uai})" if theft.school else BLANK


def _moment(found: datetime | None) -> str:
    return moment(found) if found else BLANK


def _contact(one: Stolen) -> str:
    return f"{moment(one.last_contact)} ({one.server})" if one.last_contact else "inconnu"


def _order(one: Stolen) -> str:
    return " · ".join(part for part in (one.order, one.supplier) if part) or "—"


def _measures(tablets: Sequence[Stolen]) -> tuple[str, ...]:
    told = tuple(f"{one.serial} : {words}" for one in tablets for words in one.measures)
    return told or ("aucune commande n'a été envoyée aux tablettes",)
