"""The people of the demonstration, one for each role; nobody real."""

from __future__ import annotations

from dataclasses import dataclass

from inventory.roles import Role

PASSWORD = "cartable-demo-2017"  # noqa: S105 printed on the screen: it opens a demonstration


@dataclass(frozen=True, slots=True)
class Somebody:
    """An account of the demonstration: every school, or the ones named by their UAI."""

    login: str
    name: str
    role: Role
    signatory: str = ""
    schools: tuple[str, ...] = ()


PEOPLE = (
    Somebody("dsi", "Claire Fabre, DSI", Role.MANAGER),
    Somebody("technicien", "Malik Roux, technicien", Role.TECHNICIAN, schools=("0131204N", "0132397K")),
    Somebody("comite", "Hélène Blanc, comité technique (commune)", Role.TECHNICAL_COMMITTEE, "commune"),
    Somebody("comite-academie", "Paul Giraud, comité technique (académie)", Role.TECHNICAL_COMMITTEE, "academie"),
    Somebody("pilotage", "Anne Roche, comité de pilotage", Role.STEERING_COMMITTEE),
    Somebody("academie", "Samia Benali, académie", Role.ACADEMY),
    Somebody("ecole", "Luc Morel, école Les Granettes", Role.SCHOOL, schools=("0131204N",)),
    Somebody("auditeur", "Inès Faure, auditrice", Role.AUDITOR),
    Somebody("admin", "Théo Arnaud, administrateur", Role.ADMINISTRATOR),
)
