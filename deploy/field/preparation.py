"""What a phone takes with it for a day: its stops with their carts, slots and checklists; no secret, no pupil, nothing of other days."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from deploy.field.reasons import REASONS
from deploy.progress import Device
from deploy.setup.baseline import Baseline
from deploy.setup.checklist import DONE, WAIVED
from deploy.steps import PARTS_OF_NETWORK, TICKS
from inventory.french import typeset
from inventory.lifecycle import NEEDS_NOTE, Stage, moves_from
from inventory.words import tell

FORMAT = "cartable-round/1"
MOST_STOPS = 12


class Said(Protocol):
    """A person's last word."""

    @property
    def value(self) -> str: ...


def tablet_told(device: Device) -> dict[str, Any]:
    """A tablet in its slot: what it is called, its stage, and for each item whether a person said it and whether it counts as done."""
    tablet = device.tablet
    return {
        "id": tablet.id, "slot": tablet.slot, "serial": tablet.serial, "tag": tablet.asset_tag, "model": tablet.model,
        "stage": tablet.stage.value, "checks": {check.item.key: _check_told(check.said, check.done) for check in device.checks},
    }  # fmt: skip


def _check_told(said: str, done: bool) -> str:
    return said if said in (DONE, WAIVED) else DONE if done else ""


def checklist_told(baseline: Baseline) -> list[dict[str, str]]:
    """The items of a baseline in their order."""
    return [{"key": item.key, "label": typeset(item.label)} for item in baseline.items]


def steps_told(said: Mapping[str, Said]) -> dict[str, str]:
    """What was said of the cart's own steps that a round can do."""
    found = {part: said.get(f"step:{part}") for part in PARTS_OF_NETWORK}
    return {part: line.value if line else "" for part, line in found.items()}


def vocabulary() -> dict[str, Any]:
    """The words that the phone shows: stages with their moves, steps of a cart, reasons of a visit that came to nothing."""
    return {
        "stages": {stage.value: _stage_told(stage) for stage in Stage},
        "steps": {part: TICKS[part] for part in PARTS_OF_NETWORK},
        "reasons": {key: tell(words) for key, words in REASONS.items()},
    }


def _stage_told(stage: Stage) -> dict[str, Any]:
    return {
        "label": stage.label, "tone": stage.tone, "reason": stage in NEEDS_NOTE, "moves": [one.value for one in moves_from(stage)],
    }  # fmt: skip


def next_day(days: Iterable[date], today: date) -> str:
    """The first of some days after today in ISO 8601; empty if there is none."""
    return min((day.isoformat() for day in days if day > today), default="")
