"""When a server that failed is left alone: after three failures in a row, for a quarter of an hour, then one reading tries it again.

Nothing is stored: the runs tell it. The wait is spread by a tenth, each connector in its own way, so that they do not all come back at once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

FAILURES = 3
WAIT = timedelta(minutes=15)
SPREAD = timedelta(seconds=90)


def opens_again(name: str, failed: Sequence[datetime | None]) -> datetime | None:
    """The moment before which a connector is not read by the timetable; None if it may be read.

    `failed` are the last runs of the connector, newest first: when each ended if it failed, None if it did not.
    """
    row = [ended for ended in failed[:FAILURES] if ended is not None]
    if len(row) < FAILURES:
        return None
    dice = int.from_bytes(hashlib.blake2b(f"{name} {row[0].isoformat()}".encode(), digest_size=4).digest(), "big")
    return row[0] + WAIT + SPREAD * (dice / 2**32)
