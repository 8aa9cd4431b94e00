"""What other programs are told of: the kinds of event, and how the telling of one stands."""

from __future__ import annotations

from inventory.status import Status


class EventKind(Status):
    """An event that a program may be told of."""

    STAGE_CHANGED = "stage.changed", "étape d'une tablette changée", "tablet", "plain"
    SYNC_QUARANTINED = "sync.quarantined", "lecture d'un MDM en quarantaine", "shield-alert", "plain"
    COMMAND_CHANGED = "command.changed", "commande grave demandée, accordée, arrêtée ou partie", "shield-alert", "plain"
    QUARTER_ISSUED = "quarter.issued", "trimestre émis", "file-check", "plain"


class DeliveryState(Status):
    """How the telling of one event to one program stands."""

    PENDING = "pending", "à livrer", "clock", "watch"
    DELIVERED = "delivered", "livré", "circle-check", "good"
    GIVEN_UP = "given_up", "abandonné", "circle-x", "bad"
