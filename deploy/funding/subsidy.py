"""The State's share, class by class and in all (articles 3.2, 7.1 and 7.2): plain amounts in euros, to the cent, half a cent up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from deploy.convention.money import CapReading, Terms

CENT = Decimal("0.01")
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class ClassShare:
    """One class: its eligible cost, the part of it under the cap, and what the State owes for it when caps are read class by class."""

    cost: Decimal
    capped: Decimal
    due: Decimal

    @property
    def beyond_cap(self) -> Decimal:
        """What the commune bears alone above the cap."""
        return self.cost - self.capped


@dataclass(frozen=True, slots=True)
class Subsidy:
    """What is owed for some classes, and what remains to be paid (positive) or paid back (negative)."""

    shares: Mapping[str, ClassShare]
    reading: CapReading
    before_maximum: Decimal
    due: Decimal
    received: Decimal

    @property
    def balance(self) -> Decimal:
        """Due less received: above zero it is claimed, below zero repaid to the ministry (articles 7.1 and 7.2)."""
        return self.due - self.received

    @property
    def maximum_binds(self) -> bool:
        """True when the maximum of article 7.1 cuts what the classes would give."""
        return self.before_maximum > self.due


def share(cost: Decimal, terms: Terms) -> ClassShare:
    """`min(cost, cap) × rate`, never above the unit ceiling (article 3.2); ValueError below zero."""
    if cost < NOTHING:
        raise ValueError(f"an eligible cost is not negative, {cost} is")
    capped = min(cost, terms.cost_cap)
    return ClassShare(cost, capped, min(_cents(capped * terms.rate), terms.unit_ceiling))


def subsidy(costs: Mapping[str, Decimal], terms: Terms, *, received: Decimal, reading: CapReading) -> Subsidy:
    """The share of the classes of `costs` (eligible euros by class code, *service fait* observed), `received` being paid already.

    Per class each cost is capped alone (« coût unitaire »); pooled, the costs are summed and only the maximum of article 7.1 caps.
    """
    shares = {code: share(cost, terms) for code, cost in costs.items()}
    if reading is CapReading.POOLED:
        before = _cents(sum(costs.values(), NOTHING) * terms.rate)
    else:
        before = sum((one.due for one in shares.values()), NOTHING)
    return Subsidy(shares, reading, before, min(before, terms.maximum), received)


def spread(total: Decimal, weights: Mapping[str, int]) -> dict[str, Decimal]:
    """`total` euros cut to the cent by whole weights, nothing lost: the largest remainders take the cents left, then the first codes.

    ValueError when no weight is above zero.
    """
    whole = sum(weights.values())
    if whole <= 0 or min(weights.values()) < 0:
        raise ValueError("nothing to spread the amount over")
    cents = int(total.scaleb(2).to_integral_exact())
    parts = {code: divmod(cents * weight, whole) for code, weight in weights.items()}
    left = cents - sum(part for part, _ in parts.values())
    luckier = sorted(parts, key=lambda code: (-parts[code][1], code))[:left]
    return {code: Decimal(part + (code in luckier)).scaleb(-2) for code, (part, _) in parts.items()}


def _cents(euros: Decimal) -> Decimal:
    return euros.quantize(CENT, ROUND_HALF_UP)
