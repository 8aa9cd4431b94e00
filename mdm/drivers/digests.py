"""The digests of what servers tell of devices: the first 64 bits of BLAKE2b (RFC 7693), as hexadecimal digits.

A shorter digest asked for by its size is made in twice the time: its parameters are read anew at each call.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

DIGITS = 16


def digests(told: Iterable[bytes]) -> list[str]:
    """That of each."""
    make = hashlib.blake2b
    return [make(one).hexdigest()[:DIGITS] for one in told]


def digest(told: bytes) -> str:
    """That of one."""
    return digests([told])[0]
