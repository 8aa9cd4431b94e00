"""The only reader of the time. `CARTABLE_AS_OF` stops it, for a demonstration or a test."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, time

from inventory.errors import Refused
from inventory.paris import PARIS
from inventory.words import tell

NOON = time(12)


def now() -> datetime:
    """The present moment, aware, in UTC; the stopped one if `CARTABLE_AS_OF` is set."""
    return stopped() or datetime.now(UTC)


def stopped() -> datetime | None:
    """Where `CARTABLE_AS_OF` stops the time: a moment, or a date (then noon in Paris); None if time runs."""
    text = os.environ.get("CARTABLE_AS_OF", "").strip()
    return read_moment(text, "CARTABLE_AS_OF") if text else None


def read_moment(text: str, name: str) -> datetime:
    """Read « 2017-12-31 » or « 2017-12-31T09:30 » (Paris unless an offset is written)."""
    try:
        if len(text) == len("2017-12-31"):
            return datetime.combine(date.fromisoformat(text), NOON, PARIS).astimezone(UTC)
        moment = datetime.fromisoformat(text)
    except ValueError as fault:
        raise Refused(tell("{name} = « {text} » n'est pas une date : écrire 2017-12-31 ou 2017-12-31T09:30.", name=name, text=text)) from fault
    return (moment if moment.tzinfo else moment.replace(tzinfo=PARIS)).astimezone(UTC)
