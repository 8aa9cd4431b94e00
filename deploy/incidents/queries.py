"""Every reading of incidents: the open ones of a scope, one of them, those of a tablet or of a cart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from deploy.models import Incident
from inventory.errors import NotFound
from inventory.journal import When, lines
from inventory.models import MobileClass, School, Tablet
from inventory.scope import Scope

LARGEST = 2**63 - 1
MOST = 200


def _inside(scope: Scope) -> Any:
    """The incidents of a scope, with what they are about."""
    rows = (
        Incident.select(Incident, School, MobileClass, Tablet).join(School, on=Incident.school).switch(Incident)
        .left_outer_join(MobileClass, on=Incident.mobile_class).switch(Incident).left_outer_join(Tablet, on=Incident.tablet)
    )  # fmt: skip
    return rows if scope.everywhere else rows.where(Incident.school.in_(sorted(scope.schools)))


def incidents(scope: Scope, *, closed: bool = False) -> list[Incident]:
    """The open incidents of a scope, oldest first; or the last ones closed."""
    if closed:
        return list(_inside(scope).where(Incident.closed.is_null(False)).order_by(Incident.closed.desc(), Incident.id.desc()).limit(MOST))
    return list(_inside(scope).where(Incident.closed.is_null()).order_by(Incident.opened, Incident.id).limit(MOST))


def incident(scope: Scope, number: int) -> Incident:
    """One incident; raises `NotFound`, outside the scope too."""
    row = _inside(scope).where(Incident.id == number).first() if number <= LARGEST else None
    if row is None:
        raise NotFound
    return row


def open_of(scope: Scope, *, tablet_id: int | None = None, class_id: int | None = None) -> list[Incident]:
    """The open incidents of a tablet, or of a cart and all that it holds."""
    mine = Incident.tablet == tablet_id if tablet_id is not None else Incident.mobile_class == class_id
    return list(_inside(scope).where(mine & Incident.closed.is_null()).order_by(Incident.opened, Incident.id))


def of_classes(scope: Scope, class_ids: Sequence[int], until: datetime) -> list[Incident]:
    """Every incident of some carts opened up to a moment, oldest first."""
    mine = Incident.mobile_class.in_(list(class_ids)) & (Incident.opened <= until)
    return list(_inside(scope).where(mine).order_by(Incident.opened, Incident.id)) if class_ids else []


def states_of(ids: Sequence[int], when: When) -> dict[int, tuple[str, str]]:
    """The state of some incidents at a moment (`open` or their result), and the reference they were opened with."""
    found: dict[int, tuple[str, str]] = {}
    for line in lines("incident", axes=["state"], ids=list(ids), when=when):
        found[line.subject_id] = line.value, found.get(line.subject_id, ("", str(line.detail.get("reference", ""))))[1]
    return found
