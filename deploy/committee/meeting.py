"""A meeting from notice to minutes, its last day of notice, and the quarters that had none (articles 4.1.3 and 4.2.3)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, time, timedelta
from typing import Any

from deploy.reports.quarter import Quarter
from inventory.status import Status


class MeetingState(Status):
    """Where a meeting is."""

    PLANNED = "planned", "prévue", "calendar", "plain"
    HELD = "held", "tenue", "calendar-check", "good"
    CANCELLED = "cancelled", "annulée", "calendar-x", "rest"


class NoticeState(Status):
    """Where its notice is."""

    SENT = "sent", "convocation envoyée à temps", "circle-check", "good"
    LATE = "late", "convocation envoyée trop tard", "circle-alert", "bad"
    DUE = "due", "convocation à envoyer", "clock", "watch"
    OVERDUE = "overdue", "délai de convocation passé", "circle-alert", "bad"


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting of a committee: its day in Europe/Paris, its hour (HH:MM), its place, the day its notice went, its agenda."""

    committee: str
    day: date
    hour: str
    place: str
    notice: date | None = None
    agenda: tuple[str, ...] = ()

    @property
    def time(self) -> time:
        """Its hour as a time of day."""
        return time.fromisoformat(self.hour)


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of a meeting: what is to be done, by which role, until when, and where it stands (open, done, dropped)."""

    id: int
    meeting: int
    words: str
    owner: str
    due: date | None
    state: str

    @property
    def open(self) -> bool:
        return self.state == "open"


def notice_by(day: date, days: int) -> date:
    """The last day to send the notice: `days` calendar days before the meeting (14 December gives 29 November for fifteen)."""
    return day - timedelta(days=days)


def notice_state(meeting: Meeting, days: int, today: date) -> NoticeState:
    """How its notice stands on a day."""
    last = notice_by(meeting.day, days)
    if meeting.notice is not None:
        return NoticeState.SENT if meeting.notice <= last else NoticeState.LATE
    return NoticeState.DUE if today <= last else NoticeState.OVERDUE


def without_meeting(held: Collection[date], first: date, today: date) -> Iterator[Quarter]:
    """The quarters, from that of `first` to the last one that ended before `today`, in which no meeting was held."""
    met, one = {Quarter.of(day) for day in held}, Quarter.of(first)
    while one.last < today:
        if one not in met:
            yield one
        one = Quarter.of(one.last + timedelta(days=1))


def told(meeting: Meeting) -> dict[str, Any]:
    """The meeting as JSON values: what its journal keeps."""
    plain = asdict(meeting)
    return {**plain, "day": meeting.day.isoformat(), "notice": meeting.notice.isoformat() if meeting.notice else "", "agenda": list(meeting.agenda)}


def read(values: Mapping[str, Any]) -> Meeting:
    """The meeting that `told` gave."""
    notice = date.fromisoformat(values["notice"]) if values["notice"] else None
    return Meeting(values["committee"], date.fromisoformat(values["day"]), values["hour"], values["place"], notice, tuple(values["agenda"]))
