"""What an MDM says of a device: the machine's axis, never mixed with a person's word on the tablet's stage."""

from __future__ import annotations

from inventory.status import Status


class MdmStatus(Status):
    """A device in an MDM, as the server tells it; `GONE` and `UNKNOWN` are what Cartable concludes from its silence."""

    ENROLLED = "enrolled", "enrôlée", "link", "good"
    PENDING = "pending", "en attente", "clock", "watch"
    UNENROLLED = "unenrolled", "désenrôlée", "unlink", "bad"
    GONE = "gone", "disparue", "search-x", "bad"
    UNKNOWN = "unknown", "inconnue", "circle-help", "unknown"
