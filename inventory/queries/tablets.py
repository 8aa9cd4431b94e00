"""Every reading of tablets and of what MDMs say of them, now or at a date of the past by the journal's one fold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache

from peewee import ModelSelect

from inventory.columns import MomentField
from inventory.db import on_postgres, read_many
from inventory.errors import NotFound, Refused
from inventory.journal import FEW, Line, When, facts, history, lines
from inventory.lifecycle import PREPARATION, Stage, prepared
from inventory.mdm_status import MdmStatus
from inventory.memory import once
from inventory.models import ContactMonth, Event, FormerSerial, MobileClass, Sighting, Tablet
from inventory.paris import end_of, local_date
from inventory.queries.visible import SCOPES, ids_of, visible
from inventory.scope import Scope
from inventory.selection import HERE, Written
from inventory.serials import normalise
from inventory.sight import Seen, TabletState, newer
from inventory.words import tell

_moment = MomentField().python_value
LARGEST = 2**63 - 1
LIVED = ("record", "stage", "place")


def tablet(scope: Scope, tablet_id: int) -> Tablet:
    """One tablet; raises `NotFound`, outside the scope too."""
    found = _one(scope, on_postgres()).one(tablet_id) if tablet_id <= LARGEST else None
    if found is None:
        raise NotFound
    row: Tablet = found[0]
    return row


@lru_cache(SCOPES)
def _one(scope: Scope, postgres: bool) -> Written:
    return Written.of(visible(scope, Tablet).where((Tablet.id == HERE) & ~Tablet.withdrawn), Tablet)


def chosen(scope: Scope, mobile_class: MobileClass, wanted: Sequence[str]) -> list[Tablet]:
    """The tablets of a mobile class that a form names by their ids; raises `Refused` unless every one of them is there."""
    ids = {int(text) for text in wanted if text.isdecimal() and int(text) <= LARGEST}
    inside = visible(scope, Tablet).where((Tablet.mobile_class == mobile_class) & Tablet.id.in_(sorted(ids)) & ~Tablet.withdrawn)
    found = list(inside.order_by(Tablet.slot))
    if not wanted:
        raise Refused(tell("Choisir au moins une tablette dans la grille."))
    if len(found) != len(set(wanted)):
        raise Refused(
            tell("Une des tablettes choisies n'est pas dans cette classe mobile : rien n'est enregistré ; recharger la page et choisir de nouveau.")
        )
    return found


def by_name(scope: Scope, text: str) -> Tablet | None:
    """The tablet of a serial number or an asset tag, however typed."""
    wanted = normalise(text)
    named = (Tablet.serial == wanted) | (Tablet.asset_tag == text.strip())
    return visible(scope, Tablet).where(named & ~Tablet.withdrawn).first()


def find(scope: Scope, text: str, when: When | None = None, *, stage: str = "", mdm: str = "") -> list[TabletState]:
    """Tablets whose serial number, asset tag or model holds `text`, at a stage, in an MDM's word, by name."""
    wanted = text.strip().casefold()
    found = [
        state
        for state in states(scope, when)
        if (not wanted or wanted in f"{state.serial} {state.asset_tag} {state.model}".casefold())
        and stage in ("", state.stage.value)
        and mdm in ("", state.mdm.value)
    ]
    return sorted(found, key=lambda state: (state.name, state.serial))


def story(scope: Scope, row: Tablet) -> list[Event]:
    """The journal of a tablet and of every MDM record that bore its serial number."""
    sightings = visible(scope, Sighting).where(Sighting.serial == row.serial)
    told = [event for sighting in sightings for event in history("sighting", sighting.id)]
    return history("tablet", row.id) + told


def states(
    scope: Scope, when: When | None = None, *, class_ids: Iterable[int] | None = None, ids: Iterable[int] | None = None
) -> list[TabletState]:
    """The tablets as they stood, by class and slot; those of some classes or some ids only, if asked. A tablet is seen where it is now."""
    carts, some = None if class_ids is None else tuple(class_ids), None if ids is None else tuple(ids)
    if len(carts or some or ()) not in range(1, FEW + 1):
        return _states(scope, when, carts, some)
    return list(once(("states", scope, when, carts, some), lambda: _states(scope, when, carts, some)))


