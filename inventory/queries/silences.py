"""The tablets by what their silence means, found by the database: school time says between which moments a last contact means what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from peewee import fn

from inventory.columns import MomentField
from inventory.contact import ContactState, contact, silences
from inventory.mdm_status import MdmStatus
from inventory.models import Closing, MobileClass, School, Sighting, Tablet
from inventory.queries.counters import BEFORE_ALL
from inventory.queries.school_times import of_school, thresholds
from inventory.school_time import SchoolTime

_stored = MomentField().db_value


def silence_means(state: ContactState, now: datetime) -> Any:
    """The tablets whose last contact means `state` at `now`, each by the time of its own school; a condition.

    Of a tablet in no cart, or in a school whose calendar is unknown, nothing can be said: it is `unknown`.
    """
    last, groups = _last_contact(), list(_by_school_time())
    if state is not ContactState.UNKNOWN:
        found = [carts & _between(last, silences(now, time, thresholds()).get(state)) for carts, time in groups]
        return _any(found)
    known = [carts & _between(last, _known(now, time)) for carts, time in groups]
    return ~_any(known)


def state_of(last: datetime | None, moment: datetime, time: SchoolTime | None) -> ContactState:
    """The same for one tablet, as its panel says it."""
    return contact(last, moment, time, thresholds()).state if time else ContactState.UNKNOWN


def _known(now: datetime, time: SchoolTime) -> tuple[datetime, datetime] | None:
    spans = silences(now, time, thresholds())
    return (spans[ContactState.SILENT][0], now) if spans else None


def _between(last: Any, span: tuple[datetime, datetime] | None) -> Any:
    if span is None:
        return Tablet.id.in_([])
    return (last > _stored(span[0])) & (last <= _stored(span[1]))


def _any(conditions: list[Any]) -> Any:
    found: Any = Tablet.id.in_([])
    for one in conditions:
        found = found | one
    return found


def _last_contact() -> Any:
    """When the MDM record that speaks of a tablet (see `counters.speaking`) last heard it; long ago if none did; an expression."""
    other = Sighting.alias()
    heard = (
        other.select(other.last_contact).where(other.serial == Tablet.serial)
        .order_by((other.status == MdmStatus.GONE.value), fn.COALESCE(other.enrolled_at, BEFORE_ALL).desc(), other.id.desc()).limit(1)
    )  # fmt: skip
    return fn.COALESCE(heard, BEFORE_ALL)


def _by_school_time() -> Iterator[tuple[Any, SchoolTime]]:
    """The tablets of the schools that live by the same time: by zone and rhythm, then the schools with closings of their own."""
    own = sorted({row.school_id for row in Closing.select(Closing.school).where(Closing.school.is_null(False))})
    alike: Any = School.select(fn.MIN(School.id)).where(School.id.not_in(own)).group_by(School.zone, School.rhythm)
    for row in School.select().where((School.id.in_(alike) | School.id.in_(own)) & (School.zone != "") & (School.rhythm != "")):
        mine = School.id == row.id if row.id in own else (School.zone == row.zone) & (School.rhythm == row.rhythm) & School.id.not_in(own)
        carts = MobileClass.select(MobileClass.id).join(School).where(mine)
        yield Tablet.mobile_class.in_(carts), of_school(row)
