"""Every reading of stock-takes: those of a cart, one of them with what is found, missing, unexpected, and what was decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from peewee import JOIN

from deploy.models import Stocktake, StocktakeSight
from deploy.rollcall.sight import NOT_ASKED
from deploy.stocktake.difference import Decided, Difference, compare
from inventory.errors import NotFound
from inventory.journal import When, facts
from inventory.models import MobileClass, Tablet
from inventory.queries.tablets import states_then
from inventory.queries.visible import visible
from inventory.scope import EVERYWHERE, Scope

STOCKTAKE, DECISION, TEXT = "stocktake", "decision:", "text"
LARGEST, MOST = 2**63 - 1, 50


@dataclass(frozen=True, slots=True)
class Point:
    """One thing of a stock-take: its key, how it is called, where it should be, and the decision, if any."""

    key: str
    name: str
    where: str
    decided: Decided | None


@dataclass(frozen=True, slots=True)
class Count:
    """A stock-take as its page shows it."""

    row: Stocktake
    found: tuple[Point, ...]
    missing: tuple[Point, ...]
    unexpected: tuple[Point, ...]
    unknown: tuple[Point, ...]

    @property
    def left(self) -> int:
        """How many points wait for a decision."""
        return sum(one.decided is None for one in (*self.missing, *self.unexpected, *self.unknown))


def stocktake(scope: Scope, number: int, when: When | None = None) -> Stocktake:
    """One stock-take; raises `NotFound`, outside the scope and before it was opened too."""
    mine = visible(scope, MobileClass).select(MobileClass.id)
    row = Stocktake.get_or_none((Stocktake.id == number) & Stocktake.mobile_class.in_(mine)) if number <= LARGEST else None
    if row is None or (when is not None and row.opened > when.moment):
        raise NotFound
    return _then(row, when)


def of_cart(scope: Scope, cart: MobileClass, when: When | None = None) -> list[Stocktake]:
    """The stock-takes of a cart of the scope, newest first."""
    mine = Stocktake.mobile_class == cart
    asked = Stocktake.select().where(mine if when is None else mine & (Stocktake.opened <= when.moment))
    return [_then(row, when) for row in asked.order_by(Stocktake.id.desc()).limit(MOST)] if scope.holds(cart.school_id) else []


def _then(row: Stocktake, when: When | None) -> Stocktake:
    """A stock-take as it stood: one that was closed since was open."""
    if when is not None and row.closed is not None and row.closed > when.moment:
        row.closed = None
    return row


def difference(row: Stocktake) -> Difference:
    """What was seen beside what the cart held when the stock-take was opened, but for what nobody expects there (in repair, lost)."""
    return _differences([row], None)[0]


def _differences(rows: Sequence[Stocktake], when: When | None) -> list[Difference]:
    """The differences of some stock-takes of one cart, by what was scanned till then."""
    cart, seen = rows[0].mobile_class_id, defaultdict[int, list[tuple[str, int | None]]](list)
    sights = StocktakeSight.select(StocktakeSight.stocktake, StocktakeSight.text, StocktakeSight.tablet)
    asked = StocktakeSight.stocktake.in_(rows) if when is None else StocktakeSight.stocktake.in_(rows) & (StocktakeSight.at <= when.moment)
    for number, text, tablet in sights.where(asked).order_by(StocktakeSight.at, StocktakeSight.text).tuples():
        seen[number].append((text, tablet))
    inside = states_then(EVERYWHERE, cart, [row.opened for row in rows])
    expected = [[one.id for one in states if one.stage not in NOT_ASKED] for states in inside]
    return [compare(asked, seen[row.id]) for asked, row in zip(expected, rows, strict=True)]


def decisions(row: Stocktake) -> dict[str, str]:
    """The last decision on each key."""
    return _decisions([row], None)[row.id]


def _decisions(rows: Sequence[Stocktake], when: When | None) -> Mapping[int, dict[str, str]]:
    decided: Mapping[int, dict[str, str]] = defaultdict(dict)
    for (number, axis), line in facts(STOCKTAKE, ids=[row.id for row in rows], when=when).items():
        if axis.startswith(DECISION):
            decided[number][axis.removeprefix(DECISION)] = line.value
    return decided


def count(scope: Scope, row: Stocktake, when: When | None = None) -> Count:
    """A stock-take with names. Of a tablet that the scope does not hold, only what was scanned is told."""
    return counts(scope, [row], when)[0]


def counts(scope: Scope, rows: Sequence[Stocktake], when: When | None = None) -> list[Count]:
    """Some stock-takes of one cart, with names: the same few statements, however many they are."""
    if not rows:
        return []
    found, decided = _differences(rows, when), _decisions(rows, when)
    ids = sorted({one for told in found for several in (told.found, told.missing, told.unexpected) for one in several})
    named = Tablet.select(Tablet, MobileClass).join(MobileClass, JOIN.LEFT_OUTER).where(Tablet.id.in_(ids))
    tablets = {tablet.id: tablet for tablet in named}
    shown = {number for (number,) in visible(scope, Tablet).select(Tablet.id).where(Tablet.id.in_(ids)).tuples()}
    return [_count(row, one, decided[row.id], tablets, shown) for row, one in zip(rows, found, strict=True)]


def _count(row: Stocktake, found: Difference, decided: Mapping[str, str], tablets: Mapping[int, Tablet], shown: Container[int]) -> Count:
    def points(several: tuple[int, ...]) -> tuple[Point, ...]:
        return tuple(_point(tablets[one], one in shown, decided) for one in several)

    unknown = tuple(Point(f"{TEXT}:{text}", text, "", _decided(decided, f"{TEXT}:{text}")) for text in found.unknown)
    return Count(row, points(found.found), points(found.missing), points(found.unexpected), unknown)


def _point(tablet: Tablet, shown: bool, decided: Mapping[str, str]) -> Point:
    cart = tablet.mobile_class
    where = f"{cart.code} / {tablet.slot}" if shown and cart is not None else ""
    key = f"tablet:{tablet.id}"
    return Point(key, tablet.asset_tag or tablet.serial, where, _decided(decided, key))


def _decided(decided: Mapping[str, str], key: str) -> Decided | None:
    return Decided(decided[key]) if key in decided else None
