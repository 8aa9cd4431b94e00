"""The counts of the mobile classes, kept in the transaction of the change that moves them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from inventory.db import read_many, write_many
from inventory.models import EVERY_CLASS
from inventory.queries.counters import SOME, counted, kept

_PUT = (
    "INSERT INTO class_count (mobile_class, stage, mdm, school, n) VALUES (?,?,?,?,?) "
    "ON CONFLICT (mobile_class, stage, mdm) DO UPDATE SET school = excluded.school, n = excluded.n"
)
_ADD = (
    "INSERT INTO class_count (mobile_class, stage, mdm, school, n) VALUES (?,?,?,0,?) "
    "ON CONFLICT (mobile_class, stage, mdm) DO UPDATE SET n = class_count.n + excluded.n"
)


def recount(class_ids: Iterable[int | None]) -> None:
    """Count the tablets of some classes anew, and add what changed to the sum of all; inside the caller's transaction."""
    ids = sorted({one for one in class_ids if one is not None})
    for start in range(0, len(ids), SOME):
        _recount(ids[start : start + SOME])


def recount_serials(serials: Iterable[str]) -> None:
    """The same for the classes of the tablets of these serial numbers: an MDM's word on them changed."""
    wanted = sorted(set(serials))
    for start in range(0, len(wanted), SOME):
        some = wanted[start : start + SOME]
        marks = ",".join("?" * len(some))
        recount(row[0] for row in read_many(f"SELECT mobile_class_id FROM tablet WHERE serial IN ({marks})", some))  # noqa: S608 our own marks


def _recount(class_ids: Sequence[int]) -> None:
    told, found = kept(class_ids), counted(class_ids)
    if told == found:
        return
    moves = Counter[tuple[str, str]]()
    for sign, cells in ((1, found), (-1, told)):
        for (_, stage, word), (_, n) in cells.items():
            moves[stage, word] += sign * n
    write_many(_PUT, [(*key, *found[key]) for key in found if told.get(key) != found[key]])
    write_many("DELETE FROM class_count WHERE mobile_class = ? AND stage = ? AND mdm = ?", [key for key in told if key not in found])
    write_many(_ADD, [(EVERY_CLASS, *key, n) for key, n in moves.items() if n])
    write_many("DELETE FROM class_count WHERE mobile_class = ? AND n = 0", [(EVERY_CLASS,)])
