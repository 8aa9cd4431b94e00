"""What a technical committee member is shown of a class's integration, and the digest that ties a verdict to exactly that (article 4.2.2)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from inventory.status import Status
from inventory.words import tell


class Verdict(Status):
    """What a member says of a class."""

    VALIDATED = "validated", "intégration validée", "badge-check", "good"
    RESERVED = "reserved", "validée avec réserves", "badge-alert", "watch"
    REFUSED = "refused", "intégration refusée", "badge-x", "bad"
    WITHDRAWN = "withdrawn", "visa retiré", "circle-slash", "rest"


SETTLES = frozenset({Verdict.VALIDATED, Verdict.RESERVED})


@dataclass(frozen=True, slots=True)
class TabletShown:
    """One tablet as the member saw it: what persons say, then what the MDM says."""

    slot: int | None
    serial: str
    stage: str
    mdm: str
    conformity: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """A class's integration: its tablets, the five services of article 6.1, its network and its school's rate, what disagrees."""

    class_code: str
    uai: str
    expected: int
    tablets: Sequence[TabletShown]
    services: Mapping[str, str]
    wifi: str
    connectivity: str
    mbps: str
    discrepancies: Sequence[str]

    @property
    def enrolled(self) -> int:
        """How many the MDM says enrolled."""
        return sum(one.mdm == "enrolled" for one in self.tablets)

    @property
    def compliant(self) -> int:
        """How many the MDM shows to conform to their initial configuration."""
        return sum(one.conformity == "compliant" for one in self.tablets)


def told(evidence: Evidence) -> dict[str, Any]:
    """The evidence as JSON values: what a verdict keeps, whole."""
    plain = asdict(evidence)
    return {**plain, "tablets": [asdict(one) for one in evidence.tablets], "discrepancies": list(evidence.discrepancies)}


def digest(shown: Mapping[str, Any]) -> str:
    """SHA-256 (FIPS 180-4) of the canonical JSON of what was shown."""
    text = json.dumps(dict(shown), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """What differs between two evidences: (what, before, after), tablets by their serial number."""
    then, now = ({one["serial"]: one for one in shown["tablets"]} for shown in (before, after))
    for serial in sorted(then.keys() | now.keys()):
        if serial not in now or serial not in then:
            yield serial, _there(serial in then), _there(serial in now)
            continue
        for field in ("slot", "stage", "mdm", "conformity"):
            if then[serial][field] != now[serial][field]:
                yield f"{serial}, {field}", str(then[serial][field]), str(now[serial][field])
    for key in sorted(before["services"].keys() | after["services"].keys()):
        if before["services"].get(key) != after["services"].get(key):
            yield key, before["services"].get(key, ""), after["services"].get(key, "")
    for field in ("expected", "wifi", "connectivity", "mbps"):
        if before[field] != after[field]:
            yield field, str(before[field]), str(after[field])
    for one in sorted(set(before["discrepancies"]) ^ set(after["discrepancies"])):
        yield one, _told(one in before["discrepancies"]), _told(one in after["discrepancies"])


def _there(there: bool) -> str:
    return tell("présente") if there else tell("absente")


def _told(there: bool) -> str:
    return tell("signalé") if there else ""
