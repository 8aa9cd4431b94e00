"""The public holidays of metropolitan France (code du travail, article L3133-1), computed for any year.

Alsace-Moselle's two more days and those of the overseas départements are not national and are not here.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from inventory.words import later, tell

_FIXED = {
    (1, 1): later("Jour de l'an"),
    (5, 1): later("Fête du Travail"),
    (5, 8): later("Victoire 1945"),
    (7, 14): later("Fête nationale"),
    (8, 15): later("Assomption"),
    (11, 1): later("Toussaint"),
    (11, 11): later("Armistice 1918"),
    (12, 25): later("Noël"),
}
_AFTER_EASTER = {1: later("Lundi de Pâques"), 39: later("Ascension"), 50: later("Lundi de Pentecôte")}


def holiday_on(day: date) -> str | None:
    """The name of the public holiday that falls on a day, None on an ordinary one."""
    name = _of_year(day.year).get(day)
    return None if name is None else tell(name)


def easter(year: int) -> date:
    """Easter Sunday of a Gregorian year (1583 on), by Oudin's computus of 1940 as C. Tøndering's calendar FAQ gives it."""
    century, position = year // 100, year % 19
    epact = (century - century // 4 - (8 * century + 13) // 25 + 19 * position + 15) % 30
    moon = epact - (epact // 28) * (1 - (29 // (epact + 1)) * ((21 - position) // 11))
    weekday = (year + year // 4 + moon + 2 - century + century // 4) % 7
    offset = moon - weekday
    month = 3 + (offset + 40) // 44
    return date(year, month, offset + 28 - 31 * (month // 4))


@lru_cache(maxsize=64)
def _of_year(year: int) -> dict[date, str]:
    """Ascension falls on a fixed feast in some years (1 May 2008): the fixed one's name stays."""
    sunday = easter(year)
    moving = {sunday + timedelta(days=after): name for after, name in _AFTER_EASTER.items()}
    return moving | {date(year, month, day): name for (month, day), name in _FIXED.items()}
