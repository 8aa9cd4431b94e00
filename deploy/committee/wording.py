"""What differs between two evidences of a class, in words: fields by their name, values by their label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.committee.integration import changes
from deploy.setup.evidence import Conformity
from deploy.steps import SERVICES, StepState
from inventory.discrepancy import Kind, Verdict
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.spoken import decimal
from inventory.status import Status
from inventory.words import later, tell

FIELDS = {
    "slot": later("alvéole"), "stage": later("étape"), "mdm": later("selon le MDM"), "conformity": later("conformité"), "expected": later("tablettes attendues"),
    "wifi": later("Wi-Fi, intégration et stockage essayés dans l'école"), "connectivity": later("débit internet"), "mbps": later("débit mesuré, en Mbit/s"),
}  # fmt: skip
LABELS: Mapping[str, type[Status]] = {"stage": Stage, "mdm": MdmStatus, "conformity": Conformity, "wifi": StepState}
RATES = {"sufficient": later("suffisant"), "insufficient": later("insuffisant"), "waived": later("dérogation signée"), "unknown": later("non mesuré")}
BY_SERVICE = {one.key: one.label for one in SERVICES}


def in_words(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What differs between two evidences: (what, before, after), each in the reader's language."""
    for what, one, two in changes(before, after):
        thing, _, field = what.rpartition(", ")
        kind, serial, decided = (*what.split(":", 2), "", "")[:3]
        if kind in list(Kind):
            decision = f", {Verdict(decided).label}" if decided in list(Verdict) else ""
            yield tell("écart, {kind}, {serial}", kind=Kind(kind).label, serial=serial) + decision, one, two
        elif what in BY_SERVICE:
            yield tell(BY_SERVICE[what]), _label("wifi", one), _label("wifi", two)
        elif field in FIELDS:
            name = tell(FIELDS[field])
            yield f"{thing}, {name}" if thing else name, _label(field, one), _label(field, two)
        else:
            yield what, one, two


def _label(field: str, value: str) -> str:
    """The label of a stored value; a value that no version knows is shown as it is."""
    known = LABELS.get(field)
    if known is not None and value in list(known):
        return known(value).label
    return tell(RATES[value]) if field == "connectivity" and value in RATES else decimal(value) if field == "mbps" else "" if value == "None" else value
