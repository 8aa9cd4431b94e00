"""An agenda drafted from what is open: what waits for a validation, what is late, decisions not closed yet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from deploy.committee.meeting import Decision
from inventory.french import short_day

STEERING = "steering"


def draft(decisions: Sequence[Decision], waiting: Sequence[str], late: Mapping[str, str], committee: str, today: date) -> list[str]:
    """The points of an agenda in French, in the order they are discussed.

    `waiting` are the codes of the classes delivered and not validated, `late` those behind their dates with the step that blocks them.
    """
    points = ["Approbation du compte rendu précédent"]
    points += [_followed(one, today) for one in decisions if one.open]
    points += [f"{code} : validation de l'intégration" for code in waiting]
    points += [f"{code} : en retard sur ses dates, bloquée par « {step} »" for code, step in late.items()]
    if committee == STEERING:
        points += ["État d'avancement du trimestre (article 4.1.2)", "Point financier : dépenses, subvention, solde (article 7.1)"]
    return [*points, "Questions diverses et date de la prochaine réunion"]


def _followed(one: Decision, today: date) -> str:
    due = f", pour le {short_day(one.due)}{' (en retard)' if one.due < today else ''}" if one.due else ""
    return f"Suivi : {one.words} ({one.owner}{due})"
