"""How the journal's lines of this room are told: steps, visas, ticks, the readiness of a school."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.committee.integration import Verdict
from deploy.committee.meeting import MeetingState
from deploy.field.reasons import REASONS
from deploy.funding.assignment import Ground
from deploy.incidents.kind import Kind, Result
from deploy.rollcall.sight import CHECK, LOCK, SIGHT, Sight, Whereabouts
from deploy.steps import SIGNATORIES, TICKS
from deploy.stocktake.difference import Decided
from inventory.spoken import amount, decimal, short_day
from inventory.timeline import Words
from inventory.words import later, tell, tell_count

DECISIONS = {
    "open": later("Décision prise"), "done": later("Décision suivie : faite"), "dropped": later("Décision abandonnée"),
}  # fmt: skip
STATES = {"done": "{what}", "waived": later("{what} (dispense)"), "undone": later("{what} (reprise)")}
RATES = {"sufficient": later("suffisant"), "insufficient": later("insuffisant"), "waived": later("dérogation signée")}


def _with_state(what: str, value: str) -> str:
    return tell(STATES.get(value, STATES["done"]), what=what)


def _step(axis: str, value: str, detail: Any) -> tuple[str, str]:
    key, _, signatory = axis.removeprefix("step:").partition(":")
    if "verdict" in detail:
        verdict = Verdict(detail["verdict"])
        return tell("Visa pour {signatory} : {verdict}", signatory=tell(SIGNATORIES[signatory]), verdict=verdict.label), verdict.icon
    label = tell("Visa pour {signatory}", signatory=tell(SIGNATORIES[signatory])) if signatory else tell(TICKS.get(key, key))
    present = tell(", {count} présents", count=detail["present"]) if detail.get("present") else ""
    return _with_state(label + present, value), "stamp" if signatory else "check"


def _tick(axis: str, value: str, detail: Any) -> tuple[str, str]:
    told = detail.get("label") or axis.removeprefix("setup:")
    return _with_state(told, value), "user-check"


def _rate(axis: str, value: str, detail: Any) -> tuple[str, str]:
    mbps = f", {decimal(detail['mbps'])} Mbit/s" if detail.get("mbps") else ""
    return tell("Débit internet {rate}{mbps}", rate=tell(RATES.get(value, value)), mbps=mbps), "network"


def _council(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return tell("Conseil d'école informé du Wi-Fi"), "users"


def _paper(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if "technician" in detail:
        day, half = short_day(date.fromisoformat(detail["day"])), tell("après-midi") if detail["half"] else tell("matin")
        kept = value == "promised"
        return (tell("Visite promise : {day} {half}", day=day, half=half) if kept else tell("Visite retirée : {day} {half}", day=day, half=half)), "calendar-check"
    if "committee" in detail:
        state = MeetingState(value)
        day = short_day(date.fromisoformat(detail["day"]))
        return tell("Réunion {state}, le {day}", state=state.label, day=day), state.icon
    if "words" in detail:
        return tell(DECISIONS.get(value, DECISIONS["dropped"])), "stamp"
    if "lines" in detail:
        total = amount(sum((Decimal(line["gross"]) for line in detail["lines"]), Decimal(0)))
        said = tell_count("Facture : {count} ligne, {total}", "Facture : {count} lignes, {total}", len(detail["lines"]), total=total)
        return (tell("Facture annulée"), "trash-2") if value == "cancelled" else (said, "file-text")
    return (tell("Mouvement annulé"), "trash-2") if value == "cancelled" else (tell("Mouvement enregistré"), "landmark")


def _field_note(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return tell("Note de tournée"), "file-text"


def _seen(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if detail.get("slot"):
        return tell("Vue par un technicien dans {cart}, alvéole {slot}", cart=detail.get("cart", ""), slot=detail["slot"]), "eye"
    return tell("Vue par un technicien dans {cart}", cart=detail.get("cart", "")), "eye"


def _photo(axis: str, value: str, detail: Any) -> tuple[str, str]:
    return tell("Photo prise en tournée"), "eye"


def _visit(axis: str, value: str, detail: Any) -> tuple[str, str]:
    reason = tell(REASONS.get(detail.get("reason"), ""))
    if detail.get("next"):
        day = short_day(date.fromisoformat(detail["next"]))
        return tell("Visite infructueuse : {reason} ; proposée le {day}", reason=reason, day=day), "calendar-x"
    return tell("Visite infructueuse : {reason}", reason=reason), "calendar-x"


def _presence(axis: str, value: str, detail: Any) -> tuple[str, str]:
    there = tell("présent") if value == "present" else tell("absent")
    return tell("Siège {number} : {there}", number=int(axis.rpartition(":")[2]) + 1, there=there), "user-check"


def _sight(axis: str, value: str, detail: Any) -> tuple[str, str]:
    where = f", {Whereabouts(detail['why']).label}" if detail.get("why") else ""
    return tell("Pointage : {word}{where}", word=Sight(value).label, where=where), Sight(value).icon


def _check(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis == LOCK:
        return tell("Pointage sans compte fermé : cinq codes faux de suite"), "shield-alert"
    missing = tell(", {count} pas dans la valise", count=len(detail["missing"])) if detail["missing"] else ""
    return tell_count("Pointage : {count} tablette vue{missing}", "Pointage : {count} tablettes vues{missing}", detail["here"], missing=missing), "search-check"


def _handover(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis.startswith("reservation"):
        return tell("Réserve {number} levée", number=int(axis.rpartition(":")[2]) + 1), "check"
    count = detail["reservations"]
    left = tell_count("{count} réserve", "{count} réserves", count) if count else tell("sans réserve")
    return tell("Procès-verbal n° {number} signé, {left}", number=detail["record"], left=left), "stamp"


def _incident(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis == "rma":
        return tell("Renvoyée au fournisseur, RMA {rma}", rma=detail["rma"]), "truck"
    if axis == "note":
        return tell("Note"), "file-text"
    if axis == "complaint":
        return tell("Plainte n° {number} déposée", number=detail["number"]), "file-check"
    kind, number = Kind(detail["kind"]), tell(" n° {id}", id=detail["id"]) if "id" in detail else ""
    if value == "open":
        reference = f", {detail['reference']}" if detail.get("reference") else ""
        return tell("Incident{number} ouvert : {kind}{reference}", number=number, kind=kind.label, reference=reference), kind.icon
    serial = tell(" contre {serial}", serial=detail["serial"]) if detail.get("serial") else ""
    return tell("Incident{number} clos : {result}{serial}", number=number, result=Result(value).label, serial=serial), Result(value).icon


def _exchange(axis: str, value: str, detail: Any) -> tuple[str, str]:
    said = tell("Remplacée par {serial}", serial=detail["serial"]) if axis == "replaced_by" else tell("Remplace {serial}", serial=detail["serial"])
    return said, "replace"


def _stocktake(axis: str, value: str, detail: Any) -> tuple[str, str]:
    if axis.startswith("decision:"):
        return tell("{name} : {reason}", name=detail["name"], reason=Decided(value).label), Decided(value).icon
    if value == "open":
        return tell("Inventaire ouvert"), "clipboard-list"
    return tell(
        "Inventaire clos : {found} trouvées, {missing} manquantes, {unexpected} inattendues",
        found=detail["found"], missing=detail["missing"], unexpected=detail["unexpected"],
    ), "clipboard-list"  # fmt: skip


def _assignment(axis: str, value: str, detail: Any) -> tuple[str, str]:
    ground = Ground(value)
    return tell("Affectation : {ground}, {day}", ground=ground.label, day=short_day(date.fromisoformat(detail["day"]))), ground.icon


WORDS: Mapping[str, Words] = {
    "assignment": _assignment,
    SIGHT: _sight, CHECK: _check, "handover": _handover, "reservation:": _handover, "incident": _incident, "state": _incident, "rma": _incident, "complaint": _incident,
    "note": _incident, "replaced_by": _exchange, "replaces": _exchange, "decision:": _stocktake, "stocktake": _stocktake,
    "field_note": _field_note, "seen": _seen, "visit": _visit, "photo": _photo, "said": _paper, "step:": _step, "setup:": _tick, "connectivity": _rate,
    "council_informed": _council,
    "presence:": _presence,
}  # fmt: skip
