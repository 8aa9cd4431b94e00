"""What a convention prints, beside what its parties decided to retain: the printed value is never edited."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Retained(Generic[T_co]):
    """A value decided in place of the printed one: by which body, on which day, for which reason."""

    value: T_co
    by: str
    on: date
    reason: str


@dataclass(frozen=True)
class Stated(Generic[T_co]):
    """A value as its article prints it, and the decision about it, None while nothing was decided."""

    printed: T_co
    article: str
    retained: Retained[T_co] | None = None

    @property
    def value(self) -> T_co:
        """What applies today: the retained value once decided, else the printed one."""
        return self.printed if self.retained is None else self.retained.value


@dataclass(frozen=True)
class Sourced(Generic[T_co]):
    """A value that following the convention needs and that its text does not give, with where it comes from."""

    value: T_co
    source: str
