"""Every reading of stock-takes: those of a cart, one of them with what is found, missing, unexpected, and what was decided."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deploy.models import Stocktake, StocktakeSight
from deploy.rollcall.sight import NOT_ASKED
from deploy.stocktake.difference import Decided, Difference, compare
from inventory.errors import NotFound
from inventory.journal import When, facts
from inventory.models import MobileClass, Tablet
from inventory.queries.tablets import states
from inventory.queries.visible import visible
from inventory.scope import EVERYWHERE, Scope

STOCKTAKE, DECISION, TEXT = "stocktake", "decision:", "text"
LARGEST = 2**63 - 1


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


def stocktake(scope: Scope, number: int) -> Stocktake:
    """One stock-take; raises `NotFound`, outside the scope too."""
    mine = visible(scope, MobileClass).select(MobileClass.id)
    row = Stocktake.get_or_none((Stocktake.id == number) & Stocktake.mobile_class.in_(mine)) if number <= LARGEST else None
    if row is None:
        raise NotFound
    return row


def of_cart(scope: Scope, cart: MobileClass) -> list[Stocktake]:
    """The stock-takes of a cart of the scope, newest first."""
    return list(Stocktake.select().where(Stocktake.mobile_class == cart).order_by(Stocktake.id.desc()).limit(50)) if scope.holds(cart.school_id) else []


def difference(row: Stocktake) -> Difference:
    """What was seen beside what the cart held when the stock-take was opened, but for what nobody expects there (in repair, lost)."""
    expected = [one.id for one in states(EVERYWHERE, When(row.opened), class_ids=[row.mobile_class_id]) if one.stage not in NOT_ASKED]
    seen = StocktakeSight.select(StocktakeSight.text, StocktakeSight.tablet).where(StocktakeSight.stocktake == row)
    return compare(expected, list(seen.order_by(StocktakeSight.at, StocktakeSight.text).tuples()))


def decisions(row: Stocktake) -> dict[str, str]:
    """The last decision on each key."""
    told = facts(STOCKTAKE, ids=[row.id])
    return {axis.removeprefix(DECISION): line.value for (_, axis), line in told.items() if axis.startswith(DECISION)}


def count(scope: Scope, row: Stocktake) -> Count:
    """A stock-take with names. Of a tablet that the scope does not hold, only what was scanned is told."""
    found, decided = difference(row), decisions(row)
    ids = (*found.found, *found.missing, *found.unexpected)
    rows = {tablet.id: tablet for tablet in Tablet.select().where(Tablet.id.in_(ids))}
    shown = {tablet.id for tablet in visible(scope, Tablet).where(Tablet.id.in_(ids))}

    def points(several: tuple[int, ...]) -> tuple[Point, ...]:
        return tuple(_point(rows[one], one in shown, decided) for one in several)

    unknown = tuple(Point(f"{TEXT}:{text}", text, "", _decided(decided, f"{TEXT}:{text}")) for text in found.unknown)
    return Count(row, points(found.found), points(found.missing), points(found.unexpected), unknown)


def _point(tablet: Tablet, shown: bool, decided: Mapping[str, str]) -> Point:
    cart = tablet.mobile_class
    where = f"{cart.code} / {tablet.slot}" if shown and cart is not None else ""
    key = f"tablet:{tablet.id}"
    return Point(key, tablet.asset_tag or tablet.serial, where, _decided(decided, key))


def _decided(decided: Mapping[str, str], key: str) -> Decided | None:
    return Decided(decided[key]) if key in decided else None
