"""What the check hangs on the pages of the ground floor: the proofs of a tablet and of a cart, the way in of a label."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from deploy.handover.queries import open_reservations
from deploy.incidents.queries import incidents
from deploy.rollcall import queries
from inventory.journal import When
from inventory.labels.code import Names
from inventory.models import Label, MobileClass, Person, School, Tablet
from inventory.paris import local_date
from inventory.queries.listing import Ask
from inventory.roles import FIELD, Role
from inventory.scope import Scope

AT_WORK = FIELD | {Role.SCHOOL, Role.TECHNICAL_COMMITTEE}
MOST_CARTS = 48


def class_panel(shown: MobileClass, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The last check of a cart beside the last contact of its tablets."""
    found = queries.cart_checks(scope, [shown.id], now, when)
    if not found:
        return None
    check = queries.checks(scope, [shown.id], when).get(shown.id)
    asked = found[0].resumption is not None and found[0].resumption.asks_on(local_date(now)) and not found[0].checked_since
    return {"one": found[0], "check": check, "when": when, "asked": asked and when is None, "code": shown.code}


def tablet_panel(shown: Tablet, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any]:
    """The last physical sight of a tablet."""
    return {"proof": queries.proofs(scope, [shown.id], when).get(shown.id), "when": when}


def school_panel(shown: School, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The way to the school's page of checks."""
    since = queries.return_of(shown, local_date(now))
    asked = since is not None and since.asks_on(local_date(now))
    return {"school": shown, "asked": asked, "since": since} if when is None else None


def home_panel(shown: Person, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """What waits in the carts of who looks: those to check after the holiday, those that did not wake up, the open incidents, the reservations."""
    if when is not None or Role(shown.role) not in AT_WORK:
        return None
    carts, _ = queries.carts_after_holiday(scope, Ask(sort="code", size=MOST_CARTS), now)
    asked = [one for one in carts if one.resumption is not None and one.resumption.asks_on(local_date(now))]
    told = {
        "unseen": [one for one in asked if not one.checked_since], "asleep": [one for one in asked if not one.awake],
        "incidents": len(incidents(scope)), "reservations": open_reservations(scope),
    }  # fmt: skip
    return told if any(told.values()) else None


def label_panel(shown: Label, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The way into the check of a cart by its label."""
    return {"label": shown, "cart": shown.mobile_class} if shown.names == Names.CART.value else None
