"""The initial configuration as a versioned baseline (article 6.1, "paramétrage initial"): what every tablet must carry."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from inventory.errors import Refused

EVIDENCE = ("enrolled", "configuration", "os_minimum", "restrictions", "apps", "")
DEVICE_STEPS = ("enrolment", "configuration", "applications", "pre_delivery")


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to do on every tablet, ticked by a person or proved by what the MDM reports."""

    key: str
    step: str
    label: str
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the MDM should report of a tablet that carries the baseline; None where the baseline asks nothing."""

    configuration: str | None = None
    os_minimum: str | None = None
    managed: bool | None = None
    permissions: bool | None = None


@dataclass(frozen=True, slots=True)
class Baseline:
    """One version of an initial configuration."""

    key: str
    title: str
    version: str
    dated: date
    expected: Expected
    items: tuple[Item, ...]

    def items_of(self, step: str) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.step == step)


def parse(text: str, name: str) -> Baseline:
    """Read a baseline's TOML; raises `Refused` with one sentence for every fault."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise Refused(f"{name} : fichier TOML illisible ({fault}).") from fault
    faults = list(_faults(told))
    if faults:
        raise Refused(*(f"{name} : {fault}" for fault in faults))
    items = tuple(Item(**item) for item in told["item"])
    return Baseline(told["key"], told["title"], told["version"], told["date"], Expected(**told.get("expected", {})), items)


def _faults(told: Mapping[str, Any]) -> list[str]:
    faults = [f"clé « {key} » absente" for key in ("key", "title", "version", "date", "item") if key not in told]
    faults += [f"clé « {key} » inconnue" for key in told.keys() - {"key", "title", "version", "date", "item", "expected"}]
    if not isinstance(told.get("date", date.min), date):
        faults.append(f"date = « {told['date']} » : écrire une date, par exemple 2017-09-18")
    faults += [
        f"expected.{key} inconnu : configuration, os_minimum, managed ou permissions"
        for key in told.get("expected", {}).keys() - set(Expected.__dataclass_fields__)
    ]
    seen: set[str] = set()
    for item in told.get("item", []):
        faults += _item_faults(item, seen)
    return faults


def _item_faults(item: Mapping[str, Any], seen: set[str]) -> list[str]:
    name = item.get("key", "?")
    faults = [f"item « {name} » : clé « {key} » absente" for key in ("key", "step", "label") if key not in item]
    faults += [f"item « {name} » : clé « {key} » inconnue" for key in item.keys() - {"key", "step", "label", "evidence"}]
    if item.get("step", DEVICE_STEPS[0]) not in DEVICE_STEPS:
        faults.append(f"item « {name} » : étape « {item['step']} » inconnue ; choisir {', '.join(DEVICE_STEPS)}")
    if item.get("evidence", "") not in EVIDENCE:
        faults.append(f"item « {name} » : preuve « {item['evidence']} » inconnue ; choisir {', '.join(EVIDENCE[:-1])}")
    if name in seen:
        faults.append(f"item « {name} » : deux fois la même clé")
    seen.add(name)
    return faults
