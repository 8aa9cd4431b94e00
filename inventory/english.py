"""Amounts, dates and ages as readers of British English write them: the twin of `inventory.french`, function for function."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from inventory.french import CENT, NBSP
from inventory.paris import PARIS

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def amount(euros: Decimal) -> str:
    """Euros to the cent, `€38,305.00`; half a cent goes up (away from zero)."""
    cents = euros.quantize(CENT, ROUND_HALF_UP)
    return f"{'−' if cents < 0 else ''}€{abs(cents):,f}"


def percent(ratio: Decimal) -> str:
    """A ratio (0.5) as a percentage: `50%`, or two decimals when they say something: `25.77%`."""
    hundredths = (ratio * 100).quantize(CENT, ROUND_HALF_UP)
    whole = hundredths == hundredths.to_integral_value()
    return f"{hundredths.to_integral_value() if whole else hundredths:,f}%"


def number(count: int) -> str:
    """A count with its thousands apart: `200,000`."""
    return f"{count:,}"


def decimal(value: object) -> str:
    """A measure as it is kept: `12.5`."""
    return str(value)


def weekday(when: date) -> str:
    """`Tuesday`."""
    return WEEKDAYS[when.weekday()]


def day(when: date) -> str:
    """`Tuesday 28 November 2017`."""
    return f"{weekday(when)} {when.day}{NBSP}{month_and_year(when)}"


def month(when: date) -> str:
    """`November`."""
    return MONTHS[when.month - 1]


def month_and_year(when: date) -> str:
    """`November 2017`."""
    return f"{MONTHS[when.month - 1]} {when.year}"


def day_and_month(when: date) -> str:
    """`28 Nov`, where the year is told beside it."""
    return f"{when.day}{NBSP}{MONTHS[when.month - 1][:3]}"


def short_day(when: date) -> str:
    """`28 Nov 2017`: in figures alone, the month and the day of two English readers differ."""
    return f"{day_and_month(when)}{NBSP}{when.year:04}"


def moment(when: datetime) -> str:
    """An aware moment as the clocks of Europe/Paris show it, `28 Nov 2017, 09:30`; ValueError on a naive one."""
    if when.tzinfo is None:
        raise ValueError("a moment without its time zone cannot be shown")
    local = when.astimezone(PARIS)
    return f"{short_day(local.date())}, {local:%H:%M}"


def ago(when: datetime, now: datetime) -> str:
    """The age of a moment, in the largest unit that says something: `3 days ago`, `2 h ago`, `just now`."""
    minutes = int((now - when).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes}{NBSP}min ago"
    if minutes < 24 * 60:
        return f"{minutes // 60}{NBSP}h ago"
    days = minutes // (24 * 60)
    return f"{number(days)}{NBSP}{'day' if days == 1 else 'days'} ago"


def typeset(sentence: str) -> str:
    """The same sentence: English has no space before its punctuation."""
    return sentence
