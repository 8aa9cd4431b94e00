"""How the journal's lines of this room are told: steps, visas, ticks, the readiness of a school."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.committee.integration import Verdict
from deploy.committee.meeting import MeetingState
from deploy.field.reasons import REASONS
from deploy.steps import SIGNATORIES, TICKS
from inventory.french import amount, counted, short_day
from inventory.timeline import Words

STATES = {"done": "", "waived": " (dispense)", "undone": " (reprise)"}
RATES = {"sufficient": "suffisant", "insufficient": "insuffisant", "waived": "dérogation signée"}


def _step(axis: str, value: str, detail: Any) -> tuple[str, str]:
    key, _, signatory = axis.removeprefix("step:").partition(":")
    if "verdict" in detail:
        verdict = Verdict(detail["verdict"])
        return f"Visa pour {SIGNATORIES[signatory]} : {verdict.label}", verdict.icon
    label = f"Visa pour {SIGNATORIES[signatory]}" if signatory else TICKS.get(key, key)
    present = f", {detail['present']} présents" if detail.get("present") else ""
    return label + present + STATES.get(value, ""), "stamp" if signatory else "check"


def _tick(axis: str, value: str, detail: Any) -> tuple[str, str]:
    told = detail.get("label") or axis.removeprefix("setup:")
    return f"{told}{STATES.get(value, '')}", "user-check"


def _rate(axis: str, value: str, detail: Any) -> tuple[str, str]:
    mbps = f", {str(detail['mbps']).replace('.', ',')} Mbit/s" if detail.get("mbps") else ""
    return f"Débit internet {RATES.get(value, value)}{mbps}", "network"


def _council(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return "Conseil d'école informé du Wi-Fi", "users"


def _paper(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if "committee" in detail:
        state = MeetingState(value)
        return f"Réunion {state.label}, le {short_day(date.fromisoformat(detail['day']))}", state.icon
    if "words" in detail:
        return {"open": "Décision prise", "done": "Décision suivie : faite"}.get(value, "Décision abandonnée"), "stamp"
    if "lines" in detail:
        total = amount(sum((Decimal(line["gross"]) for line in detail["lines"]), Decimal(0)))
        lines = counted(len(detail["lines"]), "ligne", "lignes")
        return ("Facture annulée", "trash-2") if value == "cancelled" else (f"Facture : {lines}, {total}", "file-text")
    return ("Mouvement annulé", "trash-2") if value == "cancelled" else ("Mouvement enregistré", "landmark")


def _field_note(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return "Note de tournée", "file-text"


def _seen(axis: str, value: str, detail: Any) -> tuple[str, str]:
    slot = f", alvéole {detail['slot']}" if detail.get("slot") else ""
    return f"Vue par un technicien dans {detail.get('cart', '')}{slot}", "eye"


def _visit(axis: str, value: str, detail: Any) -> tuple[str, str]:
    later = f" ; proposée le {short_day(date.fromisoformat(detail['next']))}" if detail.get("next") else ""
    return f"Visite infructueuse : {REASONS.get(detail.get('reason'), '')}{later}", "calendar-x"


def _presence(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return f"Siège {int(axis.rpartition(':')[2]) + 1} : {'présent' if value == 'present' else 'absent'}", "user-check"


WORDS: Mapping[str, Words] = {
    "field_note": _field_note, "seen": _seen, "visit": _visit, "said": _paper, "step:": _step, "setup:": _tick, "connectivity": _rate,
    "council_informed": _council,
    "presence:": _presence,
}  # fmt: skip
