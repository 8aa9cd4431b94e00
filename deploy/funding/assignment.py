"""The guard of article 7.2: a subsidised tablet used elsewhere than in the school it was bought for needs a reason, or an authorisation before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from deploy.funding.expenditure import Expense
from deploy.funding.subsidy import CENT
from inventory.status import Status


class Ground(Status):
    """Why a subsidised tablet may be elsewhere for a while, or for good."""

    REPAIR = "repair", "en réparation", "wrench", "watch"
    LOAN = "loan", "prêtée, avec une fin", "calendar-clock", "watch"
    AUTHORISED = "authorised", "affectation autorisée", "badge-check", "good"


@dataclass(frozen=True, slots=True)
class Justification:
    """What was said of a displaced tablet: until when (a repair, a loan), or the reference of an authorisation and its day."""

    ground: Ground
    reference: str
    day: date | None

    def holds(self, today: date, moved: date | None) -> bool:
        """A loan or a repair until its end; an authorisation when it came no later than the move (article 7.2)."""
        if self.day is None:
            return False
        return self.day <= (moved or today) if self.ground is Ground.AUTHORISED else today <= self.day


@dataclass(frozen=True, slots=True)
class Displaced:
    """A subsidised tablet that is not where it was bought for: the class that bore it, where it is, since when, the euros at risk."""

    tablet_id: int
    serial: str
    bought_for: str
    now_in: str
    since: date | None
    price: Decimal
    at_risk: Decimal
    justification: Justification | None
    justified: bool


def bought(expenses: Sequence[Expense], rate: Decimal) -> dict[str, tuple[tuple[str, ...], Decimal, Decimal]]:
    """For each serial number of an eligible line: the classes that bear the line, its price with taxes, and the State's part of that price."""
    found: dict[str, tuple[tuple[str, ...], Decimal, Decimal]] = {}
    for one in expenses:
        if one.line.eligible:
            price = (one.line.gross / one.line.quantity).quantize(CENT, ROUND_HALF_UP)
            told = tuple(sorted(one.line.shares)), price, (price * rate).quantize(CENT, ROUND_HALF_UP)
            found.update(dict.fromkeys(one.line.serials, told))
    return found
