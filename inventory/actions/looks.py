"""The moment up to which somebody has seen what changes."""

from __future__ import annotations

from datetime import datetime

from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.models import Look


@atomic
def mark_seen(upto: datetime, hand: Hand) -> bool:
    """Keep that this person has seen all that was told up to a moment, the present at most; False if they had already seen more."""
    seen = min(upto, hand.now)
    row = Look.get_or_none(Look.person == hand.by)
    if row is None:
        Look.create(person=hand.by, seen=seen)
        return True
    return bool(Look.update(seen=seen).where((Look.person == hand.by) & (Look.seen < seen)).execute())
