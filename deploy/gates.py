"""What must be true before a step: no delivery without the connectivity check (article 3.1), no school Wi-Fi without the *conseil
d'école*'s information (loi 2015-136, article 7), no *service fait* without the committee's validation (articles 4.2.2 and 7.1)."""

from __future__ import annotations

from collections.abc import Mapping

from deploy.progress import STEP, SUFFICIENT, ClassProgress, Said
from inventory.lifecycle import Stage
from inventory.words import tell

NEED_CONNECTIVITY = frozenset({Stage.DELIVERED, Stage.IN_SERVICE})


def delivery(stage: Stage, school_name: str, school: Mapping[str, Said]) -> str | None:
    """Why a tablet may not be delivered, in French; None if it may."""
    if stage not in NEED_CONNECTIVITY:
        return None
    word = school.get("connectivity")
    if word is None:
        return (
            tell("le débit internet de {school_name} n'a pas été vérifié (article 3.1) ; enregistrer la mesure sur la page de l'école, ou une dérogation motivée.", school_name=school_name)
        )
    if word.value not in SUFFICIENT:
        return (
            tell("le débit internet de {school_name} est insuffisant (article 3.1) ; enregistrer une nouvelle mesure, ou une dérogation motivée.", school_name=school_name)
        )
    return None


def class_step(key: str, progress: ClassProgress, said: Mapping[str, Said], school: Mapping[str, Said]) -> str | None:
    """Why a step of a class may not be recorded as done, in French; None if it may."""
    if key == "wifi" and "council_informed" not in school:
        return tell("le conseil d'école n'a pas été informé (loi 2015-136, article 7) : enregistrer d'abord la date de cette information.")
    if key == "training" and not progress.step("delivery").done:
        return tell("aucune tablette n'est livrée : la prise en main des enseignants suit la livraison.")
    if key == "acceptance" and not progress.step("delivery").settled:
        delivery_step = progress.step("delivery")
        return tell("{done} tablettes livrées sur {total} : la validation porte sur la classe mobile entière.", done=delivery_step.done, total=delivery_step.total)
    if key == "service_done" and not progress.step("acceptance").settled:
        words = {name: said.get(f"{STEP}acceptance:{name}") for name in ("commune", "academie")}
        missing = [name for name, word in words.items() if word is None or word.value != "done"]
        return tell("il manque le visa du comité technique ({missing}) : le service fait suit la validation (article 7.1).", missing=", ".join(missing))
    return None
