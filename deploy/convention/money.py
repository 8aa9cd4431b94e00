"""The euros of a convention as types: subsidy, payments, budget, codes. Amounts are Decimal, never floats."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deploy.convention.stated import Stated
from inventory.status import Status


class BudgetKind(Status):
    """What a line of the forecast budget pays for (article 6.2): only equipment is the base of the subsidy."""

    INFRASTRUCTURE = "infrastructure", "Infrastructures et maintenance", "network", "plain"
    EQUIPMENT = "equipment", "Équipements mobiles et services associés", "tablet", "good"
    RESOURCES = "resources", "Ressources pédagogiques", "book", "plain"


class CapReading(Status):
    """How the capped base of article 3.2 is read: class by class, or on the sum of the classes."""

    PER_CLASS = "per-class", "Classe par classe", "square", "plain"
    POOLED = "pooled", "Toutes classes réunies", "layers", "plain"


@dataclass(frozen=True)
class Subsidy:
    """The State's share for one mobile class, in euros (article 3.2)."""

    cost_cap: Stated[Decimal]
    rate: Stated[Decimal]
    unit_ceiling: Stated[Decimal]
    resources_per_school: Stated[Decimal]
    tax: Stated[str | None]
    cap_reading: Stated[CapReading | None]


@dataclass(frozen=True)
class Payment:
    """How the subsidy is paid, and paid back (articles 7.1 and 7.2); delays are in months, dates are both included."""

    year: Stated[int]
    advance: Stated[Decimal]
    advance_rate: Stated[Decimal]
    maximum: Stated[Decimal]
    increased_on_overrun: Stated[bool]
    balance_conditions: Stated[tuple[str, ...]]
    payer: Stated[str]
    repaid_to: Stated[str]
    eligible_from: Stated[date | None]
    eligible_until: Stated[date | None]
    balance_due_months: Stated[int | None]
    repayment_due_months: Stated[int | None]


@dataclass(frozen=True)
class Terms:
    """The subsidy's figures as they apply today, in plain values, for who computes with them."""

    cost_cap: Decimal
    rate: Decimal
    unit_ceiling: Decimal
    maximum: Decimal
    advance: Decimal
    advance_rate: Decimal
    resources_per_school: Decimal


@dataclass(frozen=True)
class Totals:
    """The last row of article 5's table, as printed, and the tablets of a class where a convention says them."""

    classes: Stated[int | None]
    subsidy: Stated[Decimal]
    resources: Stated[Decimal]
    tablets_per_class: Stated[int | None]


@dataclass(frozen=True)
class BudgetLine:
    """A line of the forecast budget: its two columns in euros, and the counts its words mention, if any."""

    kind: BudgetKind
    words: Stated[str]
    state: Stated[Decimal | None]
    commune: Stated[Decimal | None]
    schools: Stated[int | None]
    classes: Stated[int | None]


@dataclass(frozen=True)
class Budget:
    """The forecast budget as printed (article 6.2)."""

    total: Stated[Decimal]
    tax: Stated[str]
    year: Stated[int]
    lines: tuple[BudgetLine, ...]

    def of(self, kind: BudgetKind) -> tuple[BudgetLine, ...]:
        """The lines that pay for this."""
        return tuple(line for line in self.lines if line.kind is kind)


@dataclass(frozen=True)
class BudgetCode:
    """A State accounting code (article 7.1): an opaque text, leading zeros kept."""

    key: str
    words: str
    code: Stated[str]


def euros(amounts: Iterable[Stated[Decimal | None]]) -> Decimal:
    """The printed amounts added up; an empty cell is nothing."""
    return sum((stated.printed for stated in amounts if stated.printed is not None), Decimal(0))
