"""Telling other programs: each event is written for each of them in the transaction of what it tells, and sent later by the worker."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import msgspec

from inventory.db import atomic, read_many
from inventory.models import Delivery, Subscription
from inventory.outbox import EventKind

SOME = 500
Telling = Mapping[str, Any]


def announce(kind: EventKind, tellings: Callable[[], Iterable[Telling]], now: datetime) -> int:
    """Write events of one kind for the programs told of it; `tellings` is called only if there are any. Returns how many were written."""
    if next(read_many("SELECT id FROM subscription WHERE stopped IS NULL LIMIT 1"), None) is None:
        return 0
    return _announced(kind, tellings, now)


@atomic
def _announced(kind: EventKind, tellings: Callable[[], Iterable[Telling]], now: datetime) -> int:
    told = [row for row in Subscription.select().where(Subscription.stopped.is_null()) if kind.value in row.kinds]
    rows = [row for telling in (tellings() if told else ()) for row in _rows(kind, telling, told, now)]
    for start in range(0, len(rows), SOME):
        Delivery.insert_many(rows[start : start + SOME]).execute()
    return len(rows)


def _rows(kind: EventKind, telling: Telling, told: Iterable[Subscription], now: datetime) -> Iterable[dict[str, Any]]:
    event = str(uuid.uuid4())
    body = msgspec.json.encode({"id": event, "kind": kind.value, "at": now, "data": telling})
    return ({"subscription": row, "event": event, "kind": kind.value, "body": body, "at": now, "due": now} for row in told)
