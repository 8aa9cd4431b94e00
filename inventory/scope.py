"""Whose schools a person may see: all of them, said so, or the ones named. A scope that names nothing sees nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The schools (by row id) that a person, a token or a job may read and write; `everywhere` is never the default."""

    everywhere: bool = False
    schools: frozenset[int] = frozenset()

    @classmethod
    def of(cls, schools: Iterable[int]) -> Scope:
        return cls(False, frozenset(schools))

    def holds(self, school_id: int | None) -> bool:
        """Whether a school is inside; what is in no school (a tablet in stock) is seen only from everywhere."""
        return self.everywhere or (school_id is not None and school_id in self.schools)


EVERYWHERE = Scope(everywhere=True)
NOWHERE = Scope()
