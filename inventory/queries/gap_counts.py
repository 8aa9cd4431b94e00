"""How many discrepancies stand, opened and closed: by kind, by age, by mobile class, since a moment; now by the database, in the past by the journal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from peewee import SQL, fn

from inventory.discrepancy import Age, Kind, Standing
from inventory.journal import When
from inventory.models import Gap, MobileClass
from inventory.queries.gaps import GapRow, aged, rows_now, rows_then
from inventory.queries.visible import visible
from inventory.scope import Scope


def by_kind(scope: Scope, when: When | None, *, school_id: int | None = None) -> dict[tuple[Kind, Standing], int]:
    """How many stand, by kind and by where they are in their lives; of one school if asked."""
    if when is not None:
        told = [row for row in rows_then(scope, when) if row.closed is None and school_id in (None, row.school_id)]
        return dict(Counter((row.kind, row.standing) for row in told))
    query = visible(scope, Gap).select(Gap.kind, Gap.standing, fn.COUNT(Gap.id)).where(Gap.standing != Standing.CLOSED.value)
    if school_id is not None:
        query = query.where(Gap.school == school_id)
    return {(Kind(kind), Standing(state)): n for kind, state, n in query.group_by(Gap.kind, Gap.standing).tuples()}


def by_age(scope: Scope, when: When | None, now: datetime) -> dict[Age, int]:
    """How many stand, by how long they have."""
    if when is not None:
        return dict(Counter(row.age for row in rows_then(scope, when) if row.age))
    query = visible(scope, Gap).select(aged(now), fn.COUNT(Gap.id)).where(Gap.standing != Standing.CLOSED.value).group_by(SQL("1"))
    return {Age(age): n for age, n in query.tuples()}


def by_class(scope: Scope, when: When | None, class_ids: Sequence[int]) -> dict[int, int]:
    """How many stand in some mobile classes."""
    if when is not None:
        return dict(Counter(row.class_id for row in rows_then(scope, when) if row.closed is None and row.class_id in set(class_ids)))
    mine = Gap.mobile_class.in_(list(class_ids)) & (Gap.standing != Standing.CLOSED.value)
    return dict(visible(scope, Gap).select(Gap.mobile_class, fn.COUNT(Gap.id)).where(mine).group_by(Gap.mobile_class).tuples())


def since(scope: Scope, moment: datetime, when: When | None, *, convention: str | None = None) -> tuple[int, int]:
    """How many opened and how many closed after a moment, up to the one looked at; of the classes of one convention if asked."""
    own = visible(scope, Gap) if convention is None else _of_convention(scope, convention)
    if when is None:
        return own.where(Gap.opened > moment).count(), own.where(Gap.closed > moment).count()
    ids = {row[0] for row in own.select(Gap.id).tuples()}
    told = [row for row in rows_then(scope, when) if row.id in ids]
    return sum(row.opened > moment for row in told), sum(row.closed is not None and row.closed > moment for row in told)


def standing_in(scope: Scope, when: When | None, convention: str) -> int:
    """How many stand in the mobile classes of a convention."""
    own = _of_convention(scope, convention)
    if when is None:
        return int(own.where(Gap.standing != Standing.CLOSED.value).count())
    ids = {row[0] for row in own.select(Gap.id).tuples()}
    return sum(row.id in ids and row.closed is None for row in rows_then(scope, when))


def _of_convention(scope: Scope, key: str) -> Any:
    return visible(scope, Gap).where(Gap.mobile_class.in_(MobileClass.select(MobileClass.id).where(MobileClass.convention == key)))


def opened_since(scope: Scope, moment: datetime, now: datetime, most: int = 6) -> list[GapRow]:
    """The last that opened after a moment and stand."""
    fresh = visible(scope, Gap).select(Gap.id).where((Gap.opened > moment) & (Gap.standing != Standing.CLOSED.value))
    return rows_now(scope, [row[0] for row in fresh.order_by(Gap.opened.desc(), Gap.id.desc()).limit(most).tuples()], now)
