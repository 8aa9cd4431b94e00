"""What rounds hang on the pages of a tablet and of a cart: the photos that were taken there."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy.field.queries.acts import photos
from inventory.journal import When
from inventory.models import MobileClass, Tablet
from inventory.scope import Scope


def photos_panel(shown: Tablet | MobileClass, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The photos of a tablet or of a cart, at the moment looked at; nothing when there is none."""
    found = photos(shown._meta.table_name, shown.id, when)
    return {"photos": found} if found else None
