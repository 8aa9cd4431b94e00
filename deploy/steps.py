"""The fourteen steps from the school's readiness to the certified delivery, in order, and the five services of article 6.1."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.lifecycle import Stage
from inventory.roles import FIELD, Role
from inventory.status import Status
from inventory.words import later


class StepState(Status):
    """How far a step is."""

    TODO = "todo", "à faire", "circle", "unknown"
    PARTLY = "partly", "en partie", "circle-dashed", "watch"
    DONE = "done", "faite", "circle-check", "good"
    WAIVED = "waived", "dispensée", "circle-slash", "rest"


class Level(Status):
    """What a step is counted on."""

    SCHOOL = "school", "école", "school", "plain"
    CLASS = "class", "classe mobile", "briefcase", "plain"
    DEVICE = "device", "tablettes", "tablet", "plain"


@dataclass(frozen=True, slots=True)
class Step:
    """One step: who does it, what it is counted on, what it needs first, its proof, its article."""

    number: int
    key: str
    label: str
    who: str
    level: Level
    evidence: str
    article: str
    needs: tuple[str, ...] = ()
    stage: Stage | None = None
    roles: frozenset[Role] = frozenset({Role.TECHNICIAN, Role.MANAGER, Role.ADMINISTRATOR})


_OFFICE = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
_TRAINERS = frozenset({Role.ACADEMY, Role.MANAGER, Role.ADMINISTRATOR})
_S, _C, _D = Level.SCHOOL, Level.CLASS, Level.DEVICE

STEPS: tuple[Step, ...] = (
    Step(0, "readiness", "Débit vérifié, conseil d'école informé", "DSI ; directeur", _S, "mesure ; date du conseil", "3.1"),
    Step(1, "order", "Commande", "gestionnaire", _C, "bon de commande", "4.2.2", roles=_OFFICE),
    Step(2, "reception", "Réception", "magasin, DSI", _D, "bon de livraison, compte", "7.1", ("order",), Stage.RECEIVED),
    Step(3, "check", "Contrôle (quantité, n° de série, état)", "technicien", _D, "liste des séries", "4.2.2", ("reception",), Stage.CHECKED),
    Step(4, "labelling", "Étiquetage, inventaire", "technicien", _D, "n° d'inventaire", "4.2.2", ("check",), Stage.LABELLED),
    Step(5, "enrolment", "Enrôlement dans le MDM", "technicien", _D, "le MDM connaît la série", "6.1 (2)", ("labelling",), Stage.ENROLLED),
    Step(6, "configuration", "Configuration initiale", "technicien", _D, "profil appliqué", "6.1 (1)", ("enrolment",), Stage.CONFIGURED),
    Step(7, "applications", "Applications et ressources", "technicien ; DANE", _D, "applications installées", "3.2", ("configuration",)),
    Step(8, "network", "Wi-Fi de l'école, intégration au SI, espace de stockage", "DSI", _C, "essais", "6.1 (3)(4)", ("readiness", "configuration")),
    Step(9, "pre_delivery", "Contrôle avant livraison", "technicien", _D, "liste de contrôle", "4.2.2", ("labelling", "enrolment", "configuration", "applications", "network")),
    Step(10, "delivery", "Livraison, mise à disposition", "technicien ; directeur", _D, "PV de mise à disposition", "3.1", ("pre_delivery",), Stage.DELIVERED),
    Step(11, "training", "Prise en main des enseignants", "académie", _C, "nombre de présents", "6.1 (5), 3.2", ("delivery",), roles=_TRAINERS),
    Step(12, "acceptance", "Validation du comité technique", "comité technique", _C, "visa des deux signataires", "4.2.2", ("delivery", "training"), roles=frozenset({Role.TECHNICAL_COMMITTEE})),
    Step(13, "service_done", "Service fait", "académie", _C, "constatation datée", "7.1", ("acceptance",), roles=frozenset({Role.ACADEMY})),
)  # fmt: skip
NEVER_WAIVED = frozenset({"acceptance", "service_done"})
"""What only both signatories, and only the académie, may say (articles 4.2.2 and 7.1): nobody dispenses with it."""
STEP_WRITERS = FIELD | {Role.ACADEMY, Role.TECHNICAL_COMMITTEE}
BY_KEY = {step.key: step for step in STEPS}
SIGNATORIES = {"commune": later("la commune"), "academie": later("l'académie")}


@dataclass(frozen=True, slots=True)
class Service:
    """One of the five services of article 6.1, and the step (or the tick) that shows it rendered."""

    key: str
    label: str
    step: str


SERVICES = (
    Service("initial_configuration", "Paramétrage initial", "configuration"),
    Service("mdm", "Solution de gestion de terminaux mobiles", "enrolment"),
    Service("integration", "Intégration au système d'information de l'établissement", "integration"),
    Service("storage", "Espace de stockage et de partage sécurisé", "storage"),
    Service("first_use", "Information à la prise en main pour les enseignants", "training"),
)
PARTS_OF_NETWORK = ("wifi", "integration", "storage")
TICKS = {
    "wifi": later("Wi-Fi de l'école"),
    "integration": later("Intégration au système d'information"),
    "storage": later("Espace de stockage et de partage"),
    **{step.key: step.label for step in STEPS},
}
