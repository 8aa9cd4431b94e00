"""Every reading of incidents: the open ones of a scope, one of them, those of a tablet or of a cart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from deploy.incidents.kind import Kind
from deploy.incidents.theft import Stolen, Theft
from deploy.models import Incident
from deploy.queries.conventions import any_convention, mention
from inventory.contact import contact
from inventory.errors import NotFound
from inventory.journal import When, history, lines
from inventory.models import MobileClass, School, Tablet
from inventory.queries import school_times
from inventory.queries.tablets import states
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.sight import TabletState
from inventory.spoken import moment
from inventory.timeline import timeline

LARGEST = 2**63 - 1
MOST = 200
TOWN = "commune"
COMPLAINT = "complaint"


def _inside(scope: Scope) -> Any:
    """The incidents of a scope, with what they are about."""
    rows = (
        Incident.select(Incident, School, MobileClass, Tablet).join(School, on=Incident.school).switch(Incident)
        .left_outer_join(MobileClass, on=Incident.mobile_class).switch(Incident).left_outer_join(Tablet, on=Incident.tablet)
    )  # fmt: skip
    return rows if scope.everywhere else rows.where(Incident.school.in_(sorted(scope.schools)))


def incidents(scope: Scope, when: When | None = None, *, closed: bool = False) -> list[Incident]:
    """The open incidents of a scope, oldest first, or the last ones closed; as they stood, if asked."""
    if closed:
        ended = Incident.closed.is_null(False) if when is None else Incident.closed <= when.moment
        return list(_inside(scope).where(ended).order_by(Incident.closed.desc(), Incident.id.desc()).limit(MOST))
    found = _inside(scope).where(_open(when)).order_by(Incident.opened, Incident.id).limit(MOST)
    return [_then(row, when) for row in found]


def _open(when: When | None) -> Any:
    if when is None:
        return Incident.closed.is_null()
    return (Incident.opened <= when.moment) & (Incident.closed.is_null() | (Incident.closed > when.moment))


def _then(row: Incident, when: When | None) -> Incident:
    """An incident as it stood: one that was closed since was open."""
    if when is not None and row.closed is not None and row.closed > when.moment:
        row.closed = None
    return row


def incident(scope: Scope, number: int, when: When | None = None) -> Incident:
    """One incident; raises `NotFound`, outside the scope and before it was opened too."""
    row = _inside(scope).where(Incident.id == number).first() if number <= LARGEST else None
    if row is None or (when is not None and row.opened > when.moment):
        raise NotFound
    return _then(row, when)


def open_of(
    scope: Scope, when: When | None = None, *, tablet_id: int | None = None, class_id: int | None = None
) -> list[Incident]:
    """The open incidents of a tablet, or of a cart and all that it holds; as they stood, if asked."""
    mine = Incident.tablet == tablet_id if tablet_id is not None else Incident.mobile_class == class_id
    return [_then(row, when) for row in _inside(scope).where(mine & _open(when)).order_by(Incident.opened, Incident.id)]


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


def theft_of(scope: Scope, tablet: Tablet, now: datetime) -> Theft:
    """The theft of a tablet, with the other tablets of its cart that have an open theft; before any is told, what it would be."""
    mine = (Incident.kind == Kind.THEFT.value) & Incident.closed.is_null()
    same = Incident.tablet == tablet if tablet.mobile_class_id is None else Incident.mobile_class == tablet.mobile_class_id
    opened = {row.tablet_id: row for row in _inside(scope).where(mine & same).order_by(Incident.id)}
    ids = sorted({tablet.id, *opened})
    purchases = {row.id: row for row in visible(scope, Tablet).where(Tablet.id.in_(ids))}
    told = [_stolen(state, purchases[state.id], opened.get(state.id), now) for state in states(scope, None, ids=ids)]
    told.sort(key=lambda one: (one.tablet != tablet.id, one.slot or 0))
    first = opened.get(tablet.id) or next(iter(opened.values()), None)
    begun = next((event for event in reversed(history("incident", first.id, axes=["state"])) if event.value == "open"), None) if first else None
    filed = _filed(first, begun) if first else ""
    cart, contract = tablet.mobile_class, any_convention()
    town = next((party.name.value for party in contract.parties if party.key == TOWN), "") if contract else ""
    return Theft(
        town, cart.school.name if cart else "", cart.school.uai if cart else "", cart.code if cart else "", begun.at if begun else None,
        begun.actor.name if begun and begun.actor_id else "", _remark(begun), filed, tuple(told), mention(),
    )  # fmt: skip


def _filed(row: Incident, begun: Any) -> str:
    """The number of the complaint: as it was recorded since, else as it was told at once."""
    last = next(iter(history("incident", row.id, axes=[COMPLAINT])), None)
    return str(last.detail["number"] if last else begun.detail.get("reference", "") if begun else "")


def _remark(event: Any) -> str:
    remark = getattr(event, "remark", None) if event else None
    return (remark.text or "") if remark else ""


def _stolen(state: TabletState, row: Tablet, incident: Incident | None, now: datetime) -> Stolen:
    """What is known of one tablet; its silence is told in the school time of its school."""
    seen, line = state.seen, row.purchase_line
    last = seen.last_contact if seen else None
    time = school_times.time_of(row.mobile_class.school.uai) if row.mobile_class else None
    silence = contact(last, now, time, school_times.thresholds()).sentence if time else ""
    return Stolen(
        row.id, incident.id if incident else None, row.serial, row.asset_tag or "", row.model, row.slot, line.order_reference if line else "",
        line.supplier if line else "", line.unit_price if line else None, last, silence, seen.connector if seen else "", _measures(row),
    )  # fmt: skip


def _measures(row: Tablet) -> tuple[str, ...]:
    """How each command of a tablet stands, oldest first."""
    last = {event.detail.get("id"): event for event in reversed(history("tablet", row.id, axes=["command"]))}
    return tuple(f"{moment(one.at)}, {one.title}" for one in reversed(timeline(last.values())))
