"""The pieces of page of commands: on a tablet, on a theft's page, on everybody's home while something is about to leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.journal import When
from inventory.models import Person, Tablet
from inventory.roles import OFFICE, Role
from inventory.scope import Scope
from mdm.commands import queries
from mdm.commands.order import COOLING, SHOWS_WORDS, TWO_PERSONS, WAITING, Action, State
from mdm.models import Command

AGAINST_THEFT = (Action.LOST_MODE, Action.LOCK)


@dataclass(frozen=True, slots=True)
class Shown:
    """A command as pages show it."""

    row: Command
    action: Action
    state: State

    @property
    def stoppable(self) -> bool:
        return self.state in WAITING


def shown(rows: Sequence[Command]) -> list[Shown]:
    """Commands with their words."""
    return [Shown(row, Action(row.action), State(row.state)) for row in rows]


def tablet_panel(tablet: Tablet, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The commands of a tablet and the forms that ask for one; nothing where no command is permitted and none was ever asked."""
    if when is not None:
        return None
    rows, allowed = queries.of_tablet(scope, tablet.id), _allowed(scope, tablet)
    if not rows and not allowed:
        return None
    return {"rows": shown(rows), "tablet": tablet, **_forms(allowed)}


def theft_panel(tablet: Tablet, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The request that a theft calls for: lost mode where the server has it, else a lock; and those under way."""
    allowed = _allowed(scope, tablet)
    asked = shown([row for row in queries.of_tablet(scope, tablet.id) if Action(row.action) in TWO_PERSONS])
    return {"rows": asked, "tablet": tablet, "action": next((one for one in AGAINST_THEFT if one in allowed), None), "minutes": COOLING.seconds // 60}


def home_panel(person: Person, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The grave commands that wait or cool, for anybody who sees the tablet; those to verify, for the office that may settle them."""
    if when is not None:
        return None
    rows = [one for one in shown(queries.waiting(scope)) if one.action in TWO_PERSONS]
    if Role(person.role) in OFFICE:
        rows += shown(queries.of_state(scope, (State.TO_VERIFY,)))
    return {"rows": rows} if rows else None


def _allowed(scope: Scope, tablet: Tablet) -> frozenset[Action]:
    found = frozenset[Action]()
    for offer in queries.offers(scope, tablet.id):
        found |= offer.actions
    return found


def _forms(allowed: frozenset[Action]) -> Mapping[str, Any]:
    """What each of the two forms offers, in the order of the table."""
    light, grave = ([one for one in Action if one in allowed and (one in TWO_PERSONS) is serious] for serious in (False, True))
    choices = {name: [(one.value, one.label) for one in several] for name, several in (("light_choices", light), ("grave_choices", grave))}
    return {"light": light, "grave": grave, "shows_words": bool(SHOWS_WORDS & set(light)), **choices}
