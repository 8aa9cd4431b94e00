"""The kinds of MDM server that Cartable reads: one file and one line each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from mdm.driver import Access, Driver
from mdm.drivers.headwind import Headwind

KINDS: Mapping[str, Callable[..., Driver]] = {"headwind": Headwind}


def connect(kind: str, access: Access, *, clock: Callable[[], datetime], page_size: int = 1000) -> Driver:
    """A driver ready to sign in. KeyError for a kind that does not exist."""
    return KINDS[kind](access, clock=clock, page_size=page_size)
