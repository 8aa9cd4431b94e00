"""Every reading of the checks: what a person saw of each tablet and cart, the school's short code, who has not pointed since the holiday."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from deploy.rollcall.resumption import Resumption, resumption
from deploy.rollcall.short_code import short_code
from deploy.rollcall.sight import CHECK, NOT_ASKED, SIGHT, Check, Proof, Sight, Whereabouts
from deploy.schedule.queries import hours, next_visit, technicians
from inventory.errors import Refused
from inventory.journal import When, facts
from inventory.models import MobileClass, School
from inventory.paris import local_date
from inventory.queries.listed_places import mobile_classes
from inventory.queries.listing import Ask, Page
from inventory.queries.places import schools
from inventory.queries.school_times import of_school
from inventory.queries.tablets import states
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.sight import TabletState
from inventory.spoken import short_day
from inventory.words import tell

SEEN, VISIT = "seen", "visit"
_settings: dict[str, Any] = {}


def use(key: Callable[[], bytes]) -> None:
    """Say where the key of the short codes is; it is read at the first code."""
    _settings["key"] = key


def code_of(scope: Scope, school: School, now: datetime) -> str:
    """The short code of a school this week; raises `Refused` outside the scope."""
    if not scope.holds(school.id):
        raise Refused(tell("Code d'une école hors de portée."))
    key: bytes = _settings["key"]()
    return short_code(key, school.uai, local_date(now))


def asked_of(scope: Scope, cart: MobileClass) -> tuple[list[TabletState], list[TabletState]]:
    """The tablets of a cart that the check asks about, and those that nobody expects there (in repair, lost...)."""
    inside = states(scope, class_ids=[cart.id])
    return [one for one in inside if one.stage not in NOT_ASKED], [one for one in inside if one.stage in NOT_ASKED]


def proofs(scope: Scope, ids: Iterable[int], when: When | None = None) -> dict[int, Proof]:
    """The last physical sight of some tablets of the scope, by a check or by a technician's round."""
    known = [one.id for one in states(scope, ids=list(ids))]
    found: dict[int, Proof] = {}
    for (tablet_id, axis), line in facts("tablet", axes=[SIGHT, SEEN], ids=known, when=when).items():
        here = axis == SEEN or line.value == Sight.HERE
        why = None if here else Whereabouts(line.detail.get("why", Whereabouts.UNKNOWN))
        proof = Proof(Sight.HERE if here else Sight.MISSING, line.at, why)
        if tablet_id not in found or proof.at > found[tablet_id].at:
            found[tablet_id] = proof
    return found


def checks(scope: Scope, class_ids: Collection[int], when: When | None = None) -> dict[int, Check]:
    """The last check of some carts of the scope."""
    known = [row.id for row in visible(scope, MobileClass).where(MobileClass.id.in_(list(class_ids)))]
    return {key[0]: Check(line.at, line.detail["here"], tuple(line.detail["missing"])) for key, line in facts("mobile_class", axes=[CHECK], ids=known, when=when).items()}


def visit_told(scope: Scope, school: School, now: datetime) -> str | None:
    """The next visit of a school in words: the one promised with who comes, else the day proposed after one that came to nothing."""
    promised = next_visit(scope, school, now)
    if promised is not None:
        who = technicians(scope).get(promised.technician, "")
        return tell("le {day}, {half}, {who}", day=short_day(promised.slot.day), half=hours(promised.slot), who=who)
    proposed = _proposed(scope, school.id, local_date(now))
    return tell("proposée le {day}", day=short_day(proposed)) if proposed else None


def _proposed(scope: Scope, school_id: int, today: date) -> date | None:
    """The day that was proposed for the next visit of a school, if it is still to come."""
    line = facts("school", axes=[VISIT], ids=[school_id]).get((school_id, VISIT)) if scope.holds(school_id) else None
    day = date.fromisoformat(line.detail["next"]) if line is not None and line.detail.get("next") else None
    return day if day is not None and day >= today else None


@dataclass(frozen=True, slots=True)
class CartCheck:
    """A cart after the last holiday: the two proofs, side by side."""

    code: str
    uai: str
    school: str
    resumption: Resumption | None
    check: Check | None
    last_contact: datetime | None
    heard: int
    enrolled: int

    @property
    def checked_since(self) -> bool:
        return self.check is not None and self.resumption is not None and self.check.at >= self.resumption.since

    @property
    def awake(self) -> bool:
        """Whether an MDM has heard of one of its tablets since the holiday."""
        return self.last_contact is not None and self.resumption is not None and self.last_contact >= self.resumption.since


def return_of(school: School, day: date) -> Resumption | None:
    """The last return of a school's holidays; None where its calendar is not known."""
    try:
        return resumption(of_school(school), day)
    except Refused:
        return None


def carts_after_holiday(scope: Scope, ask: Ask, now: datetime, when: When | None = None) -> tuple[list[CartCheck], Page[Any]]:
    """One page of carts by code, each with what was seen and heard of it since the last holiday of its school, now or as it stood."""
    page = mobile_classes(ask, when, scope=scope)
    ids = [row.id for row in page.rows]
    return cart_checks(scope, ids, now, when), page


def cart_checks(scope: Scope, ids: Sequence[int], now: datetime, when: When | None = None) -> list[CartCheck]:
    """Some carts of the scope by code, with their two proofs, now or as they stood."""
    rows = list(visible(scope, MobileClass).where(MobileClass.id.in_(list(ids)) & ~MobileClass.withdrawn).order_by(MobileClass.code))
    homes = {row.id: row for row in schools(scope, sorted({row.school_id for row in rows}))}
    told, inside = checks(scope, ids, when), states(scope, when, class_ids=ids)
    day = local_date(when.moment if when else now)
    returns = {home.id: return_of(home, day) for home in homes.values()}
    return [
        _after(row, homes[row.school_id], returns[row.school_id], told.get(row.id), [one for one in inside if one.class_id == row.id])
        for row in rows
        if row.school_id in homes
    ]


def _after(row: MobileClass, home: School, since: Resumption | None, check: Check | None, inside: Sequence[TabletState]) -> CartCheck:
    contacts = [one.seen.last_contact for one in inside if one.seen is not None and one.seen.last_contact is not None]
    heard = sum(since is not None and contact >= since.since for contact in contacts)
    return CartCheck(row.code, home.uai, home.name, since, check, max(contacts, default=None), heard, sum(one.seen is not None for one in inside))
