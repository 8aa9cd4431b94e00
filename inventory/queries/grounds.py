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
    groups = {device.group for device in seen if device.group}
    ids = {tablet.class_id for tablet in tablets if tablet.class_id}
    known, classes, codes, names = set[str](), dict[str, set[int]](), dict[int, str](), dict[int, frozenset[str]]()
    for number, code, name, *school in _carts(MobileClass.code, MobileClass.name, School.uai, School.name, values=sorted(groups)):
        known |= {code, name, *school} & groups
        for said in {code, name} & groups:
            classes.setdefault(said, set()).add(number)
    for number, *said in _carts(MobileClass.id, values=sorted(ids)):
        codes[number], names[number] = said[0], frozenset(filter(None, said))
    return Grounds(codes, names, {name: frozenset(several) for name, several in classes.items()}, frozenset(known))


def _carts(*columns: Any, values: Sequence[Any]) -> Iterator[tuple[Any, ...]]:
    """The classes of which a column holds one of some values: id, code, name, the UAI and the name of the school."""
    for start in range(0, len(values), MANY):
        some = list(values[start : start + MANY])
        either = functools.reduce(operator.or_, (column.in_(some) for column in columns))
        told = visible(EVERYWHERE, MobileClass).select(MobileClass.id, MobileClass.code, MobileClass.name, School.uai, School.name)
        yield from told.join(School).where(either & ~MobileClass.withdrawn).tuples()
