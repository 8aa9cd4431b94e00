"""What this room hangs on the pages of the ground floor: steps and services of a class, readiness of a school, checklist of a tablet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy.actions.steps import CONNECTIVITY
from deploy.progress import STEP
from deploy.queries.board import ClassOnBoard, on_board, school_words
from deploy.queries.conventions import baselines
from deploy.setup.checklist import SETUP
from deploy.steps import PARTS_OF_NETWORK, SIGNATORIES, TICKS, Level
from inventory.errors import NotFound
from inventory.journal import When
from inventory.models import MobileClass, School, Tablet
from inventory.scope import Scope
from inventory.words import tell


def class_panel(shown: MobileClass, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The steps, the services and the plan of one mobile class."""
    try:
        one = on_board(scope, shown.id, when, now)
    except NotFound:
        return None
    baseline = baselines().get(one.record.baseline)
    return {
        "one": one, "baseline": baseline, "ticks": TICKS, "parts": PARTS_OF_NETWORK, "signatories": SIGNATORIES, "Level": Level,
        "STEP": STEP, "when": when, "items": _items(one),
    }  # fmt: skip


def _items(one: ClassOnBoard) -> list[tuple[Any, int, int]]:
    """Each item of the baseline with how many tablets of the class have it, and how many are disputed."""
    checks = [check for device in one.devices for check in device.checks]
    found: dict[str, tuple[Any, int, int]] = {}
    for check in checks:
        item, done, wrong = found.get(check.item.key, (check.item, 0, 0))
        found[check.item.key] = (item, done + check.done, wrong + (check.state.tone == "bad"))
    return list(found.values())


def school_panel(shown: School, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any]:
    """The readiness of a school: its internet rate (3.1), its council's information."""
    words = school_words(scope, shown.id, when)
    return {
        "connectivity": words.get("connectivity"), "council": words.get("council_informed"), "school": shown,
        "connectivity_labels": CONNECTIVITY, "rates": [(value, tell(label)) for value, label in CONNECTIVITY.items()], "when": when,
    }  # fmt: skip


def tablet_panel(shown: Tablet, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The checklist of a tablet, its conformity and its contact in school time."""
    if shown.mobile_class_id is None:
        return None
    try:
        one = on_board(scope, shown.mobile_class_id, when, now)
    except NotFound:
        return None
    device = next((device for device in one.devices if device.tablet.id == shown.id), None)
    if device is None:
        return None
    return {"one": one, "device": device, "contact": one.contacts[shown.id], "SETUP": SETUP, "tablet": shown, "when": when}
