"""What this room hangs on the pages of the ground floor: the discrepancies of a mobile class."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inventory.journal import When
from inventory.models import MobileClass
from inventory.queries.discrepancies import discrepancies
from inventory.scope import Scope
from mdm.queries import listened


def class_panel(shown: MobileClass, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any]:
    """The discrepancies of one mobile class, and how fresh each server's word is."""
    return {"gaps": discrepancies(scope, when, class_id=shown.id), "listened": listened(scope)}
