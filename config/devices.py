"""Known devices: a browser that was wholly let in bears a signed cookie, and guesses made elsewhere no longer lock its person out.

Its own tries are counted apart, by device, whatever was counted against the account or the network meanwhile. Another password voids it.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from itsdangerous import BadSignature, URLSafeSerializer

from config import networks
from inventory.models import Person

GOOD_FOR = timedelta(days=180)
MOST_FAILURES = 5


def cookie(key: bytes, person: Person, mark: str) -> str:
    """What the browser keeps: whose it is, a number of its own, the mark of the password it was let in with."""
    return str(_signer(key).dumps([person.id, secrets.token_hex(8), mark]))


def known(key: bytes, text: str, person: Person | None, mark: str) -> str | None:
    """The name under which this device's tries are counted; None if it is no known device of this person."""
    try:
        number, device, told = _signer(key).loads(text)
    except BadSignature:
        return None
    return f"device:{device}" if person is not None and (number, told) == (person.id, mark) else None


def take_a_try(device: str, now: datetime) -> bool:
    """Count one more try from a device; False once it failed `MOST_FAILURES` times in a quarter of an hour."""
    return networks.take_a_try(device, now, MOST_FAILURES)


def _signer(key: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(key, salt="known device")
