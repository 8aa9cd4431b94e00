"""The digest of a week: when it is due, its words, and when a letter that did not leave is tried again. Silent in the holidays."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from inventory.words import tell

MOST_POINTS = 12
FIRST_WAIT, LONGEST_WAIT, MOST_TRIES = timedelta(minutes=2), timedelta(hours=6), 10
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")


def due_on(day: date, is_school_day: Callable[[date], bool]) -> bool:
    """Whether the digest leaves on a day: the first school day of its week; a week of holidays has none."""
    earlier = [day - timedelta(days=back) for back in range(1, day.weekday() + 1)]
    return is_school_day(day) and not any(map(is_school_day, earlier))


def key_of(day: date) -> str:
    """The name of the digest of a week: one a person, however often it is asked for."""
    year, week, _ = day.isocalendar()
    return f"digest:{year}-W{week:02}"


def body(opening: str, sections: Mapping[str, Sequence[str]], mention: str, address: str = "") -> str:
    """A letter in plain text: its opening, its sections with their points, where the pages are, the mention of article 9. Empty sections are left out."""
    parts = [opening]
    for title, points in sections.items():
        if points:
            left = len(points) - MOST_POINTS
            shown = [f"- {point}" for point in points[:MOST_POINTS]]
            parts.append("\n".join([title, *shown, *([tell("- et {count} de plus", count=left)] if left > 0 else [])]))
    if address:
        parts.append(tell("Les pages : {address}", address=address))
    return "\n\n".join([*parts, f"-- \n{mention}"]) + "\n"


def is_address(text: str) -> bool:
    """Whether a text is an address that a letter can be sent to (RFC 5321, ASCII)."""
    return len(text) <= 254 and ADDRESS.fullmatch(text) is not None


def next_try(tries: int, now: datetime) -> datetime | None:
    """When a letter that failed `tries` times is tried again; None once it is given up."""
    return None if tries >= MOST_TRIES else now + min(FIRST_WAIT * 2 ** (tries - 1), LONGEST_WAIT)
