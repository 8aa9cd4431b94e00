"""What each list shows: its columns, its sorts, its filters and its address, in one place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from inventory.collector import resting
from inventory.contact import ContactState
from inventory.discrepancy import Age, Kind, Standing
from inventory.errors import Refused
from inventory.french import moment
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.paris import read_local
from inventory.queries import gaps, listed_devices, listed_places, listed_tablets
from inventory.queries.listed_devices import Known
from inventory.queries.listing import Ask, Order, Page, every_part
from inventory.queries.tablet_rows import TABLET_ORDERS
from inventory.roles import Role
from inventory.scope import Scope
from inventory.words import later, tell, tell_count

MOMENT = "datetime-local"
PART, WHOLE = 1000, 2**31

@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in addresses, its label, its value in a row, whether it is shown unasked, the sort it offers."""

    key: str
    label: str
    value: Callable[[Any], Any]
    shown: bool = True
    sort: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter: its name in addresses, its label and its choices (key, label); without choices, a text or a moment is typed."""

    key: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()
    type: str = "text"

    def told(self, value: str) -> str:
        return moment(read_local(value)) if self.type == MOMENT else dict(self.spoken).get(value, value)

    @property
    def spoken(self) -> list[tuple[str, str]]:
        """The choices in the language spoken now."""
        return [(key, tell(label)) for key, label in self.choices]

    def refuse(self, value: str) -> None:
        """Raise `Refused` on a value that is none of its choices, or no moment."""
        if self.choices and value not in dict(self.choices):
            choices = ", ".join(key for key, _ in self.choices)
            raise Refused(tell("{name} = « {value} » est inconnu : choisir {choices}.", name=self.key, value=value, choices=choices))
        if self.type == MOMENT:
            try:
                read_local(value)
            except (ValueError, OverflowError) as fault:
                raise Refused(tell("{name} = « {value} » n'est pas un moment : écrire 2017-11-28T09:30.", name=self.key, value=value)) from fault


@dataclass(frozen=True, slots=True)
class Catalogue:
    """A list of the ground floor. `counted` says how many rows, whose number is also written out; `link` gives the endpoint and the arguments of the page of a row."""

    key: str
    title: str
    counted: Callable[[int, str], str]
    icon: str
    hint: str
    remedy: str
    columns: tuple[Column, ...]
    orders: Mapping[str, Order[Any]]
    filters: tuple[Filter, ...]
    link: Callable[[Any], tuple[str, dict[str, Any]]]
    read: Callable[..., Page[Any]]
    count: Callable[..., int]
    parts: Callable[..., Iterator[Sequence[Any]]] | None = None

    def page(self, ask: Ask, when: When | None, scope: Scope) -> Page[Any]:
        return self.read(ask, when, scope=scope)

    def cells(self, ask: Ask, when: When | None, scope: Scope, columns: Sequence[Column]) -> Iterator[list[list[Any]]]:
        """The whole list in its order, a part at a time, each as the values of these columns: what a file is written from."""
        if self.parts:
            parts = self.parts(ask, when, any(column.key == "contact" for column in columns), scope=scope)
        else:
            parts = every_part(lambda asked: self.page(asked, when, scope), ask, WHOLE if when and self.orders[ask.sort].whole else PART)
        return resting([list(map(column.value, rows)) for column in columns] for rows in parts)


def _choices(statuses: Any) -> tuple[tuple[str, str], ...]:
    return tuple((one.value, one.french) for one in statuses)


def _tablets(number: int, said: str) -> str:
    return tell_count("{count} tablette", "{count} tablettes", number, count=said)


def _classes(number: int, said: str) -> str:
    return tell_count("{count} classe mobile", "{count} classes mobiles", number, count=said)


def _schools(number: int, said: str) -> str:
    return tell_count("{count} école", "{count} écoles", number, count=said)


def _devices(number: int, said: str) -> str:
    return tell_count("{count} appareil", "{count} appareils", number, count=said)


def _gaps(number: int, said: str) -> str:
    return tell_count("{count} écart", "{count} écarts", number, count=said)


SCHOOL = Filter("ecole", "École (UAI)")
CHANGES = (Filter("etape_depuis", "Étape changée depuis", type=MOMENT), Filter("mdm_depuis", "Mot du MDM changé depuis", type=MOMENT))
TABLETS = Catalogue(
    "tablettes", "Tablettes", _tablets, "tablet", "N° de série, n° d'inventaire ou modèle",
    "Vérifier le numéro, retirer un filtre, ou importer le bon de livraison.",
    (
        Column("nom", "Nom", attrgetter("name"), sort="nom"),
        Column("serie", "N° de série", attrgetter("serial"), sort="serie"),
        Column("modele", "Modèle", attrgetter("model"), False),
        Column("ecole", "École", attrgetter("school"), False),
        Column("uai", "UAI", attrgetter("uai"), False),
        Column("classe", "Classe mobile", attrgetter("class_code")),
        Column("alveole", "Alvéole", attrgetter("slot")),
        Column("etape", "Étape", attrgetter("stage")),
        Column("depuis", "Étape depuis", attrgetter("stage_at"), False, "depuis"),
        Column("mdm", "MDM", attrgetter("mdm")),
        Column("contact", "Dernier contact", attrgetter("last_contact"), False),
    ),
    TABLET_ORDERS,
    (Filter("etape", "Étape", _choices(Stage)), Filter("mdm", "Dans le MDM", _choices(MdmStatus)), Filter("contact", "Contact", _choices(ContactState)), Filter("classe", "Classe mobile (code)"), SCHOOL, *CHANGES),
    lambda row: ("inventory.tablet", {"tablet_id": row.id}), listed_tablets.tablets, listed_tablets.count_tablets, listed_tablets.parts,
)  # fmt: skip
CLASSES = Catalogue(
    "classes", "Classes mobiles", _classes, "briefcase", "Code ou nom de la classe mobile",
    "Vérifier le code, retirer un filtre, ou enregistrer la convention.",
    (
        Column("code", "Code", lambda row: row.code, sort="code"),
        Column("nom", "Nom", lambda row: row.name, False),
        Column("ecole", "École", lambda row: row.school),
        Column("uai", "UAI", lambda row: row.uai),
        Column("tablettes", "Tablettes", lambda row: row.tablets),
        Column("attendues", "Attendues", lambda row: row.expected),
        Column("alveoles", "Alvéoles", lambda row: row.slots, False),
    ),
    listed_places.CLASS_ORDERS, (SCHOOL,), lambda row: ("inventory.mobile_class", {"code": row.code}), listed_places.mobile_classes, listed_places.count_classes,
)  # fmt: skip
SCHOOLS = Catalogue(
    "ecoles", "Écoles", _schools, "school", "Nom, UAI ou commune",
    "Vérifier le nom, ou charger une convention (cartable convention load) ou importer un annuaire.",
    (
        Column("nom", "École", lambda row: row.name, sort="nom"),
        Column("uai", "UAI", lambda row: row.uai, sort="uai"),
        Column("commune", "Commune", lambda row: row.commune),
        Column("adresse", "Adresse", lambda row: row.address, False),
        Column("classes", "Classes mobiles", lambda row: ", ".join(row.codes)),
    ),
    listed_places.SCHOOL_ORDERS, (), lambda row: ("inventory.school", {"uai": row.uai}), listed_places.schools, listed_places.count_schools,
)  # fmt: skip
DEVICES = Catalogue(
    "appareils", "Appareils des MDM", _devices, "radio", "N° de série, nom dans le MDM ou modèle",
    "Retirer un filtre, ou lire le MDM sur la page Synchronisation.",
    (
        Column("serie", "N° de série", lambda row: row.name, sort="serie"),
        Column("nom", "Nom dans le MDM", lambda row: row.number),
        Column("connecteur", "Connecteur", lambda row: row.connector),
        Column("mdm", "MDM", lambda row: row.status),
        Column("connu", "À l'inventaire", lambda row: row.known),
        Column("modele", "Modèle", lambda row: row.model),
        Column("systeme", "Système", lambda row: row.os_version, False),
        Column("groupe", "Groupe", lambda row: row.group, False),
        Column("vu", "Vu d'abord", lambda row: row.first_seen, False),
    ),
    listed_devices.DEVICE_ORDERS,
    (Filter("mdm", "Dans le MDM", _choices(MdmStatus)), Filter("connu", "À l'inventaire", _choices(Known)), Filter("connecteur", "Connecteur (nom)")),
    lambda row: ("inventory.tablet", {"tablet_id": row.tablet}) if row.tablet else ("lists.appareils", {"q": row.name}),
    listed_devices.devices, listed_devices.count_devices,
)  # fmt: skip
GAPS = Catalogue(
    "ecarts", "Écarts", _gaps, "equal-not", "N° de série, ou nom du connecteur",
    "Retirer un filtre, ou comparer de nouveau sur la page Rapprochement.",
    (
        Column("ecart", "Écart", lambda row: row.kind.label),
        Column("serie", "N° de série", lambda row: row.serial, sort="serie"),
        Column("ecole", "École", lambda row: row.school, False),
        Column("uai", "UAI", lambda row: row.uai, False),
        Column("classe", "Classe mobile", lambda row: row.class_code),
        Column("texte", "Les deux côtés", lambda row: row.text),
        Column("depuis", "Depuis", lambda row: row.since),
        Column("age", "Ancienneté", lambda row: row.age, False),
        Column("etat", "État", lambda row: row.standing),
        Column("charge", "À la charge de", lambda row: row.owner.label),
        Column("action", "Action proposée", lambda row: row.action, False),
        Column("decision", "Décision", lambda row: row.verdict, False),
        Column("decide", "Décidé le", lambda row: row.decided_at, False),
        Column("ouvert", "Ouvert", lambda row: row.opened, False, "ouvert"),
        Column("referme", "Refermé", lambda row: row.closed, False),
    ),
    gaps.GAP_ORDERS,
    (
        Filter("ecart", "Écart", _choices(Kind)), Filter("etat", "État", ((gaps.ALL_THAT_STAND, later("non refermé")), *_choices(Standing))),
        Filter("age", "Ancienneté", _choices(Age)), Filter("charge", "À la charge de", _choices(Role)), Filter("classe", "Classe mobile (code)"), SCHOOL,
    ),
    lambda row: ("gaps.one", {"gap_id": row.id}), gaps.gaps, gaps.count_gaps,
)  # fmt: skip
