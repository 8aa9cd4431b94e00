"""What a sync run came to."""

from __future__ import annotations

from inventory.status import Status


class RunState(Status):
    """A run counts only when it was proved complete; a quarantined one waits for a person."""

    RUNNING = "running", "en cours", "loader", "plain"
    COMPLETE = "complete", "complète", "circle-check", "good"
    PARTIAL = "partial", "incomplète", "circle-alert", "watch"
    FAILED = "failed", "échouée", "circle-x", "bad"
    QUARANTINED = "quarantined", "en quarantaine", "shield-alert", "bad"
    RELEASED = "released", "libérée", "shield-check", "good"
    REJECTED = "rejected", "écartée", "shield-x", "rest"


class Extent(Status):
    """How far a run read: the whole list, or only what changed since the one before, which tells nothing of what is no more there."""

    FULL = "full", "entière", "layers", "plain"
    CHANGES = "changes", "changements", "history", "plain"


class Freshness(Status):
    """How fresh a server's word is: read whole in the last day, longer ago, or never."""

    FRESH = "fresh", "à jour", "circle-check", "good"
    STALE = "stale", "ancienne", "clock", "watch"
    NEVER = "never", "jamais lu en entier", "circle-x", "bad"
