"""What incidents hang on the pages of a tablet and of a cart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy.incidents import queries
from deploy.incidents.kind import OF_A_TABLET, REFERENCES, Kind
from inventory.journal import When
from inventory.models import MobileClass, Tablet
from inventory.scope import Scope


def tablet_panel(shown: Tablet, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The open incidents of a tablet, and the form that opens one."""
    if shown.mobile_class_id is None:
        return None
    kinds = [kind for kind in Kind if kind in OF_A_TABLET]
    told = queries.open_of(scope, when, tablet_id=shown.id)
    return {"incidents": told, "kinds": kinds, "tablet": shown, "Kind": Kind, "references": REFERENCES, "when": when}


def class_panel(shown: MobileClass, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any]:
    """The open incidents of a cart, and the form that opens one about the cart itself; the ways to its hand-over and its stock-take."""
    kinds = [kind for kind in Kind if kind not in OF_A_TABLET]
    return {"incidents": queries.open_of(scope, when, class_id=shown.id), "kinds": kinds, "cart": shown, "Kind": Kind, "when": when}
