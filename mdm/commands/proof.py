"""The second factor shown in the very act: this room asks, the composition root knows how. Nobody passes until it has said so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from inventory.errors import Refused
from inventory.words import tell

Check = Callable[[Any, str, datetime], None]


def _nobody(person: Any, code: str, now: datetime) -> None:
    raise Refused(tell("Aucun second facteur n'est en place dans cette installation : aucune commande à deux personnes ne part."))


_check: list[Check] = [_nobody]


def use(check: Check) -> None:
    """Say how a person (an `inventory.models.Person`) proves, by a code shown now, to be there; it raises `Refused`."""
    _check[:] = [check]


def ask(person: Any, code: str, now: datetime) -> None:
    """Raise `Refused` unless the code is that of the person's second factor now; it is spent."""
    _check[0](person, code, now)
