"""The short code of a school: six digits that change on Monday, derived from the key of the house, stored nowhere."""

from __future__ import annotations

import hashlib
import hmac
from datetime import date, timedelta

DIGITS = 6
MOST_FAILURES = 5
FIRST_LOCK, LONGEST_LOCK = timedelta(hours=1), timedelta(hours=24)


def monday_of(day: date) -> date:
    """The Monday of the week of a day."""
    return day - timedelta(days=day.weekday())


def short_code(key: bytes, uai: str, day: date) -> str:
    """The code of a school for the week of a day: HMAC-SHA-256 cut to six digits (as RFC 4226 cuts to its own)."""
    told = hmac.new(key, f"{uai} {monday_of(day).isoformat()}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(told[:8]) % 10**DIGITS:0{DIGITS}}"


def lock_for(locks: int) -> timedelta:
    """How long the check stays shut the `locks`-th time (from 0): an hour, then twice as long, a day at most."""
    return LONGEST_LOCK if locks >= LONGEST_LOCK // FIRST_LOCK else min(FIRST_LOCK * 2**locks, LONGEST_LOCK)