def _states(scope: Scope, when: When | None, class_ids: Sequence[int] | None, ids: Sequence[int] | None) -> list[TabletState]:
    rows = _rows(scope, None if when else class_ids, _ever_in(class_ids) if when and class_ids is not None and ids is None else ids)
    stages, places = _told(rows, when)
    seen = seen_by_serial(scope, [row.serial for row in rows], when)
    found = [_state(row, stages.get(row.id), places.get(row.id), seen, when) for row in rows]
    wanted = None if class_ids is None else set(class_ids)
    kept = [state for state in found if state is not None and (wanted is None or state.class_id in wanted)]
    return sorted(kept, key=lambda state: (state.class_id or 0, state.slot or 0, state.serial))


def _ever_in(class_ids: Sequence[int]) -> list[int] | None:
    """The tablets that were placed in one of a few classes, now or before; None for many classes, whose tablets are read with all the others."""
    if len(class_ids) > FEW:
        return None
    here = " OR ".join(f"(value >= '{one:d}/' AND value < '{one:d}0')" for one in class_ids) or "1 = 0"  # 0 is the sign after /
    # The subject is told as an expression: named plainly, it would lead SQLite to the longer index of all places of all tablets.
    placed = f"SELECT DISTINCT subject_id FROM event WHERE axis = 'place' AND subject || '' = 'tablet' AND ({here})"  # noqa: S608 numbers
    return [row[0] for row in read_many(placed)]


def _rows(scope: Scope, class_ids: Sequence[int] | None, ids: Sequence[int] | None) -> list[Tablet]:
    query = visible(scope, Tablet).where(~Tablet.withdrawn)
    if class_ids is not None:
        query = query.where(Tablet.mobile_class.in_(list(class_ids)))
    if ids is not None:
        query = query.where(Tablet.id.in_(list(ids)))
    return list(query)


def _told(rows: Sequence[Tablet], when: When | None) -> tuple[dict[int, Line], dict[int, Line]]:
    """The last word on each tablet's stage and place; now, only the stages outside the preparation need the journal."""
    if when is None:
        odd = [row.id for row in rows if Stage(row.stage) not in PREPARATION]
        return {key[0]: line for key, line in facts("tablet", axes=["stage"], ids=odd).items()}, {}
    return _apart(facts("tablet", axes=LIVED, ids=[row.id for row in rows], when=when))


def _apart(told: Mapping[tuple[int, str], Line]) -> tuple[dict[int, Line], dict[int, Line]]:
    """The last word on each tablet's stage, its registration if none, and on its place."""
    stages = {key[0]: line for key, line in told.items() if key[1] == "record"}
    stages.update({key[0]: line for key, line in told.items() if key[1] == "stage"})
    return stages, {key[0]: line for key, line in told.items() if key[1] == "place"}


def states_then(scope: Scope, class_id: int, moments: Iterable[datetime]) -> list[list[TabletState]]:
    """The tablets of a class at each of some moments, without the MDM's word: their lines are read once, and folded for each."""
    rows = _rows(scope, None, _ever_in([class_id]))
    told = list(lines("tablet", axes=LIVED, ids=[row.id for row in rows]))
    return [_inside(class_id, rows, [line for line in told if line.at <= moment], When(moment)) for moment in moments]


def _inside(class_id: int, rows: Sequence[Tablet], told: Iterable[Line], when: When) -> list[TabletState]:
    stages, places = _apart({(line.subject_id, line.axis): line for line in told})
    found = (_state(row, stages.get(row.id), places.get(row.id), {}, when) for row in rows)
    return sorted((one for one in found if one is not None and one.class_id == class_id), key=lambda one: (one.slot or 0, one.serial))


def _state(
    row: Tablet, line: Line | None, place: Line | None, seen: Mapping[str, Seen], when: When | None
) -> TabletState | None:
    if when is not None and line is None:
        return None
    told = line if line is not None and line.axis == "stage" else None
    if when is None:
        stage, stage_at, class_id, slot = Stage(row.stage), row.stage_at, row.mobile_class_id, row.slot
    else:
        stage, stage_at = (Stage(told.value), told.at) if told else (Stage.EXPECTED, None)
        class_id, slot = (place.detail["mobile_class"], place.detail["slot"]) if place else (None, None)
    so_far = prepared(stage, Stage(told.detail["after"]) if told else Stage.EXPECTED)
    return TabletState(
        row.id, row.serial, row.asset_tag or "", row.model, class_id, slot, stage, stage_at, so_far, seen.get(row.serial)
    )


