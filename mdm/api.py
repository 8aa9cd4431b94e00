"""What programs read and start of the MDM servers: connectors, readings, one more reading now."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, g
from msgspec import Struct

from inventory.access import Reach, may
from inventory.api.frame import PREFIX, Listed, listed, operation
from inventory.api.questions import AsOf, Following, Past, Size
from inventory.keyset import Cursor, read_cursor
from inventory.queries.listing import Page
from inventory.roles import OFFICE, READERS
from mdm import actions, queries
from mdm.models import SyncRun
from mdm.queries import Listened
from mdm.run_state import Extent, RunState

pages = Blueprint("api_mdm", __name__, url_prefix=PREFIX)


class RunsAsked(Struct, forbid_unknown_fields=True):
    """Which readings."""

    state: RunState | None = None
    cursor: Following = ""
    limit: Size = 50
    as_of: AsOf = ""


class RunShown(Struct):
    """Une lecture d'un serveur ; « quarantined » attend une personne, et elle seule en décide. « changes » n'a lu que ce qui
    a changé, et ne dit rien de ce qui n'est plus là."""

    id: int
    connector: str
    extent: Extent
    state: RunState
    started: datetime
    ended: datetime | None
    declared: int | None
    seen: int
    changed: int
    heard: int
    unchanged: int
    refused: int
    absent: int
    gone: int
    requests: int
    details: int
    message: str

    @classmethod
    def of(cls, run: SyncRun) -> RunShown:
        return cls(
            run.id, run.connector.name, Extent(run.kind), RunState(run.state), run.started, run.ended, run.declared, run.seen, run.changed, run.heard,
            run.unchanged, run.refused, run.absent, run.gone, run.requests, run.details, run.message,
        )  # fmt: skip


class ConnectorShown(Struct):
    """Un serveur lu par Cartable, et combien de ses appareils sont de ces écoles."""

    name: str
    kind: str
    devices: int
    last_read: datetime | None
    last_state: RunState | None
    last_counted: datetime | None

    @classmethod
    def of(cls, one: Listened) -> ConnectorShown:
        last, counted = one.last, one.last_counted
        return cls(
            one.connector.name, one.connector.kind, one.devices, last.started if last else None, RunState(last.state) if last else None,
            counted.started if counted else None,
        )  # fmt: skip


@pages.get("/connectors")
@may(READERS, scope=Reach.SCOPE)
@operation("Les serveurs MDM", gives=Listed[ConnectorShown], query=Past)
def connectors(asked: Past) -> Listed[ConnectorShown]:
    return Listed([ConnectorShown.of(one) for one in queries.listened(g.scope, g.when)])


@pages.get("/runs")
@may(READERS, scope=Reach.SCOPE)
@operation("Les lectures des MDM, la dernière d'abord ; vues de toutes les écoles seulement", gives=Listed[RunShown], query=RunsAsked)
def runs(asked: RunsAsked) -> Listed[RunShown]:
    cursor = read_cursor(asked.cursor, int)
    rows = queries.runs_before(g.scope, cursor.id if cursor else None, asked.state, g.when, asked.limit + 1)
    after = Cursor(0, rows[asked.limit - 1].id) if len(rows) > asked.limit else None
    return listed(Page(rows[: asked.limit], None, after), RunShown.of)


@pages.get("/runs/<int:run_id>")
@may(READERS, scope=Reach.SCOPE)
@operation("Une lecture d'un MDM", gives=RunShown)
def run(run_id: int) -> RunShown:
    return RunShown.of(queries.run(g.scope, run_id))


@pages.post("/connectors/<name>/sync")
@may(OFFICE, scope=Reach.EVERYWHERE)
@operation("Lire un serveur maintenant ; la réponse vient à la fin de la lecture", gives=RunShown, status=201)
def sync(name: str) -> RunShown:
    row = queries.connector(g.scope, name)
    return RunShown.of(actions.sync(row, vault=g.vault, now=g.now, clock=lambda: g.now))
