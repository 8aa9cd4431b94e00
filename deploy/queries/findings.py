"""The convention's contradictions, with the school time its dates are checked against."""

from __future__ import annotations

from deploy.convention import Convention
from deploy.findings import Finding, findings
from deploy.queries.conventions import convention
from inventory.calendars import UnknownCalendar
from inventory.queries.school_times import of_zone
from inventory.school_time import SchoolTime


def time_of(told: Convention) -> SchoolTime:
    """The school time that the convention's schools live by."""
    return of_zone(told.zone.value, told.rhythm.value)


def findings_of(key: str | None = None) -> list[Finding]:
    """What the checker finds in a loaded convention; raises `NotFound`."""
    told = convention(key)
    return against(told)


def against(told: Convention) -> list[Finding]:
    """What the checker finds, dates included wherever a calendar covers them."""
    try:
        return findings(told, time_of(told))
    except UnknownCalendar:
        return findings(told)
