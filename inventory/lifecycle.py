"""The life of a tablet: its stages, the moves allowed between them, and the fold of a history at a moment.

Stages and moves are those of the trade (order, reception, control, labelling, enrolment, configuration, hand-over, use,
repair, end of life); the convention's article 7.1 needs the reception and the hand-over, article 7.2 the whereabouts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

from inventory.status import Status


class Stage(Status):
    """Where a tablet is in its life, as a *person* said it; the MDM's word lives elsewhere."""

    EXPECTED = "expected", "attendue", "clock", "unknown"
    ORDERED = "ordered", "commandée", "clipboard-list", "plain"
    RECEIVED = "received", "réceptionnée", "package-check", "plain"
    CHECKED = "checked", "contrôlée", "scan-line", "plain"
    LABELLED = "labelled", "étiquetée", "tag", "plain"
    ENROLLED = "enrolled", "enrôlée", "link", "plain"
    CONFIGURED = "configured", "configurée", "settings", "plain"
    DELIVERED = "delivered", "livrée", "truck", "good"
    IN_SERVICE = "in_service", "en service", "circle-check", "good"
    BROKEN = "broken", "en panne", "wrench", "bad"
    IN_REPAIR = "in_repair", "en SAV", "life-buoy", "watch"
    LOST = "lost", "perdue", "circle-help", "bad"
    STOLEN = "stolen", "volée", "shield-alert", "bad"
    FOUND = "found", "retrouvée", "search-check", "watch"
    SPARE = "spare", "en stock", "archive", "rest"
    REPLACED = "replaced", "remplacée", "replace", "rest"
    WRITTEN_OFF = "written_off", "réformée", "trash-2", "rest"
    RETURNED = "returned", "restituée", "undo-2", "rest"


PREPARATION = (
    Stage.ORDERED, Stage.RECEIVED, Stage.CHECKED, Stage.LABELLED, Stage.ENROLLED, Stage.CONFIGURED,
    Stage.DELIVERED, Stage.IN_SERVICE,
)  # fmt: skip
TERMINAL = frozenset({Stage.REPLACED, Stage.WRITTEN_OFF, Stage.RETURNED})
AWAY = frozenset({Stage.LOST, Stage.STOLEN}) | TERMINAL
NEEDS_NOTE = frozenset({Stage.BROKEN, Stage.LOST, Stage.STOLEN, Stage.REPLACED, Stage.WRITTEN_OFF, Stage.RETURNED})

_FROM: dict[Stage, tuple[Stage, ...]] = {
    Stage.EXPECTED: (Stage.ORDERED, Stage.RECEIVED),
    Stage.IN_SERVICE: (Stage.BROKEN, Stage.IN_REPAIR, Stage.SPARE, Stage.RETURNED, Stage.WRITTEN_OFF),
    Stage.BROKEN: (Stage.IN_SERVICE, Stage.IN_REPAIR, Stage.SPARE, Stage.WRITTEN_OFF),
    Stage.IN_REPAIR: (Stage.IN_SERVICE, Stage.REPLACED, Stage.SPARE, Stage.WRITTEN_OFF),
    Stage.LOST: (Stage.FOUND, Stage.WRITTEN_OFF),
    Stage.STOLEN: (Stage.FOUND, Stage.WRITTEN_OFF),
    Stage.FOUND: (Stage.CHECKED,),
    Stage.SPARE: (Stage.CHECKED, Stage.CONFIGURED, Stage.DELIVERED, Stage.IN_SERVICE, Stage.WRITTEN_OFF),
}


def moves_from(stage: Stage) -> tuple[Stage, ...]:
    """The stages a person may record next, the most likely first."""
    if stage in TERMINAL:
        return ()
    onward = _FROM.get(stage)
    if onward is None:
        position = PREPARATION.index(stage)
        onward = (*PREPARATION[position + 1 : position + 2], Stage.BROKEN, Stage.SPARE)
    away = () if stage in (Stage.LOST, Stage.STOLEN, Stage.EXPECTED) else (Stage.LOST, Stage.STOLEN)
    return tuple(dict.fromkeys(onward + away))


def prepared(stage: Stage, after: Stage) -> Stage:
    """How far through the preparation a tablet is: `after` is the last preparation stage recorded before a stage outside it.

    A tablet broken at its control was never delivered; a found one, or one put in stock, is prepared anew.
    """
    if stage in PREPARATION:
        return stage
    return Stage.EXPECTED if stage in (Stage.EXPECTED, Stage.FOUND, Stage.SPARE) else after


def reached(so_far: Stage, target: Stage) -> bool:
    """True if a tablet `prepared` up to `so_far` has been through `target`."""
    return so_far in PREPARATION and PREPARATION.index(so_far) >= PREPARATION.index(target)


def milestones(stages: Iterable[tuple[Stage, datetime]]) -> dict[Stage, datetime]:
    """When each stage of the preparation was last reached, from a tablet's stages in the order of their moments.

    A stage skipped was reached with the one recorded after it; a tablet prepared anew loses what it had reached beyond.
    """
    found: dict[Stage, datetime] = {}
    for stage, moment in stages:
        if stage in PREPARATION:
            rank = PREPARATION.index(stage)
            found = {reached: at for reached, at in found.items() if PREPARATION.index(reached) <= rank}
            for passed in PREPARATION[: rank + 1]:
                found.setdefault(passed, moment)
        elif stage in (Stage.FOUND, Stage.SPARE, Stage.EXPECTED):
            found = {}
    return found


class Told(Protocol):
    """One thing seen of a subject: true from `at`, learned at `noted`, the `position`-th line of the journal."""

    @property
    def at(self) -> datetime: ...

    @property
    def noted(self) -> datetime: ...

    @property
    def position(self) -> int: ...


T = TypeVar("T", bound=Told)


def latest_told(history: Iterable[T], moment: datetime, known: datetime | None = None) -> T | None:
    """What was true at `moment`, as it could be told at `known` (what was learned later is left out)."""
    told = [line for line in history if line.at <= moment and (known is None or line.noted <= known)]
    return max(told, key=lambda line: (line.at, line.position)) if told else None
