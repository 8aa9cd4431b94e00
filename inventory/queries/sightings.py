"""What the last reading of an MDM left of its devices, read in rows as they are stored: a fleet is compared with it at each reading."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from inventory.db import read_many
from inventory.mdm_status import MdmStatus
from inventory.met_again import MetAgain
from inventory.models import Sighting
from inventory.sets import one_of

LIVE = (MdmStatus.ENROLLED.value, MdmStatus.PENDING.value)
CHUNK = 1000


class LastReading:
    """The devices of one connector as its last complete reading left them."""

    def __init__(self, connector: str) -> None:
        self._connector = connector
        self.same = MetAgain("sighting", "mdm_id", "connector = ?", (connector,)).rows

    def managed(self, mdm_ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """The row and the serial of each device managed and listed then: chosen here, lest the engine walk all that are."""
        rows = stored_rows("mdm_id, id, serial, status, absent_runs", self._connector, mdm_ids)
        return {mdm_id: (row_id, serial) for mdm_id, row_id, serial, status, absent_runs in rows if status in LIVE and not absent_runs}


def stored_rows(columns: str, connector: str, mdm_ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    """Some columns of some devices of a connector, by their ids in the MDM."""
    chunks = (mdm_ids[start : start + CHUNK] for start in range(0, len(mdm_ids), CHUNK))
    return chain.from_iterable(_chunk(columns, connector, some) for some in chunks)


def _chunk(columns: str, connector: str, mdm_ids: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    among, marks = one_of("mdm_id", mdm_ids)
    return read_many(f"SELECT {columns} FROM sighting WHERE connector = ? AND {among}", (connector, *marks))  # noqa: S608 our own columns


def managed(connector: str) -> int:
    """How many rows of a connector were listed and managed at its last reading."""
    sql = "SELECT count(*) FROM sighting WHERE connector = ? AND status IN (?,?) AND absent_runs = 0"
    return int(next(read_many(sql, (connector, *LIVE)))[0])


def absentees(connector: str, seen: Collection[int]) -> list[Sighting]:
    """The devices of a connector whose row is not among the different ones `seen` by a complete run, and not known to be gone."""
    here = "FROM sighting WHERE connector = ? AND status <> ?"
    told = (connector, MdmStatus.GONE.value)
    if next(read_many(f"SELECT count(*) {here}", told))[0] == len(seen):
        return []
    rows = set(seen)
    missing = [row_id for (row_id,) in read_many(f"SELECT id {here} ORDER BY id", told) if row_id not in rows]
    return [row for start in range(0, len(missing), CHUNK) for row in _by_id(missing[start : start + CHUNK])]


def _by_id(ids: Sequence[int]) -> Iterable[Sighting]:
    return Sighting.select().where(Sighting.id.in_(ids)).order_by(Sighting.id)
