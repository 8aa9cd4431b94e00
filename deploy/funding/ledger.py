"""What was claimed, paid and paid back between the State and the town, and the resources' money in a ledger of its own (articles 3.2, 7.1, 7.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from deploy.funding.subsidy import NOTHING
from inventory.status import Status


class Move(Status):
    """A move of money, or the letter that asks for one."""

    ADVANCE_CLAIMED = "advance-claimed", "avance demandée", "file-up", "plain"
    ADVANCE_RECEIVED = "advance-received", "avance reçue", "landmark", "good"
    BALANCE_CLAIMED = "balance-claimed", "solde demandé", "file-up", "plain"
    BALANCE_RECEIVED = "balance-received", "solde reçu", "landmark", "good"
    REPAID = "repaid", "reversé au ministère", "replace", "watch"
    RESOURCES = "resources", "ressources pédagogiques reçues", "book", "plain"


RECEIVED = frozenset({Move.ADVANCE_RECEIVED, Move.BALANCE_RECEIVED})


@dataclass(frozen=True, slots=True)
class Payment:
    """One move: its day, its amount in euros above zero, the reference of its paper."""

    move: Move
    day: date
    amount: Decimal
    reference: str


def received(payments: Iterable[Payment]) -> Decimal:
    """What the town holds of the subsidy: received less repaid; the resources' money never enters it."""
    signs = {**dict.fromkeys(RECEIVED, Decimal(1)), Move.REPAID: Decimal(-1)}
    return sum((signs.get(one.move, NOTHING) * one.amount for one in payments), NOTHING)


def resources(payments: Iterable[Payment]) -> Decimal:
    """What was received for educational resources (article 3.2)."""
    return sum((one.amount for one in payments if one.move is Move.RESOURCES), NOTHING)


def told(payment: Payment) -> dict[str, Any]:
    """The payment as JSON values: what its journal keeps."""
    return {"move": str(payment.move), "day": payment.day.isoformat(), "amount": str(payment.amount), "reference": payment.reference}


def read(values: Mapping[str, Any]) -> Payment:
    """The payment that `told` gave."""
    return Payment(Move(values["move"]), date.fromisoformat(values["day"]), Decimal(values["amount"]), values["reference"])
