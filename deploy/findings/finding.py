"""A finding: what is printed, what the reckoning gives, what it costs, what is retained."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deploy.convention.stated import Stated
from inventory.spoken import short_day
from inventory.status import Status
from inventory.words import tell


class Severity(Status):
    """What a finding asks for."""

    BLOCKING = "blocking", "bloquant", "octagon-x", "bad"
    TO_CLARIFY = "to_clarify", "à clarifier", "message-circle-question", "watch"
    INFORMATION = "information", "pour information", "info", "plain"
    VERIFIED = "verified", "vérifié", "badge-check", "good"


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding, in French; `euros` is the amount at stake, None when it is not money."""

    code: str
    severity: Severity
    title: str
    articles: tuple[str, ...]
    printed: tuple[str, ...]
    recomputed: str = ""
    consequence: str = ""
    euros: Decimal | None = None
    retained: str = ""


def articles(*stated: Stated[Any]) -> tuple[str, ...]:
    """The articles of some values, each once, in the order met."""
    return tuple(dict.fromkeys(one.article for one in stated))


def retained(*stated: Stated[Any]) -> str:
    """The decisions taken about some values, in French; empty while nothing was decided."""
    decided = [one.retained for one in stated if one.retained is not None]
    return " ; ".join(tell("{value}, par {by} le {on} : {reason}", value=one.value, by=one.by, on=short_day(one.on), reason=one.reason) for one in decided)
