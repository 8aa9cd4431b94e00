"""What a person saw of a tablet: there, or missing and where it might be. Never mixed with what an MDM heard of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from inventory.lifecycle import AWAY, Stage
from inventory.status import Status

SIGHT, CHECK, LOCK = "sight", "check", "check_lock"
NOT_ASKED = AWAY | {Stage.IN_REPAIR}
"""Stages of a tablet that nobody expects to see in its slot."""


class Sight(Status):
    """What the check said of one tablet."""

    HERE = "here", "vue en place", "eye", "good"
    MISSING = "missing", "pas dans la valise", "circle-help", "bad"


class Whereabouts(Status):
    """What the person who did not see it thinks."""

    UNKNOWN = "unknown", "inconnu", "circle-help", "bad"
    CHARGING = "charging", "en charge ailleurs", "dot", "watch"
    OTHER_CLASS = "other_class", "dans une autre classe", "school", "watch"


@dataclass(frozen=True, slots=True)
class Proof:
    """A person's word on a tablet: seen or not, when, and by a person with an account or by the cart's label."""

    sight: Sight
    at: datetime
    why: Whereabouts | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """The last check of a cart: when, how many were there, the ids of those that were not."""

    at: datetime
    here: int
    missing: tuple[int, ...]

    @property
    def complete(self) -> bool:
        return not self.missing
