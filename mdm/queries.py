"""What the room shows of its connectors: runs, quarantines, and how fresh each server's word is."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import Case, ModelSelect, fn

from inventory.discrepancy import Paper, Source
from inventory.errors import NotFound
from inventory.journal import When
from inventory.models import Sighting, Tablet
from inventory.queries import listing
from inventory.queries.listing import Ask, Order, Page
from inventory.queries.visible import visible
from inventory.scope import Scope
from mdm.drivers import KINDS
from mdm.models import Connector, PeerAsset, SyncRun
from mdm.readings import last_whole
from mdm.run_state import Extent, RunState
from mdm.since import COUNTED


@dataclass(frozen=True, slots=True)
class Listened:
    """A connector, its last run, the last whole one that counted, and how many devices it knows."""

    connector: Connector
    last: SyncRun | None
    last_counted: SyncRun | None
    devices: int


def listened(scope: Scope, when: When | None = None) -> list[Listened]:
    """Every active connector, how fresh its word was, and how many devices of the scope it knew."""
    return [
        Listened(row, _last(row, when), _last(row, when, COUNTED), _known_devices(row, scope, when))
        for row in Connector.select().where(Connector.active).order_by(Connector.name)
        if when is None or row.created <= when.moment
    ]


def _known_devices(row: Connector, scope: Scope, when: When | None) -> int:
    """The devices of the scope; of a register, the assets of its last complete reading, for who sees all schools."""
    if KINDS[row.kind].capabilities.peer:
        return int(PeerAsset.select().where(PeerAsset.connector == row).count()) if scope.everywhere else 0
    query = visible(scope, Sighting).where(Sighting.connector == row.name)
    return int((query.where(Sighting.first_seen <= when.moment) if when else query).count())


def registered(scope: Scope) -> Iterator[Paper]:
    """Each asset that a register listed at its last reading and no tablet bears, of a model that the inventory knows or of none told."""
    if not scope.everywhere:
        return
    borne = fn.EXISTS(Tablet.select(Tablet.id).where((Tablet.serial == PeerAsset.serial) & ~Tablet.withdrawn))
    listed, moments = PeerAsset.last_listed.is_null(), {one.id: last_whole(one) for one in Connector.select()}
    ours = fn.LOWER(PeerAsset.model).in_(Tablet.select(fn.LOWER(Tablet.model))) | (PeerAsset.model == "")
    for row in PeerAsset.select(PeerAsset, Connector).join(Connector).where((PeerAsset.serial != "") & ~borne & listed & ours):
        yield Paper(row.serial, Source.REGISTER, row.connector.name, row.number or row.asset, moments[row.connector_id])


def _last(row: Connector, when: When | None, states: Collection[str] = ()) -> SyncRun | None:
    query = _by_then(SyncRun.select().where(SyncRun.connector == row), when)
    if states:
        query = query.where(SyncRun.state.in_(states) & (SyncRun.kind == Extent.FULL.value))
    return query.order_by(SyncRun.id.desc()).first()


def runs(scope: Scope, when: When | None = None, limit: int = 10) -> list[SyncRun]:
    """The last runs, newest first, with their connector."""
    return list(_by_then(_seen_by(scope), when).order_by(SyncRun.id.desc()).limit(limit))


def runs_before(scope: Scope, run_id: int | None, state: RunState | None, when: When | None, limit: int) -> list[SyncRun]:
    """The runs older than one (from the newest without), of one state if asked, newest first."""
    query = _by_then(_seen_by(scope), when).order_by(SyncRun.id.desc()).limit(limit)
    query = query.where(SyncRun.id < run_id) if run_id is not None else query
    return list(query.where(SyncRun.state == state.value) if state else query)


def run(scope: Scope, run_id: int) -> SyncRun:
    """One run; raises `NotFound`, outside the scope too."""
    row = _seen_by(scope).where(SyncRun.id == run_id).first() if run_id < 2**63 else None
    if row is None:
        raise NotFound
    return row


def connector(scope: Scope, name: str) -> Connector:
    """The active connector of this name; raises `NotFound`. It reads every school: it is seen from everywhere only."""
    row = Connector.get_or_none((Connector.name == name) & Connector.active) if scope.everywhere else None
    if row is None:
        raise NotFound
    return row


def quarantines(scope: Scope, when: When | None = None) -> list[SyncRun]:
    """The readings that wait for a person; at a date of the past, those that waited then."""
    waits = SyncRun.state == RunState.QUARANTINED.value
    if when is not None:
        decided_since = (SyncRun.decided_at > when.moment) & SyncRun.state.in_([RunState.RELEASED.value, RunState.REJECTED.value])
        waits = waits | decided_since
    return list(_by_then(_seen_by(scope), when).where(waits).order_by(SyncRun.id))


def failed_since(scope: Scope, since: datetime, when: When | None = None) -> int:
    """How many readings failed or were cut short after a moment."""
    bad = SyncRun.state.in_([RunState.FAILED.value, RunState.PARTIAL.value])
    return int(_by_then(_seen_by(scope), when).where(bad & (SyncRun.started > since)).count())


def _by_then(query: ModelSelect, when: When | None) -> ModelSelect:
    return query.where(SyncRun.started <= when.moment) if when else query


def _seen_by(scope: Scope) -> ModelSelect:
    """A run counts the devices of every school: it is seen from everywhere only."""
    query = SyncRun.select(SyncRun, Connector).join(Connector)
    return query if scope.everywhere else query.where(SyncRun.id.in_([]))


@dataclass(frozen=True, slots=True)
class RunRow:
    """A reading as its list shows it."""

    id: int
    connector: str
    started: datetime
    extent: Extent
    state: RunState
    seen: int
    changed: int
    heard: int
    unchanged: int
    refused: int
    gone: int
    requests: int
    message: str


RUN_ORDERS: Mapping[str, Order[RunRow]] = {"recentes": Order("Plus récentes", SyncRun.id * -1, lambda row: -row.id, int)}


def run_page(ask: Ask, when: When | None, *, scope: Scope) -> Page[RunRow]:
    """One page of the readings, newest first, filtered by `connecteur`, `etendue` and `issue`."""
    return listing.cut(_run_ids(ask, when, scope), SyncRun.id, RUN_ORDERS[ask.sort], ask, lambda ids: _run_rows(ids, when), lambda row: row.id)


def count_runs(ask: Ask, when: When | None, *, scope: Scope) -> int:
    return listing.counted_to(_run_ids(ask, when, scope))


def _run_ids(ask: Ask, when: When | None, scope: Scope) -> ModelSelect:
    query = _by_then(_seen_by(scope), when)
    if ask.words:
        query = query.where(SyncRun.message.contains(ask.words) | SyncRun.reason.contains(ask.words))
    if ask.filter("connecteur"):
        query = query.where(Connector.name == ask.filter("connecteur"))
    if ask.filter("etendue"):
        query = query.where(SyncRun.kind == ask.filter("etendue"))
    if ask.filter("issue"):
        query = query.where(_state_then(when) == ask.filter("issue"))
    return query.select(SyncRun.id)


def _state_then(when: When | None) -> Any:
    """What a reading had come to: one that a person decided on later was still in quarantine."""
    if when is None:
        return SyncRun.state
    return Case(None, [(SyncRun.decided_at > when.moment, RunState.QUARANTINED.value)], SyncRun.state)


def _run_rows(ids: Sequence[int], when: When | None) -> list[RunRow]:
    columns = (SyncRun.seen, SyncRun.changed, SyncRun.heard, SyncRun.unchanged, SyncRun.refused, SyncRun.gone, SyncRun.requests, SyncRun.message)
    query: Any = SyncRun.select(SyncRun.id, Connector.name, SyncRun.started, SyncRun.kind, _state_then(when), *columns).join(Connector)
    rows = query.where(SyncRun.id.in_(list(ids))).tuples()
    return [RunRow(one, name, started, Extent(kind), RunState(state), *rest) for one, name, started, kind, state, *rest in rows]
