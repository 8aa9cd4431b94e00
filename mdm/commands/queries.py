"""Every reading of commands: those of a scope, of a tablet, those that wait; and what may be asked of a tablet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.db import read_many
from inventory.errors import NotFound
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass, Person, School, Sighting, Tablet
from inventory.queries.visible import ids_of, visible
from inventory.scope import Scope
from mdm import terms
from mdm.commands.order import DAY, IN_FORCE, TWO_PERSONS, WAITING, Action, Spent, State
from mdm.models import Command, Connector
from mdm.voices import actions_of

LARGEST = 2**63 - 1
MOST = 200
GRAVE = [action.value for action in TWO_PERSONS]
APPROVER = Person.alias()


@dataclass(frozen=True, slots=True)
class Offer:
    """What one server that manages a tablet may be asked for it."""

    connector: Connector
    sighting: Sighting
    actions: frozenset[Action]


def _inside(scope: Scope) -> Any:
    """The commands of the tablets that a scope holds now, with what they are about; a tablet is shown where it is now."""
    rows = (
        Command.select(Command, Connector, Tablet, MobileClass, School, Person, APPROVER).join(Connector).switch(Command).join(Tablet)
        .left_outer_join(MobileClass).left_outer_join(School)
        .switch(Command).join(Person, on=Command.requested_by).switch(Command).left_outer_join(APPROVER, on=Command.approved_by, attr="approved_by")
    )  # fmt: skip
    tablets = ids_of(scope, Tablet)
    return rows if tablets is None else rows.where(Command.tablet.in_(tablets))


def command(scope: Scope, number: int) -> Command:
    """One command; raises `NotFound`, outside the scope too."""
    row = _inside(scope).where(Command.id == number).first() if number <= LARGEST else None
    if row is None:
        raise NotFound
    return row


def waiting(scope: Scope) -> list[Command]:
    """The commands that have not left, those that leave soonest first."""
    if not _any(WAITING):
        return []
    query = _inside(scope).where(Command.state.in_([state.value for state in WAITING]))
    return sorted(query.limit(MOST), key=lambda row: (row.leaves is None, row.leaves or row.requested, row.id))


def of_state(scope: Scope, states: Sequence[State], limit: int = MOST) -> list[Command]:
    """The commands that stand so, newest first."""
    if not _any(states):
        return []
    return list(_inside(scope).where(Command.state.in_([state.value for state in states])).order_by(Command.id.desc()).limit(limit))


def _any(states: Sequence[State]) -> bool:
    """Whether any command stands so: most turns of the worker find none, and need none of what commands are about."""
    sql = f"SELECT 1 FROM command WHERE state IN ({', '.join('?' * len(states))}) LIMIT 1"  # noqa: S608 as many marks as states
    return next(read_many(sql, [state.value for state in states]), None) is not None


def of_tablet(scope: Scope, tablet_id: int) -> list[Command]:
    """The commands of one tablet, newest first."""
    return list(_inside(scope).where(Command.tablet == tablet_id).order_by(Command.id.desc()).limit(MOST))


def in_force(scope: Scope, tablet_id: int) -> list[Command]:
    """Those of a tablet that are not over."""
    if not _any(IN_FORCE):
        return []
    return [row for row in of_tablet(scope, tablet_id) if State(row.state) in IN_FORCE]


def offers(scope: Scope, tablet_id: int) -> list[Offer]:
    """What may be asked of a tablet now, of each server that manages it: what the server has, and the operator's file allows."""
    tablet = visible(scope, Tablet).where((Tablet.id == tablet_id) & ~Tablet.withdrawn).first()
    if tablet is None or not tablet.serial:
        return []
    enrolled = (Sighting.serial == tablet.serial) & (Sighting.status == MdmStatus.ENROLLED.value)
    sightings = visible(scope, Sighting).where(enrolled).order_by(Sighting.id.desc())
    connectors = {row.name: row for row in Connector.select().where(Connector.active)}
    found = [Offer(connectors[one.connector], one, _allowed(connectors[one.connector])) for one in sightings if one.connector in connectors]
    return sorted((one for one in found if one.actions), key=lambda one: one.connector.name)


def _allowed(row: Connector) -> frozenset[Action]:
    return actions_of(row.kind) & terms.of(row.name).commands


def approved_since(scope: Scope, now: datetime) -> list[Spent]:
    """The commands of two persons that were allowed in the last day, and that nobody stopped."""
    over = [State.STOPPED.value, State.CANCELLED.value, State.EXPIRED.value]
    recent = (Command.approved > now - DAY) & Command.state.not_in(over) & Command.action.in_(GRAVE)
    return [Spent(row.approved, row.school_id) for row in _inside(scope).where(recent)]


def left_since(scope: Scope, now: datetime) -> list[Spent]:
    """The commands of two persons that left in the last day."""
    return [Spent(row.sent, row.school_id) for row in _inside(scope).where((Command.sent > now - DAY) & Command.action.in_(GRAVE))]
