"""What is left to do for a class, as works to plan: from its steps, its tablets and its gates (articles 3.1 and 6.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from deploy.progress import ClassProgress
from deploy.schedule.work import Job, Presence, Work
from inventory.words import later

DEPOT = "dépôt"
LABELS = {
    "preparation": later("Préparation au dépôt"),
    "network": later("Wi-Fi, intégration et stockage"),
    "delivery": later("Livraison"),
    "training": later("Prise en main"),
}
STOCK, READINESS = later("les tablettes ne sont pas reçues"), later("débit ou conseil d'école en attente")


@dataclass(frozen=True, slots=True)
class Durations:
    """Minutes of one technician, as a town measures them: a tablet prepared, and each visit of a class."""

    tablet: int = 15
    network: int = 90
    delivery: int = 60
    training: int = 120


def job(code: str, school: str, progress: ClassProgress, first: date, last: date, today: date, told: Durations) -> Job:
    """The works left of a class, from today on; a gate that is not open has no date. A class that was complete has none: what it lost is a drift."""
    if progress.complete:
        return Job(code, (), max(first, today), last)
    works, ready, gates = [], dict[str, date | None](), dict[str, str]()
    unready = max(progress.step(key).total - progress.step(key).done for key in ("configuration", "applications"))
    if unready and not (progress.step("configuration").settled and progress.step("applications").settled):
        works.append(Work("preparation", DEPOT, unready * told.tablet))
        if not progress.step("reception").settled:
            ready["preparation"], gates["preparation"] = None, STOCK
    visits = (("network", told.network, Presence.ANYBODY), ("delivery", told.delivery, Presence.TEACHERS), ("training", told.training, Presence.TEACHERS))
    for key, minutes, presence in visits:
        if progress.step(key).settled:
            continue
        works.append(Work(key, school, minutes, presence))
        if key != "training" and not progress.step("readiness").settled:
            ready[key], gates[key] = None, READINESS
    return Job(code, tuple(works), max(first, today), last, ready, gates)
