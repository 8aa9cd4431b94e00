"""The calendar quarter that the steering committee reports on (article 4.1), on the dates of Europe/Paris."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from inventory.errors import Refused
from inventory.paris import end_of, start_of
from inventory.words import later, tell

LABELS = (later("1er trimestre {year}"), later("2e trimestre {year}"), later("3e trimestre {year}"), later("4e trimestre {year}"))
_YEAR_FIRST = re.compile(r"(?P<year>20[0-9]{2})-?[QT](?P<number>[1-4])")
_YEAR_LAST = re.compile(r"[QT](?P<number>[1-4])-?(?P<year>20[0-9]{2})")


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """Three months of a year; `number` runs from 1 to 4."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """`2017-Q4`, `2017-T4` or `T4-2017`; Refused on anything else, years outside 2000-2099 included."""
        written = text.strip().upper()
        told = _YEAR_FIRST.fullmatch(written) or _YEAR_LAST.fullmatch(written)
        if told is None:
            raise Refused(tell("Trimestre « {text} » : écriture inconnue ; écrire par exemple 2017-Q4 ou T4-2017.", text=text))
        return cls(int(told["year"]), int(told["number"]))

    @classmethod
    def of(cls, day: date) -> Self:
        """The quarter a day of Paris belongs to."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def first(self) -> date:
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def last(self) -> date:
        """The last day, inside the quarter."""
        late = self.first + timedelta(days=95)
        return late.replace(day=1) - timedelta(days=1)

    @property
    def start(self) -> datetime:
        """Midnight in Paris of the first day: 2017-Q4 starts at 30 September 22:00 UTC."""
        return start_of(self.first)

    @property
    def end(self) -> datetime:
        """The last microsecond of the last day in Paris, inside the quarter."""
        return end_of(self.last)

    @property
    def key(self) -> str:
        return f"{self.year}-Q{self.number}"

    @property
    def label(self) -> str:
        return tell(LABELS[self.number - 1], year=self.year)

    def before(self) -> Self:
        """The quarter that ended the day before this one began."""
        return self.of(self.first - timedelta(days=1))
