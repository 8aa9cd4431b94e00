"""What is old is erased, night after night, a thousand rows at a time so that nobody waits for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from config import networks, sessions
from config.models import NetworkTally, SecurityEvent, WebSession
from deploy.models import Letter
from inventory.actions import answers, drafts
from inventory.db import Table, atomic
from inventory.french import counted
from inventory.models import ApiAnswer, Delivery, ImportDraft
from mdm import deliveries
from mdm.models import HookEvent

CHUNK = 1000
SECURITY_LOG_KEPT, EVENTS_KEPT, LETTERS_KEPT = timedelta(days=365), timedelta(days=90), timedelta(days=90)
RULES = (
    (WebSession, WebSession.last_seen, sessions.KEPT),
    (NetworkTally, NetworkTally.since, networks.SPAN),
    (SecurityEvent, SecurityEvent.at, SECURITY_LOG_KEPT),
    (ImportDraft, ImportDraft.at, drafts.KEPT),
    (ApiAnswer, ApiAnswer.at, answers.KEPT),
    (HookEvent, HookEvent.noted, EVENTS_KEPT),
    (Delivery, Delivery.at, deliveries.KEPT),
    (Letter, Letter.at, LETTERS_KEPT),
)


def erase_old(now: datetime) -> str:
    """Erase every row that has outlived its rule; says how many."""
    gone = 0
    for model, moment, kept in RULES:
        while erased := _erase_some(model, moment < now - kept):
            gone += erased
    return counted(gone, "ligne effacée", "lignes effacées")


@atomic
def _erase_some(model: type[Table], old: object) -> int:
    key = model._meta.primary_key
    some = [row[0] for row in model.select(key).where(old).limit(CHUNK).tuples()]
    return int(model.delete().where(key.in_(some)).execute()) if some else 0