def seen_by_serial(scope: Scope, serials: Sequence[str], when: When | None = None) -> dict[str, Seen]:
    """The MDM's word on each serial; of several records of one serial, the newest enrolment speaks."""
    wanted = set(serials)
    best: dict[str, Seen] = {}
    if len(wanted) > FEW:
        told = all_seen(scope, when)
    else:
        told = all_seen(scope, when, serials) if when is None else all_seen(scope, when, ids=_tellers(scope, sorted(wanted)))
    for seen in told:
        if seen.serial in wanted and (seen.serial not in best or newer(seen) > newer(best[seen.serial])):
            best[seen.serial] = seen
    return best


def _tellers(scope: Scope, serials: Sequence[str]) -> list[int]:
    """The records that bear one of these serial numbers, or did before another, which who sees all schools alone is told."""
    former = FormerSerial.select(FormerSerial.sighting).where(FormerSerial.serial.in_(serials))
    bearing = Sighting.serial.in_(serials)
    return [row[0] for row in visible(scope, Sighting).select(Sighting.id).where(bearing | Sighting.id.in_(former) if scope.everywhere else bearing).tuples()]


def all_seen(
    scope: Scope, when: When | None = None, serials: Sequence[str] | None = None, *, ids: Sequence[int] | None = None
) -> list[Seen]:
    """Everything any MDM says of the scope's tablets, or said as of `when`; of some serial numbers or records only, if asked."""
    query = visible(scope, Sighting)
    if serials is not None:
        query = query.where(Sighting.serial.in_(list(serials)))
    if ids is not None:
        query = query.where(Sighting.id.in_(list(ids)))
    rows = list(query.order_by(Sighting.id))
    those = ids_of(scope, Sighting) if serials is None and ids is None else [row.id for row in rows]
    told = facts("sighting", axes=["mdm", "report"], ids=those, when=when)
    if when is None:
        return [_seen_now(row, told[row.id, "mdm"].at, told[row.id, "report"].at) for row in rows]
    days = _contact_days(those, when.moment)
    known = [row for row in rows if (row.id, "mdm") in told]
    then = [_seen_then(row, told[row.id, "mdm"], told.get((row.id, "report")), when, days.get(row.id)) for row in known]
    return [seen for row, seen in zip(known, then, strict=True) if scope.everywhere or seen.serial == row.serial]


def _seen_now(row: Sighting, since: datetime, told_at: datetime) -> Seen:
    return Seen(
        row.id, row.connector, row.mdm_id, row.serial, row.number, MdmStatus(row.status), since, row.model, row.os_version,
        row.configuration, row.managed, row.permissions_granted, tuple((a[0], a[1], a[2]) for a in row.apps), row.group,
        row.enrolled_at, told_at, row.last_contact, False, row.battery, tuple(row.remarks),
    )  # fmt: skip


def _seen_then(row: Sighting, status: Line, report: Line | None, when: When, day: date | None) -> Seen:
    said = report.detail if report else {}
    exact = row.last_contact is not None and row.last_contact <= when.moment
    contact = row.last_contact if exact else (min(end_of(day), when.moment) if day else None)
    return Seen(
        row.id, row.connector, row.mdm_id, said.get("serial") or str(status.detail.get("serial", "")), said.get("number", ""),
        MdmStatus(status.value), status.at, said.get("model", ""), said.get("os_version", ""), said.get("configuration", ""),
        said.get("managed"), said.get("permissions_granted"), tuple((a[0], a[1], a[2]) for a in said.get("apps", ())),
        said.get("group", ""), _moment(said.get("enrolled_at")), report.at if report else status.noted, contact, not exact,
    )  # fmt: skip


def _contact_days(ids: Sequence[int] | ModelSelect | None, moment: datetime) -> dict[int, date]:
    """The last day of contact of each device, or of some, on or before a moment, to the day."""
    today = local_date(moment)
    month = today.year * 100 + today.month
    found: dict[int, date] = {}
    query = ContactMonth.select(ContactMonth.sighting, ContactMonth.month, ContactMonth.days).where(ContactMonth.month <= month)
    if ids is not None:
        query = query.where(ContactMonth.sighting.in_(ids))
    for sighting_id, number, bits in query.order_by(ContactMonth.month).tuples():
        mask = (1 << (today.day + 1)) - 1 if number == month else -1
        if bits & mask:
            found[sighting_id] = date(number // 100, number % 100, (bits & mask).bit_length() - 1)
    return found
