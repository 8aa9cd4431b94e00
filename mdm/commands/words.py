"""How the journal tells a command, on its own page and on its tablet's."""

from __future__ import annotations

from typing import Any

from inventory.words import tell
from mdm.commands.order import Action, State

AXIS = "command"


def words(axis: str, value: str, detail: Any) -> tuple[str, str]:
    """The title and the icon of a line."""
    action, state = Action(detail["action"]), State(value)
    return tell("Commande n° {number}, {action} : {state}", number=detail["id"], action=action.label, state=state.label), state.icon
