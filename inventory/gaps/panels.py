"""What the comparison hangs on the pages of a tablet, a mobile class and a school: what stands of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from inventory.journal import When
from inventory.models import School, Tablet
from inventory.queries import gap_counts, gaps
from inventory.scope import Scope


def tablet_panel(shown: Tablet, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The discrepancies that stand of a tablet; nothing to show without any."""
    rows = gaps.standing_of(scope, when, now, tablet_id=shown.id)
    return {"rows": rows} if rows else None


def school_panel(shown: School, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """How many stand in the mobile classes of a school, by kind."""
    told = gap_counts.by_kind(scope, when, school_id=shown.id)
    kinds = {kind: sum(n for (one, _), n in told.items() if one == kind) for kind, _ in told}
    return {"kinds": kinds, "uai": shown.uai} if kinds else None
