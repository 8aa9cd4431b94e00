"""Who uses Cartable, and what each may do (articles 4.1, 4.2, 7.1 and 8: committees, académie, commune, auditors)."""

from __future__ import annotations

from inventory.status import Status


class Role(Status):
    """The part a person plays in the convention."""

    TECHNICIAN = "technician", "technicien de terrain", "wrench", "plain"
    MANAGER = "manager", "gestionnaire (DSI)", "clipboard-list", "plain"
    TECHNICAL_COMMITTEE = "technical_committee", "comité technique", "users", "plain"
    STEERING_COMMITTEE = "steering_committee", "comité de pilotage", "landmark", "plain"
    ACADEMY = "academy", "académie", "graduation-cap", "plain"
    SCHOOL = "school", "école", "school", "plain"
    AUDITOR = "auditor", "auditeur", "eye", "plain"
    ADMINISTRATOR = "administrator", "administrateur", "key-round", "plain"


READERS = frozenset(Role)
FIELD = frozenset({Role.TECHNICIAN, Role.MANAGER, Role.ADMINISTRATOR})
OFFICE = frozenset({Role.MANAGER, Role.ADMINISTRATOR})
SIGNERS = frozenset({Role.TECHNICAL_COMMITTEE})
KEEPERS = frozenset({Role.ADMINISTRATOR})
