"""What makes a command that of another tablet: another serial number, another enrolment, another place. Pure."""

from __future__ import annotations

from typing import Any

from inventory.words import tell

ENROLLED = "enrolled"


def change_of(command: Any, tablet: Any, report: Any | None) -> str:
    """What differs between a command as it was asked, its tablet now and the server's record now; empty if nothing does."""
    if report is None:
        return tell("le serveur ne connaît plus cet appareil")
    if report.status != ENROLLED:
        return tell("le serveur ne dit plus cet appareil enrôlé")
    if report.mdm_id != command.mdm_id or not report.serial or report.serial != command.serial:
        return tell("le serveur donne à cet appareil un autre n° de série ({serial})", serial=report.serial or "—")
    if report.enrolled_at != command.enrolled_at:
        return tell("l'appareil a été enrôlé de nouveau")
    return place_change_of(command, tablet)


def place_change_of(command: Any, tablet: Any) -> str:
    """What differs of the inventory's side alone."""
    if tablet.serial != command.serial or tablet.withdrawn:
        return tell("la fiche de la tablette a changé")
    if tablet.mobile_class_id != command.mobile_class_id:
        return tell("la tablette a changé de classe mobile")
    return ""
