"""The checklist of one tablet: for each item of the baseline, a person's tick and a machine's proof, side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deploy.setup.baseline import Baseline, Item
from deploy.setup.evidence import Proof, Verdict, judge
from inventory.lifecycle import Stage
from inventory.sight import TabletState
from inventory.status import Status

SETUP = "setup:"
DONE, WAIVED, UNDONE = "done", "waived", "undone"
SAID_BY_STAGE = {"enrolment": Stage.ENROLLED, "configuration": Stage.CONFIGURED}


class ItemState(Status):
    """What is known of one item on one tablet; a tick that the MDM contradicts is not counted as done."""

    PROVEN = "proven", "prouvé par le MDM", "badge-check", "good"
    TICKED = "ticked", "constaté par une personne", "user-check", "good"
    WAIVED = "waived", "dispensé", "circle-slash", "rest"
    DISPUTED = "disputed", "une personne et le MDM se contredisent", "badge-alert", "bad"
    CONTRADICTED = "contradicted", "contredit par le MDM", "badge-x", "bad"
    TODO = "todo", "à faire", "circle", "unknown"


COUNTS_AS_DONE = frozenset({ItemState.PROVEN, ItemState.TICKED, ItemState.WAIVED})


class Tick(Protocol):
    """A person's last word on an item."""

    @property
    def value(self) -> str: ...

    @property
    def at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class Check:
    """One item of one tablet: its state, a person's word with its moment, and the machine's proof."""

    item: Item
    state: ItemState
    said: str
    said_at: datetime | None
    proof: Proof

    @property
    def done(self) -> bool:
        return self.state in COUNTS_AS_DONE


def checklist(
    tablet: TabletState, baseline: Baseline, ticks: Mapping[str, Tick], milestones: Mapping[Stage, datetime]
) -> list[Check]:
    """Every item of the baseline for one tablet.

    `ticks` are a person's words by axis (`setup:<item>`), `milestones` when each stage of its preparation was recorded.
    """
    return [
        _check(item, ticks.get(SETUP + item.key), milestones, judge(item, tablet.seen, baseline)) for item in baseline.items
    ]


def _check(item: Item, tick: Tick | None, milestones: Mapping[Stage, datetime], proof: Proof) -> Check:
    said, said_at = (tick.value, tick.at) if tick else _said_by_stage(item, milestones)
    return Check(item, _state(said, proof.verdict), said, said_at, proof)


def _said_by_stage(item: Item, milestones: Mapping[Stage, datetime]) -> tuple[str, datetime | None]:
    """Recording that a tablet is enrolled, or configured, is saying so of the items of that step."""
    moment = milestones.get(SAID_BY_STAGE.get(item.step, Stage.EXPECTED))
    return (DONE, moment) if moment else ("", None)


def _state(said: str, verdict: Verdict) -> ItemState:
    if said == WAIVED:
        return ItemState.WAIVED
    if verdict is Verdict.PROVEN:
        return ItemState.PROVEN
    if verdict is Verdict.CONTRADICTED:
        return ItemState.DISPUTED if said == DONE else ItemState.CONTRADICTED
    return ItemState.TICKED if said == DONE else ItemState.TODO
