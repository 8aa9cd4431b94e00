"""What servers mean by a moment, a battery, a name: each convention brought to one, here and nowhere else.

A moment is aware, in UTC, and None when the server means *never*: the year 1, 1970 or 2000, zero, nothing. A battery is a percentage, None when
it is not known. Text is clean and on one line.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta, tzinfo

from mdm.drivers.fields import LAST_MILLISECOND, line

FRENCH = re.compile(r"(\d\d)/(\d\d)/(\d{4})(?:[ T,à]+(\d\d:\d\d(?::\d\d)?))?")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
FIRST_BELIEVED, LAST_BELIEVED = 2001, 9998
UNREADABLE = "moment_unreadable"


def instant(told: str | None, zone: tzinfo = UTC) -> datetime | None:
    """A moment as text: RFC 3339 (up to nine decimals), or without a zone, which is then `zone`. ValueError if it is none."""
    if told is None or not told.strip() or told.startswith("0000-00-00"):
        return None
    moment = datetime.fromisoformat(told.strip())
    if moment.year > LAST_BELIEVED:
        raise ValueError("moment impossible")
    if moment.year < FIRST_BELIEVED:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def counted_instant(told: float | None, unit: timedelta) -> datetime | None:
    """A moment counted since 1970 in seconds or milliseconds; zero means never. ValueError out of our era."""
    if not told:
        return None
    if not 0 < told * unit.total_seconds() * 1000 <= LAST_MILLISECOND:
        raise ValueError("moment impossible")
    moment = EPOCH + told * unit
    return moment if moment.year >= FIRST_BELIEVED else None


def written(told: str, zone: tzinfo) -> datetime | None:
    """A moment as a spreadsheet shows it: the same, or a French date, `22/12/2017 16:05:00`."""
    french = FRENCH.fullmatch(told.strip())
    if not french:
        return instant(told, zone)
    day, month, year, clock = french.groups()
    return instant(f"{year}-{month}-{day}" + (f" {clock}" if clock else ""), zone)


def latest(*moments: datetime | None) -> datetime | None:
    """The last of the moments that were told."""
    return max((one for one in moments if one is not None), default=None)


def percent(told: float | None) -> int | None:
    """A percentage; None out of 0 to 100, as servers tell what they don't know."""
    return round(told) if told is not None and 0 <= told <= 100 else None


def fraction(told: float | None) -> int | None:
    """A fraction of 1 as a percentage (Apple: -1 is unknown)."""
    return round(told * 100) if told is not None and 0 <= told <= 1 else None


def written_percent(told: str) -> int | None:
    """A battery as a spreadsheet shows it: `83`, `83 %`, `0,83`; None if it is no number."""
    try:
        level = float(told.replace("%", "").replace(",", ".").strip())
    except ValueError:
        return None
    return fraction(level) if "%" not in told and level <= 1 and level != int(level) else percent(level)


def plain(told: str | None) -> str:
    """Text in NFC, on one line; blank if absent."""
    return line(told, "texte")


def unescaped(told: str | None) -> str:
    """The same from a server that escapes it for HTML; an empty choice may be written as a hard space."""
    return line(html.unescape(told) if "&" in told else told, "texte") if told else ""


class Remarks(list[str]):
    """What is odd about one record, as stable keys; a moment that cannot be read is not told, and remarked."""

    def instant(self, told: str | None, zone: tzinfo = UTC) -> datetime | None:
        return self.read(lambda: instant(told, zone))

    def read(self, moment: Callable[[], datetime | None]) -> datetime | None:
        """The moment that is read so, or nothing and a remark."""
        try:
            return moment()
        except (ValueError, OverflowError):
            self.append(UNREADABLE)
            return None

    def kept(self, more: Iterable[str] = ()) -> tuple[str, ...]:
        return tuple(sorted({*self, *more}))
