"""The cells of a quarter's table as its page shows them: each value as French readers write it, with what it leads to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from inventory.spoken import amount, decimal, moment, number, short_day
from inventory.words import tell


def shown(kind: str, value: Any) -> str:
    """A value of the quarter's JSON file (its dates and amounts are texts) in words; nothing is a dash."""
    if value is None or value == "":
        return "—"
    if kind == "amount":
        return amount(Decimal(value))
    if kind == "date":
        return short_day(date.fromisoformat(value))
    if kind == "moment":
        return moment(datetime.fromisoformat(value))
    if kind == "bool":
        return tell("oui") if value else tell("non")
    return number(value) if kind == "int" else decimal(value) if kind == "decimal" else str(value)


def figure(told: Mapping[str, Any]) -> tuple[str, str]:
    """The value of a figure in words, euros with their sign, and what it is counted in or out of."""
    if isinstance(told["value"], int):
        return number(told["value"]), str(told["unit"])
    return amount(Decimal(told["value"])), str(told["unit"]).removeprefix("€").strip(" ,")
