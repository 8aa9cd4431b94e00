"""How the journal's lines of this room are told: steps, visas, ticks, the readiness of a school."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.committee.integration import Verdict
from deploy.committee.meeting import MeetingState
from deploy.field.reasons import REASONS
from deploy.incidents.kind import Kind, Result
from deploy.rollcall.sight import CHECK, LOCK, SIGHT, Sight, Whereabouts
from deploy.steps import SIGNATORIES, TICKS
from deploy.stocktake.difference import Decided
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


def _sight(axis: str, value: str, detail: Any) -> tuple[str, str]:
    where = f", {Whereabouts(detail['why']).label}" if detail.get("why") else ""
    return f"Pointage : {Sight(value).label}{where}", Sight(value).icon


def _check(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis == LOCK:
        return "Pointage sans compte fermé : cinq codes faux de suite", "shield-alert"
    missing = f", {len(detail['missing'])} pas dans la valise" if detail["missing"] else ""
    return f"Pointage : {counted(detail['here'], 'tablette vue', 'tablettes vues')}{missing}", "search-check"


def _handover(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis.startswith("reservation"):
        return f"Réserve {int(axis.rpartition(':')[2]) + 1} levée", "check"
    left = counted(detail["reservations"], "réserve", "réserves") if detail["reservations"] else "sans réserve"
    return f"Procès-verbal n° {detail['record']} signé, {left}", "stamp"


def _incident(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis == "rma":
        return f"Renvoyée au fournisseur, RMA {detail['rma']}", "truck"
    if axis == "note":
        return "Note", "file-text"
    kind, number = Kind(detail["kind"]), f" n° {detail['id']}" if "id" in detail else ""
    if value == "open":
        reference = f", {detail['reference']}" if detail.get("reference") else ""
        return f"Incident{number} ouvert : {kind.label}{reference}", kind.icon
    serial = f" contre {detail['serial']}" if detail.get("serial") else ""
    return f"Incident{number} clos : {Result(value).label}{serial}", Result(value).icon


def _exchange(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return f"{'Remplacée par' if axis == 'replaced_by' else 'Remplace'} {detail['serial']}", "replace"


def _stocktake(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis.startswith("decision:"):
        return f"{detail['name']} : {Decided(value).label}", Decided(value).icon
    if value == "open":
        return "Inventaire ouvert", "clipboard-list"
    return f"Inventaire clos : {detail['found']} trouvées, {detail['missing']} manquantes, {detail['unexpected']} inattendues", "clipboard-list"


WORDS: Mapping[str, Words] = {
    SIGHT: _sight, CHECK: _check, "handover": _handover, "reservation:": _handover, "incident": _incident, "state": _incident, "rma": _incident,
    "note": _incident, "replaced_by": _exchange, "replaces": _exchange, "decision:": _stocktake, "stocktake": _stocktake,
    "field_note": _field_note, "seen": _seen, "visit": _visit, "said": _paper, "step:": _step, "setup:": _tick, "connectivity": _rate,
    "council_informed": _council,
    "presence:": _presence,
}  # fmt: skip
