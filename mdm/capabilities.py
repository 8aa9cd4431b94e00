"""What each kind of server can and cannot tell, in one table: its driver says it, here are the words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from inventory.words import later, tell
from mdm.commands.order import Action
from mdm.driver import Capabilities
from mdm.drivers import KINDS
from mdm.voices import actions_of

TITLES = {
    "headwind": "Headwind MDM", "fleet": "Fleet", "glpi": later("GLPI avec Flyve MDM"), "glpi-assets": later("GLPI, registre de biens"),
    "micromdm": "MicroMDM", "nanomdm": "NanoMDM", "snipeit": later("Snipe-IT, registre de biens"), "zentral": "Zentral",
    "export_file": later("Export de la console (CSV, XLSX)"), "mapping": later("API décrite par un fichier"),
}  # fmt: skip
ANY, BY_FILE = later("toutes"), later("selon le fichier")
"""What a register and a description say of platforms."""
TOLD: Sequence[tuple[str, Callable[[Capabilities], bool]]] = (
    (later("Dernier contact de chaque tablette"), lambda can: can.tells_contact),
    (later("Enrôlement et sa date"), lambda can: can.tells_enrolment),
    (later("Tablette supervisée ou gérée en propre"), lambda can: can.tells_managed),
    (later("Configuration ou profil attendu"), lambda can: can.tells_configuration),
    (later("Applications installées, comparées à celles attendues"), lambda can: can.tells_apps),
    (later("Batterie"), lambda can: can.tells_battery),
    (later("Groupe (classe mobile)"), lambda can: can.tells_group),
    (later("Nombre total d'appareils, qui prouve une lecture entière"), lambda can: can.tells_total),
    (later("Batterie, mode perdu et profils d'un appareil demandé seul, à tour de rôle"), lambda can: can.details),
    (later("Ce qui a changé depuis la dernière lecture"), lambda can: can.changed_since),
)


def orders(key: str, allowed: frozenset[Action]) -> Sequence[tuple[Action, bool, bool]]:
    """Each command, whether this kind of server has it, and whether the operator's file allows it to this connector."""
    can = actions_of(key)
    return [(action, action in can, action in can & allowed) for action in Action]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of server: its name, the platforms it manages, and whether it tells each thing of the table, in the reader's language."""

    key: str
    title: str
    platforms: Sequence[str]
    peer: bool
    changes: bool
    details: bool
    told: Sequence[tuple[str, bool]]


def kind(key: str) -> Kind:
    """The line of the table of one kind. KeyError for a kind that does not exist."""
    can = KINDS[key].capabilities
    return Kind(key, tell(TITLES[key]), [tell(one) for one in can.platforms], can.peer, can.changed_since, can.details, [(tell(label), says(can)) for label, says in TOLD])
