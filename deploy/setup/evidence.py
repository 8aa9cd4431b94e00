"""What the MDM's word proves of a tablet's initial configuration: never more than what it says, and never by a mere check-in."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from deploy.setup.baseline import Baseline, Expected, Item
from inventory.mdm_status import MdmStatus
from inventory.sight import Seen
from inventory.status import Status


class Verdict(Status):
    """What a machine's word does to one item of the baseline."""

    PROVEN = "proven", "prouvé par le MDM", "badge-check", "good"
    CONTRADICTED = "contradicted", "contredit par le MDM", "badge-x", "bad"
    SILENT = "silent", "le MDM n'en dit rien", "circle-help", "unknown"


class Conformity(Status):
    """A tablet against its baseline, as far as its MDM tells."""

    COMPLIANT = "compliant", "conforme", "badge-check", "good"
    DRIFT = "drift", "dérive", "badge-x", "bad"
    PENDING = "pending", "configuration en cours", "settings", "watch"
    NOT_ASSESSED = "not_assessed", "non évaluée", "circle-help", "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """A verdict with its words and the moment the server first said so."""

    verdict: Verdict
    text: str
    told_at: datetime | None = None


NOTHING = Proof(Verdict.SILENT, "aucun MDM ne connaît cette tablette")
NOT_ASKED = Proof(Verdict.SILENT, "à constater par une personne")


def judge(item: Item, seen: Seen | None, baseline: Baseline) -> Proof:
    """The proof that the MDM's word brings for or against one item."""
    if not item.evidence:
        return NOT_ASKED
    if seen is None:
        return NOTHING
    if item.evidence == "enrolled":
        return _enrolled(seen)
    if seen.status is not MdmStatus.ENROLLED:
        return Proof(Verdict.SILENT, f"la tablette est « {seen.status.label} » dans le MDM", seen.since)
    verdict, text = _RULES[item.evidence](seen, baseline.expected)
    return Proof(verdict, text, seen.told_at)


def conformity(seen: Seen | None, baseline: Baseline, *, was_configured: bool) -> Conformity:
    """Compliant when every item a machine can prove is proved; a drift only if the tablet had been configured before."""
    if seen is None or seen.status is not MdmStatus.ENROLLED:
        return Conformity.NOT_ASSESSED
    verdicts = {judge(item, seen, baseline).verdict for item in baseline.items if item.evidence}
    if Verdict.CONTRADICTED in verdicts:
        return Conformity.DRIFT if was_configured else Conformity.PENDING
    return Conformity.COMPLIANT if verdicts == {Verdict.PROVEN} else Conformity.NOT_ASSESSED


def _enrolled(seen: Seen) -> Proof:
    if seen.status is MdmStatus.ENROLLED:
        return Proof(Verdict.PROVEN, f"enrôlée dans « {seen.connector} » sous le nom {seen.number}", seen.since)
    verdict = Verdict.SILENT if seen.status is MdmStatus.PENDING else Verdict.CONTRADICTED
    return Proof(verdict, f"« {seen.status.label} » dans « {seen.connector} »", seen.since)


def _configuration(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    if expected.configuration is None or not seen.configuration:
        return Verdict.SILENT, "le MDM ne nomme pas de configuration"
    good = seen.configuration == expected.configuration
    return _verdict(good), f"configuration « {seen.configuration} »" + ("" if good else f", attendue « {expected.configuration} »")


def _os_minimum(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    if expected.os_minimum is None or not version(seen.os_version):
        return Verdict.SILENT, "le MDM ne donne pas la version du système"
    good = version(seen.os_version) >= version(expected.os_minimum)
    return _verdict(good), f"système {seen.os_version}" + ("" if good else f", {expected.os_minimum} au moins attendu")


def _restrictions(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    asked = [
        (seen.managed, "gérée"),
        *([(seen.permissions_granted, "droits accordés")] if expected.permissions else []),
    ]
    if any(told is None for told, _ in asked):
        return Verdict.SILENT, "le MDM ne dit pas si la tablette est gérée"
    good = all(told for told, _ in asked)
    return _verdict(good), ", ".join(word if told else f"non {word}" for told, word in asked)


def _apps(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    if not seen.apps:
        return Verdict.SILENT, "le MDM n'impose aucune application"
    wrong = [f"{pkg} {installed or 'absente'} (attendue {required})" for pkg, required, installed in seen.apps if installed != required]
    if wrong:
        return Verdict.CONTRADICTED, " ; ".join(wrong)
    return Verdict.PROVEN, f"{len(seen.apps)} applications à la bonne version"


def _verdict(good: bool) -> Verdict:
    return Verdict.PROVEN if good else Verdict.CONTRADICTED


def version(text: str) -> tuple[int, ...]:
    """« 8.1.0 » as numbers, so that 10 comes after 9; empty when there is none."""
    return tuple(int(part) for part in re.findall(r"\d+", text))


_RULES: dict[str, Callable[[Seen, Expected], tuple[Verdict, str]]] = {
    "configuration": _configuration,
    "os_minimum": _os_minimum,
    "restrictions": _restrictions,
    "apps": _apps,
}
