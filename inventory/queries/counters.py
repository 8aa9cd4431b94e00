"""How many tablets of the mobile classes are at each stage, in an MDM's word: read from the counts that the verbs keep."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from peewee import fn

from inventory.db import read_many
from inventory.journal import When
from inventory.lifecycle import AWAY, PREPARATION, Stage, reached
from inventory.mdm_status import MdmStatus
from inventory.models import EVERY_CLASS, ClassCount, MobileClass, Sighting, Tablet
from inventory.queries.places import classes
from inventory.queries.tablets import states
from inventory.scope import Scope

Key = tuple[int, str, str]
BEFORE_ALL = -(2**62)
UNHEARD = frozenset({MdmStatus.UNKNOWN, MdmStatus.GONE})
SOME = 300


_COUNTED = (
    "SELECT told.class_id, told.stage, told.word, c.school_id, COUNT(*) FROM ("
    "SELECT t.mobile_class_id AS class_id, t.stage AS stage, COALESCE((SELECT s.status FROM sighting s WHERE s.serial = t.serial "
    "ORDER BY (s.status = 'gone'), COALESCE(s.enrolled_at, -4611686018427387904) DESC, s.id DESC LIMIT 1), 'unknown') AS word "
    "FROM tablet t WHERE t.mobile_class_id IN ({}) AND NOT t.withdrawn) told "
    "JOIN mobile_class c ON c.id = told.class_id GROUP BY told.class_id, told.stage, told.word, c.school_id"
)


@dataclass(frozen=True, slots=True)
class Totals:
    """The tablets in carts: by stage, by the MDM's word; the classes there are and the tablets they expect.

    `silent` are labelled, still in the park, and listed by no MDM.
    """

    classes: int
    expected: int
    stages: Counter[Stage]
    mdm: Counter[MdmStatus]
    silent: int

    @property
    def inventoried(self) -> int:
        return self.stages.total()

    def at(self, stage: str) -> int:
        """The tablets at a stage, by its key."""
        return self.stages[Stage(stage)]

    @property
    def delivered(self) -> int:
        """In the schools: handed over or in use."""
        return self.stages[Stage.DELIVERED] + self.stages[Stage.IN_SERVICE]

    @property
    def enrolled(self) -> int:
        return self.mdm[MdmStatus.ENROLLED]


def totals(when: When | None, *, scope: Scope) -> Totals:
    """The sums over the schools of a scope, now from the counts; at a date of the past by the fold of every tablet."""
    if when is not None:
        return _totals_then(when, scope)
    rows = ClassCount.select(ClassCount.stage, ClassCount.mdm, fn.SUM(ClassCount.n)).group_by(ClassCount.stage, ClassCount.mdm)
    mine = ClassCount.mobile_class == EVERY_CLASS if scope.everywhere else ClassCount.school.in_(list(scope.schools))
    carts = MobileClass.select(fn.COUNT(MobileClass.id), fn.COALESCE(fn.SUM(MobileClass.expected), 0)).where(~MobileClass.withdrawn)
    if not scope.everywhere:
        carts = carts.where(MobileClass.school.in_(list(scope.schools)))
    count, expected = carts.tuples().first()
    return _summed(count, expected, ((Stage(stage), MdmStatus(mdm), n) for stage, mdm, n in rows.where(mine).tuples()))


def _totals_then(when: When, scope: Scope) -> Totals:
    records = {record.id: record for record in classes(scope, when) if scope.holds(record.school_id)}
    inside = [state for state in states(scope, when) if state.class_id in records]
    return _summed(len(records), sum(one.expected for one in records.values()), ((one.stage, one.mdm, 1) for one in inside))


def _summed(count: int, expected: int, cells: Iterable[tuple[Stage, MdmStatus, int]]) -> Totals:
    stages, mdm, silent = Counter[Stage](), Counter[MdmStatus](), 0
    for stage, word, n in cells:
        stages[stage] += n
        mdm[word] += n
        labelled = reached(stage, Stage.LABELLED) if stage in PREPARATION else stage not in AWAY | {Stage.EXPECTED}
        silent += n if labelled and word in UNHEARD else 0
    return Totals(count, expected, +stages, +mdm, silent)


def tablets_in_carts(carts: Any = None, *, stage: str = "", mdm: str = "") -> int:
    """How many tablets the counts tell of, at a stage or in an MDM's word if asked, in the classes of a subquery of ids (None: in all)."""
    mine = ClassCount.mobile_class == EVERY_CLASS if carts is None else ClassCount.mobile_class.in_(carts)
    rows = ClassCount.select(fn.COALESCE(fn.SUM(ClassCount.n), 0)).where(mine)
    if stage:
        rows = rows.where(ClassCount.stage == stage)
    if mdm:
        rows = rows.where(ClassCount.mdm == mdm)
    return int(rows.scalar())


def holders(mdm: str) -> Any:
    """The classes that hold a tablet in an MDM's word, as a subquery of ids."""
    return ClassCount.select(ClassCount.mobile_class).where((ClassCount.mdm == mdm) & (ClassCount.mobile_class != EVERY_CLASS))


def speaking() -> Any:
    """What the MDM record that speaks of a tablet's serial number says: the newest enrolment, one that is gone last; an expression."""
    other = Sighting.alias()
    word = (
        other.select(other.status).where(other.serial == Tablet.serial)
        .order_by((other.status == MdmStatus.GONE.value), fn.COALESCE(other.enrolled_at, BEFORE_ALL).desc(), other.id.desc()).limit(1)
    )  # fmt: skip
    return fn.COALESCE(word, MdmStatus.UNKNOWN.value)


def counted(class_ids: Sequence[int]) -> dict[Key, tuple[int, int]]:
    """The tablets of at most `SOME` classes counted one by one: (class, stage, word) to (school, number)."""
    return _cells(_COUNTED, class_ids)


def kept(class_ids: Sequence[int]) -> dict[Key, tuple[int, int]]:
    """The same as the counts tell it."""
    return _cells("SELECT mobile_class, stage, mdm, school, n FROM class_count WHERE mobile_class IN ({})", class_ids)


def _cells(sql: str, class_ids: Sequence[int]) -> dict[Key, tuple[int, int]]:
    """Read at every write of a person: by a statement that is ready."""
    rows = read_many(sql.format(",".join(map(str, class_ids)) or "NULL"))
    return {(class_id, stage, word): (school_id, n) for class_id, stage, word, school_id, n in rows}


def wrong_counts() -> Iterator[int]:
    """The classes whose counts are not what their tablets give; `EVERY_CLASS` if their sum is not."""
    ids, sums = [row[0] for row in MobileClass.select(MobileClass.id).tuples()], Counter[tuple[str, str]]()
    for start in range(0, len(ids), SOME):
        some = ids[start : start + SOME]
        told, found = kept(some), counted(some)
        for (_, stage, word), (_, n) in found.items():
            sums[stage, word] += n
        yield from sorted({key[0] for key in told.keys() | found.keys() if told.get(key) != found.get(key)})
    if {(key[1], key[2]): n for key, (_, n) in kept([EVERY_CLASS]).items()} != dict(sums):
        yield EVERY_CLASS
