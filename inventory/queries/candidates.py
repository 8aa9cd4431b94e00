"""Which tablets and devices may disagree, chosen by the database: all the others are seen under their own number, in their own place.

`reconcile` over these alone tells what it tells over the whole town.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from inventory.db import read_many
from inventory.discrepancy import Discrepancy
from inventory.lifecycle import AWAY, PREPARATION, Stage, reached
from inventory.models import ALIKE
from inventory.queries.discrepancies import Placed, placed
from inventory.queries.grounds import grounds_of
from inventory.queries.tablets import all_seen, states
from inventory.queries.witnesses import drifts, papers
from inventory.reconciliation import of_papers, reconcile
from inventory.scope import Scope
from inventory.sight import Seen, TabletState

T = TypeVar("T")
SOME = 500
_EXPECTED = sorted(stage.value for stage in Stage if stage not in AWAY and (stage not in PREPARATION or reached(stage, Stage.LABELLED)))
_AWAY = ",".join(f"'{stage.value}'" for stage in sorted(AWAY))
_OF_TABLET, _OF_SIGHTING = ALIKE.replace("serial", "t.serial"), ALIKE.replace("serial", "o.serial")
_STRANGERS = (
    "WITH stranger AS MATERIALIZED (SELECT s.id, s.serial, s.number, s.group_name FROM sighting s WHERE s.status <> 'gone' "
    "AND NOT EXISTS (SELECT 1 FROM tablet b WHERE b.serial = s.serial AND NOT b.withdrawn)) "
)
_TABLETS = (
    f"{_STRANGERS}SELECT t.id FROM tablet t WHERE NOT t.withdrawn AND t.stage IN ({_AWAY}) "  # noqa: S608 our own words
    "UNION SELECT t.id FROM tablet t WHERE NOT t.withdrawn AND t.stage IN ({expected}) "
    "AND NOT EXISTS (SELECT 1 FROM sighting s WHERE s.serial = t.serial AND s.status <> 'gone') "
    "UNION SELECT t.id FROM tablet t JOIN sighting s ON s.serial = t.serial WHERE s.status = 'gone' AND NOT t.withdrawn "
    f"UNION SELECT t.id FROM (SELECT o.id, {_OF_SIGHTING} AS likes FROM stranger o WHERE o.serial <> '') o "
    f"JOIN tablet t ON {_OF_TABLET} = o.likes WHERE NOT t.withdrawn "
    "UNION SELECT t.id FROM stranger o JOIN tablet t ON t.asset_tag = o.number WHERE o.serial <> '' AND NOT t.withdrawn "
    "UNION SELECT t.id FROM tablet t WHERE NOT t.withdrawn AND t.mobile_class_id IN (SELECT c.id FROM mobile_class c "
    "WHERE c.code IN (SELECT group_name FROM stranger WHERE serial <> '' AND group_name <> '') "
    "OR c.name IN (SELECT group_name FROM stranger WHERE serial <> '' AND group_name <> '')) "
    "UNION SELECT t.id FROM tablet t JOIN mobile_class c ON c.id = t.mobile_class_id JOIN school e ON e.id = c.school_id "
    "JOIN sighting s ON s.serial = t.serial WHERE NOT t.withdrawn AND s.status <> 'gone' AND s.group_name <> '' "
    "AND s.group_name NOT IN (c.code, c.name, e.uai, e.name) AND s.group_name IN "
    "(SELECT code FROM mobile_class UNION SELECT name FROM mobile_class UNION SELECT uai FROM school UNION SELECT name FROM school) "
    "UNION SELECT t.id FROM tablet t WHERE NOT t.withdrawn AND t.serial IN (SELECT serial FROM sighting WHERE status <> 'gone' "
    "GROUP BY serial HAVING COUNT(*) > 1) ORDER BY 1"
)
_DEVICES = (
    f"{_STRANGERS}SELECT id FROM stranger UNION SELECT id FROM sighting WHERE serial IN (SELECT serial FROM sighting WHERE status <> 'gone' "  # noqa: S608 our own words
    "AND serial <> '' GROUP BY serial HAVING COUNT(*) > 1) ORDER BY 1"
)


def candidates(scope: Scope) -> tuple[list[TabletState], list[Seen]]:
    """The tablets of a scope that may disagree with a device, and those devices; in the order of the whole town."""
    expected = ",".join(f"'{stage}'" for stage in _EXPECTED)
    tablets = _tablets(scope, [row[0] for row in read_many(_TABLETS.format(expected=expected))])
    ids = {row[0] for row in read_many(_DEVICES)}
    serials = [tablet.serial for tablet in tablets]
    for some in _parts(serials):
        marks = ",".join("?" * len(some))
        ids |= {row[0] for row in read_many(f"SELECT id FROM sighting WHERE serial IN ({marks})", some)}  # noqa: S608 marks alone
    return tablets, [seen for some in _parts(sorted(ids)) for seen in all_seen(scope, ids=some)]


def _tablets(scope: Scope, ids: Sequence[int]) -> list[TabletState]:
    found = [state for some in _parts(ids) for state in states(scope, ids=some)]
    return sorted(found, key=lambda state: (state.class_id or 0, state.slot or 0, state.serial))


def surveyed(scope: Scope) -> list[Placed]:
    """Every discrepancy of a scope now: with MDMs, with papers, and what drifted from its configuration."""
    tablets, seen = candidates(scope)
    found = reconcile(tablets, seen, grounds_of(tablets, seen))
    found += _of_papers(scope) + list(drifts(scope))
    return placed(scope, found)


def _of_papers(scope: Scope) -> list[Discrepancy]:
    """Papers compared with the serial numbers there are; a tablet is looked at closely when it has not been received."""
    told = list(papers(scope))
    if not told:
        return []
    there = "SELECT serial FROM tablet WHERE NOT withdrawn AND stage NOT IN ('expected', 'ordered')"
    received = {row[0] for row in read_many(there)}
    left = [paper for paper in told if paper.serial not in received]
    ids: list[int] = []
    for some in _parts(sorted({paper.serial for paper in left})):
        ids += [row[0] for row in read_many(f"SELECT id FROM tablet WHERE NOT withdrawn AND serial IN ({','.join('?' * len(some))})", some)]  # noqa: S608 marks alone
    return of_papers(left, {state.serial: state for state in _tablets(scope, ids)})


def _parts(some: Sequence[T]) -> Iterator[Sequence[T]]:
    return (some[start : start + SOME] for start in range(0, len(some), SOME))
