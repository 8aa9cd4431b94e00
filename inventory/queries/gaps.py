"""Every reading of discrepancies with their lives: the rows of a list, one of them, how many; now from the table, in the past by the journal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import SQL, Case, fn

from inventory.columns import MomentField
from inventory.discrepancy import AGES, OWNERS, Age, Kind, Standing, Verdict, age_since, standing
from inventory.discrepancy_words import proposed, sentence
from inventory.errors import NotFound
from inventory.journal import Line, When, facts
from inventory.models import Gap, GapSurvey, MobileClass, School
from inventory.queries import listing
from inventory.queries.listing import Ask, Order, Page
from inventory.queries.visible import ids_of, visible
from inventory.roles import Role
from inventory.scope import Scope

LARGEST = 2**63 - 1
ALL_THAT_STAND = "debout"
_moment = MomentField().db_value
STANDING = (Standing.OPEN, Standing.STALE, Standing.DECIDED)


@dataclass(frozen=True, slots=True)
class GapRow:
    """A discrepancy as it stood: what both sides say, where it is in its life, who owns it, what was decided."""

    id: int
    name: str
    kind: Kind
    serial: str
    school: str
    uai: str
    class_code: str
    tablet: int | None
    standing: Standing
    owner: Role
    since: datetime | None
    opened: datetime
    closed: datetime | None
    facts: str
    evidence: Mapping[str, Any]
    verdict: Verdict | None
    decided_at: datetime | None
    moment: datetime | None
    school_id: int | None
    class_id: int | None

    @property
    def text(self) -> str:
        return sentence(self.kind, self.serial, self.evidence)

    @property
    def action(self) -> str:
        return proposed(self.kind)

    @property
    def age(self) -> Age | None:
        """How long it has stood at the moment looked at; None once it is closed."""
        return age_since(self.since or self.opened, self.moment) if self.moment and not self.closed else None


def _stored(moment: datetime) -> int:
    """A moment as its column stores it: what a cursor holds."""
    return int(_moment(moment) or 0)


GAP_ORDERS: Mapping[str, Order[GapRow]] = {
    "ouvert": Order("Ouvert", fn.COALESCE(Gap.opened, 0), lambda row: _stored(row.opened), int),
    "serie": Order("N° de série", Gap.serial, lambda row: row.serial),
}  # fmt: skip


def gaps(ask: Ask, when: When | None, *, scope: Scope) -> Page[GapRow]:
    """One page of discrepancies, filtered by `ecart` (kind), `etat`, `charge` (owner), `classe` (code) and `ecole` (UAI)."""
    order = GAP_ORDERS[ask.sort]
    if when is not None:
        return listing.cut_folded(_asked_then(ask, when, scope), order, ask, lambda row: row.id)
    return listing.cut(_asked(ask, scope), Gap.id, order, ask, lambda ids: rows_now(scope, ids, ask.now), lambda row: row.id)


def count_gaps(ask: Ask, when: When | None, *, scope: Scope) -> int:
    return len(_asked_then(ask, when, scope)) if when else listing.counted_to(_asked(ask, scope))


def gap(scope: Scope, number: int, when: When | None = None, now: datetime | None = None) -> GapRow:
    """One discrepancy as it stood; raises `NotFound`, outside the scope and before it was opened too."""
    found = (rows_then(scope, when, [number]) if when else rows_now(scope, [number], now)) if number <= LARGEST else []
    if not found:
        raise NotFound
    return found[0]


def stored(scope: Scope, number: int) -> Gap:
    """The row of a discrepancy to decide on; raises `NotFound`."""
    row = visible(scope, Gap).where(Gap.id == number).first() if number <= LARGEST else None
    if row is None:
        raise NotFound
    return row


def standing_of(
    scope: Scope, when: When | None, now: datetime, *, tablet_id: int | None = None, class_id: int | None = None, most: int = 200
) -> list[GapRow]:  # fmt: skip
    """What stands of one tablet, or of one mobile class where it was found, the oldest first."""
    if when is not None:
        told = [row for row in rows_then(scope, when) if row.closed is None and (row.tablet == tablet_id if tablet_id else row.class_id == class_id)]
        return sorted(told, key=lambda row: (row.opened, row.id))[:most]
    mine = Gap.tablet == tablet_id if tablet_id is not None else Gap.mobile_class == class_id
    query = visible(scope, Gap).select(Gap.id).where(mine & (Gap.standing != Standing.CLOSED.value)).order_by(Gap.opened, Gap.id).limit(most)
    return rows_now(scope, [row[0] for row in query.tuples()], now)


def aged(now: datetime) -> Any:
    """The age of a discrepancy as the database tells it."""
    begun = fn.COALESCE(Gap.since, Gap.opened)
    limits = [(_stored(now - timedelta(days=days)), age.value) for days, age in AGES]
    return Case(None, [(begun > SQL(str(limit)), age) for limit, age in limits], Age.OLD.value)


def last_survey() -> GapSurvey | None:
    """The last comparison of the whole town, if any was made."""
    found: GapSurvey | None = GapSurvey.select().first()
    return found


def _asked(ask: Ask, scope: Scope) -> Any:
    query = visible(scope, Gap).select(Gap.id)
    if ask.words:
        query = query.where(Gap.serial.contains(ask.words) | Gap.name.contains(ask.words))
    if ask.filter("ecart"):
        query = query.where(Gap.kind == ask.filter("ecart"))
    if ask.filter("etat"):
        query = query.where(Gap.standing.in_(_states(ask.filter("etat"))))
    if ask.filter("age") and ask.now:
        query = query.where((aged(ask.now) == ask.filter("age")) & (Gap.standing != Standing.CLOSED.value))
    if ask.filter("charge"):
        query = query.where(Gap.owner == ask.filter("charge"))
    if ask.filter("classe"):
        query = query.where(Gap.mobile_class.in_(MobileClass.select(MobileClass.id).where(MobileClass.code == ask.filter("classe").upper())))
    if ask.filter("ecole"):
        query = query.where(Gap.school.in_(School.select(School.id).where(School.uai == ask.filter("ecole").upper())))
    return query


def _states(text: str) -> list[str]:
    return [one.value for one in STANDING] if text == ALL_THAT_STAND else [text]


def _asked_then(ask: Ask, when: When, scope: Scope) -> list[GapRow]:
    wanted, states = ask.words.casefold(), _states(ask.filter("etat")) if ask.filter("etat") else None
    return [
        row for row in rows_then(scope, when)
        if (not wanted or wanted in f"{row.serial} {row.text}".casefold()) and ask.filter("ecart") in ("", row.kind.value)
        and (states is None or row.standing.value in states) and ask.filter("charge") in ("", row.owner.value) and ask.filter("age") in ("", row.age and row.age.value)
        and ask.filter("classe").upper() in ("", row.class_code) and ask.filter("ecole").upper() in ("", row.uai)
    ]  # fmt: skip


def rows_now(scope: Scope, ids: Sequence[int], now: datetime | None) -> list[GapRow]:
    """Some rows now, the oldest first."""
    rows = (
        visible(scope, Gap).select(Gap, School, MobileClass).left_outer_join(School, on=Gap.school).switch(Gap)
        .left_outer_join(MobileClass, on=Gap.mobile_class).where(Gap.id.in_(list(ids))).order_by(Gap.opened, Gap.id)
    )  # fmt: skip
    return [_row(row, now) for row in rows]


def _row(row: Gap, now: datetime | None) -> GapRow:
    school, place = row.school if row.school_id else None, row.mobile_class if row.mobile_class_id else None
    return GapRow(
        row.id, row.name, Kind(row.kind), row.serial, school.name if school else "", school.uai if school else "", place.code if place else "",
        row.tablet_id, Standing(row.standing), Role(row.owner), row.since, row.opened, row.closed, row.facts, row.evidence,
        Verdict(row.verdict) if row.verdict else None, row.decided_at, now, row.school_id, row.mobile_class_id,
    )  # fmt: skip


def rows_then(scope: Scope, when: When, ids: Sequence[int] | None = None) -> list[GapRow]:
    """The discrepancies opened by then as they stood, folded from their journal alone: no tablet of the fleet is."""
    inside = ids_of(scope, Gap) if ids is None else [row[0] for row in visible(scope, Gap).select(Gap.id).where(Gap.id.in_(list(ids))).tuples()]
    told: dict[int, dict[str, Line]] = defaultdict(dict)
    for (number, axis), line in facts("gap", ids=inside, when=when).items():
        told[number][axis] = line
    homes = {row.id: row for row in School.select(School.id, School.name, School.uai)} if told else {}
    codes = dict(MobileClass.select(MobileClass.id, MobileClass.code).tuples()) if told else {}
    return [_row_then(number, axes, homes, codes, when.moment) for number, axes in told.items()]


def _row_then(number: int, axes: Mapping[str, Line], homes: Mapping[int, School], codes: Mapping[int, str], moment: datetime) -> GapRow:
    state, found, decision = axes["gap"], axes["gap:facts"], axes.get("gap:decision")
    said, closed = state.detail, state.value == "closed"
    home, decided = homes.get(found.detail["school"]), str(decision.detail["facts"]) if decision else ""
    return GapRow(
        number, said["name"], Kind(said["kind"]), said["serial"], home.name if home else "", home.uai if home else "", codes.get(found.detail["class"], ""),
        said["tablet"], standing(found.value, closed=closed, decided=decided), Role(decision.detail["owner"] if decision else OWNERS[Kind(said["kind"])]),
        _read(said["since"]), datetime.fromisoformat(said["opened"]), state.at if closed else None, found.value, found.detail["evidence"],
        Verdict(decision.value) if decision else None, decision.at if decision else None, moment, found.detail["school"], found.detail["class"],
    )  # fmt: skip


def _read(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
