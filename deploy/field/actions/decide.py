"""Deciding what waits in the tray: follow the round after all, field by field, or leave things as they are. Nothing is erased."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.field.actions.gestures import GESTURES
from deploy.field.queries.acts import Waiting, source_of
from deploy.models import FieldDecision
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.scope import Scope
from inventory.words import tell

WHOLE = "act"


@atomic
def decide(waiting: Waiting, followed: Sequence[str], hand: Hand, scope: Scope) -> None:
    """Carry out the fields of an act named in `followed` (their keys, `act` for all of it); the others stay as they are.

    Raises `Refused` if it is decided already, or if a rule still stands in the way: then nothing is decided.
    """
    row = waiting.row
    if FieldDecision.get_or_none(FieldDecision.act == row) is not None:
        raise Refused(tell("Cet acte a déjà été décidé : recharger la page."))
    if followed and waiting.subject is None and row.subject != "round:0":
        raise Refused(tell("Ce dont parle l'acte n'est plus dans l'inventaire : il ne peut qu'être laissé."))
    if followed:
        gesture = GESTURES[waiting.kind]
        wishes = gesture.wishes(waiting.subject, row.payload)
        chosen = [wish for wish in wishes if WHOLE in followed or f"{wish.subject}:{wish.subject_id}:{wish.axis}" in followed]
        if chosen or not wishes:
            gesture.carry(waiting.subject, row.payload, chosen, Hand(hand.by, hand.now, source_of(row.device)), scope)
    FieldDecision.create(act=row, person=hand.by, at=hand.now, followed=sorted(followed))
