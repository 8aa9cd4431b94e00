"""What other rooms forbid a tablet to become: they hang a guard here, and it holds through every door."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from inventory.lifecycle import Stage
from inventory.models import Tablet

StageGuard = Callable[[Tablet, Stage, datetime], str | None]
_guards: list[StageGuard] = []


def guard_stages(guard: StageGuard) -> None:
    """Hang a guard: given a tablet, the stage asked and its moment, it answers None or the French reason of its refusal."""
    if guard not in _guards:
        _guards.append(guard)


def objection(tablet: Tablet, stage: Stage, at: datetime) -> str | None:
    """The first guard's refusal, if any."""
    return next(filter(None, (guard(tablet, stage, at) for guard in _guards)), None)
