"""What a device no longer carries of its baseline, item by item, as values: what is expected, what its MDM tells."""

from __future__ import annotations

from collections.abc import Callable

from deploy.setup.baseline import Baseline, Expected
from deploy.setup.evidence import Verdict, judge
from inventory.discrepancy import Drifted
from inventory.sight import Seen

NOTHING = "–"
Values = tuple[str, str]


def drifted(seen: Seen, baseline: Baseline) -> list[Drifted]:
    """The items that an MDM's word contradicts (profile or configuration, system, mode, apps); what it does not tell is no drift."""
    wrong = (item for item in baseline.items if item.evidence in _VALUES and judge(item, seen, baseline).verdict is Verdict.CONTRADICTED)
    return [Drifted(item.key, item.label, *_VALUES[item.evidence](seen, baseline.expected)) for item in wrong]


def _configuration(seen: Seen, expected: Expected) -> Values:
    return expected.configuration or NOTHING, seen.configuration


def _os_minimum(seen: Seen, expected: Expected) -> Values:
    return f"≥ {expected.os_minimum}", seen.os_version


def _mode(seen: Seen, expected: Expected) -> Values:
    told = {"managed": seen.managed, "permissions": seen.permissions_granted if expected.permissions else None}
    asked = [name for name, said in told.items() if said is not None]
    return ", ".join(asked), ", ".join(name for name in asked if told[name]) or NOTHING


def _apps(seen: Seen, expected: Expected) -> Values:
    wrong = [app for app in seen.apps if app[2] != app[1]]
    return ", ".join(f"{name} {required}" for name, required, _ in wrong), ", ".join(f"{name} {installed or NOTHING}" for name, _, installed in wrong)


_VALUES: dict[str, Callable[[Seen, Expected], Values]] = {
    "configuration": _configuration, "os_minimum": _os_minimum, "restrictions": _mode, "apps": _apps,
}  # fmt: skip
