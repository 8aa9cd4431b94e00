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
from inventory.words import tell


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



def judge(item: Item, seen: Seen | None, baseline: Baseline) -> Proof:
    """The proof that the MDM's word brings for or against one item."""
    if not item.evidence:
        return Proof(Verdict.SILENT, tell("à constater par une personne"))
    if seen is None:
        return Proof(Verdict.SILENT, tell("aucun MDM ne connaît cette tablette"))
    if item.evidence == "enrolled":
        return _enrolled(seen)
    if seen.status is not MdmStatus.ENROLLED:
        return Proof(Verdict.SILENT, tell("la tablette est « {status} » dans le MDM", status=seen.status.label), seen.since)
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
        return Proof(Verdict.PROVEN, tell("enrôlée dans « {connector} » sous le nom {number}", connector=seen.connector, number=seen.number), seen.since)
    verdict = Verdict.SILENT if seen.status is MdmStatus.PENDING else Verdict.CONTRADICTED
    return Proof(verdict, tell("« {status} » dans « {connector} »", status=seen.status.label, connector=seen.connector), seen.since)


def _configuration(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    if expected.configuration is None or not seen.configuration:
        return Verdict.SILENT, tell("le MDM ne nomme pas de configuration")
    good = seen.configuration == expected.configuration
    return _verdict(good), tell("configuration « {configuration} »", configuration=seen.configuration) + ("" if good else tell(", attendue « {configuration} »", configuration=expected.configuration))


def _os_minimum(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    if expected.os_minimum is None or not version(seen.os_version):
        return Verdict.SILENT, tell("le MDM ne donne pas la version du système")
    good = version(seen.os_version) >= version(expected.os_minimum)
    return _verdict(good), tell("système {version}", version=seen.os_version) + ("" if good else tell(", {version} au moins attendu", version=expected.os_minimum))


def _restrictions(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    asked = [
        (seen.managed, tell("gérée")),
        *([(seen.permissions_granted, tell("droits accordés"))] if expected.permissions else []),
    ]
    if any(told is None for told, _ in asked):
        return Verdict.SILENT, tell("le MDM ne dit pas si la tablette est gérée")
    good = all(told for told, _ in asked)
    return _verdict(good), ", ".join(word if told else tell("non {word}", word=word) for told, word in asked)


def _apps(seen: Seen, expected: Expected) -> tuple[Verdict, str]:
    if not seen.apps:
        return Verdict.SILENT, tell("le MDM n'impose aucune application")
    wrong = [tell("{app} {installed} (attendue {required})", app=pkg, installed=installed or tell("absente"), required=required) for pkg, required, installed in seen.apps if installed != required]
    if wrong:
        return Verdict.CONTRADICTED, " ; ".join(wrong)
    return Verdict.PROVEN, tell("{count} applications à la bonne version", count=len(seen.apps))


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
