"""The names of places, by which the groups of MDMs are understood: only names, whoever looks."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator, Sequence
from typing import Any

from inventory.models import MobileClass, School
from inventory.queries.visible import visible
from inventory.reconciliation import Grounds
from inventory.scope import EVERYWHERE
from inventory.sight import Seen, TabletState

MANY = 500


def grounds_of(tablets: Sequence[TabletState], seen: Sequence[Seen]) -> Grounds:
    """The names of the tablets' classes and of the places that devices' groups name."""
    groups = sorted({device.group for device in seen if device.group})
    known, classes_named = set[str](), dict[str, set[int]]()
    ids = {tablet.class_id for tablet in tablets if tablet.class_id}
    codes, names = dict[int, str](), dict[int, frozenset[str]]()
    for row in _carts(MobileClass.code, MobileClass.name, School.uai, School.name, values=groups):
        known |= {row.code, row.name, row.school.uai, row.school.name} & set(groups)
        for name in {row.code, row.name} & set(groups):
            classes_named.setdefault(name, set()).add(row.id)
    for row in _carts(MobileClass.id, values=sorted(ids)):
        codes[row.id] = row.code
        names[row.id] = frozenset(name for name in (row.code, row.name, row.school.uai, row.school.name) if name)
    return Grounds(codes, names, {name: frozenset(several) for name, several in classes_named.items()}, frozenset(known))


def _carts(*columns: Any, values: Sequence[Any]) -> Iterator[MobileClass]:
    """The classes of which a column holds one of some values."""
    for start in range(0, len(values), MANY):
        some = list(values[start : start + MANY])
        either = functools.reduce(operator.or_, (column.in_(some) for column in columns))
        yield from visible(EVERYWHERE, MobileClass).select(MobileClass, School).join(School).where(either & ~MobileClass.withdrawn)
