"""A calendar that other programs read (RFC 5545), from the visits promised and the meetings planned."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from icalendar import Calendar, Event

from deploy.schedule.work import AFTERNOON, Slot
from inventory.paris import at as paris_at

MORNING_HOURS, AFTERNOON_HOURS = (time(8, 30), time(12, 0)), (time(13, 30), time(17, 0))


@dataclass(frozen=True, slots=True)
class Entry:
    """One event: a stable identity, its moments in UTC, what it is and where."""

    uid: str
    start: datetime
    end: datetime
    title: str
    place: str


def half_day(slot: Slot) -> tuple[datetime, datetime]:
    """The moments of half a day of the town, in UTC."""
    first, last = AFTERNOON_HOURS if slot.half == AFTERNOON else MORNING_HOURS
    return paris_at(slot.day, first), paris_at(slot.day, last)


def calendar(name: str, mention: str, entries: Iterable[Entry], now: datetime) -> bytes:
    """The calendar's bytes; article 9's sentence is its description."""
    told = Calendar()
    told.add("prodid", "-//Cartable//Agenda//FR")
    told.add("version", "2.0")
    told.add("x-wr-calname", name)
    told.add("x-wr-caldesc", mention)
    told.add("refresh-interval", timedelta(hours=6), parameters={"VALUE": "DURATION"})
    for entry in sorted(entries, key=lambda one: (one.start, one.uid)):
        event = Event()
        event.add("uid", entry.uid)
        event.add("dtstamp", now.astimezone(UTC).replace(microsecond=0))
        event.add("dtstart", entry.start.astimezone(UTC))
        event.add("dtend", entry.end.astimezone(UTC))
        event.add("summary", entry.title)
        event.add("location", entry.place)
        event.add("description", mention)
        told.add_component(event)
    return bytes(told.to_ical())
