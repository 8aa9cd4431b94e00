"""The list of this room's readings, for the pages of the lists."""

from __future__ import annotations

from inventory.lists.catalogue import Catalogue, Column, Filter
from inventory.words import tell_count
from mdm.queries import RUN_ORDERS, count_runs, run_page
from mdm.run_state import Extent, RunState


def _readings(number: int, said: str) -> str:
    return tell_count("{count} lecture", "{count} lectures", number, count=said)


RUNS = Catalogue(
    "lectures", "Lectures des MDM", _readings, "refresh-cw", "Mots de la remarque ou de la décision",
    "Retirer un filtre, ou lire un MDM sur la page Synchronisation.",
    (
        Column("numero", "N°", lambda row: row.id, sort="recentes"),
        Column("connecteur", "Connecteur", lambda row: row.connector),
        Column("commencee", "Commencée", lambda row: row.started),
        Column("etendue", "Étendue", lambda row: row.extent),
        Column("issue", "Issue", lambda row: row.state),
        Column("lus", "Lus", lambda row: row.seen),
        Column("changes", "Changés", lambda row: row.changed),
        Column("entendus", "Entendus", lambda row: row.heard),
        Column("inchanges", "Inchangés", lambda row: row.unchanged, False),
        Column("refuses", "Refusés", lambda row: row.refused, False),
        Column("disparus", "Disparus", lambda row: row.gone),
        Column("requetes", "Requêtes", lambda row: row.requests, False),
        Column("remarque", "Remarque", lambda row: row.message),
    ),
    RUN_ORDERS,
    (Filter("etendue", "Étendue", tuple((one.value, one.french) for one in Extent)), Filter("issue", "Issue", tuple((one.value, one.french) for one in RunState)), Filter("connecteur", "Connecteur (nom)")),
    lambda row: ("mdm.connector", {"name": row.connector}), run_page, count_runs,
)  # fmt: skip
