"""What this room hangs on other pages: the discrepancies of a mobile class, the health of the readings on the home of who answers for them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from inventory.discrepancy import NOT_OF_MDMS
from inventory.journal import When
from inventory.models import MobileClass, Person, Tablet
from inventory.queries.discrepancies import Placed, discrepancies
from inventory.queries.gaps import standing_of
from inventory.roles import OFFICE, Role
from inventory.scope import EVERYWHERE, Scope
from mdm.details import of_tablet
from mdm.models import SyncRun
from mdm.queries import failed_since, listened, quarantines
from mdm.run_state import Freshness, RunState

A_WEEK, STALE = timedelta(days=7), timedelta(days=1)


def class_panel(shown: MobileClass, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any]:
    """The discrepancies of one mobile class as they are now, those noted with their lives, and how fresh each server's word is.

    They are looked for everywhere, as the comparison does; what no tablet of the class explains is shown to who sees all schools.
    """
    noted, fresh = standing_of(scope, when, now, class_id=shown.id), list[Placed]()
    if when is None:
        found = discrepancies(EVERYWHERE, class_id=shown.id)
        live = {one.discrepancy.name: one for one in found if scope.everywhere or one.discrepancy.tablet}
        known = {row.name for row in noted}
        noted = [row for row in noted if row.name in live or row.kind in NOT_OF_MDMS]
        fresh = [one for name, one in live.items() if name not in known]
    return {"noted": noted, "fresh": fresh, "listened": listened(scope, when)}


def tablet_panel(shown: Tablet, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """What servers tell of this tablet alone, each with its age; none of a date of the past, since only the last is kept."""
    known = of_tablet(shown) if when is None else []
    return {"known": known} if known else None


def home_panel(shown: Person, scope: Scope, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """How fresh each server's word is, the readings that wait for a decision and those that failed in the last seven days."""
    if Role(shown.role) not in OFFICE:
        return None
    moment = when.moment if when else now
    heard = [(one, _freshness(one.last_counted, moment)) for one in listened(scope, when)]
    return {"listened": heard, "quarantines": quarantines(scope, when), "failed": failed_since(scope, moment - A_WEEK, when), "RunState": RunState}


def _freshness(last: SyncRun | None, moment: datetime) -> Freshness:
    if last is None:
        return Freshness.NEVER
    return Freshness.FRESH if moment - (last.ended or last.started) < STALE else Freshness.STALE
