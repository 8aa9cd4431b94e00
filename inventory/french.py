"""Amounts, dates and sentences as French readers write them (fr-FR).

Every space that must not break is U+00A0, narrow ones included: it survives cp1252 files and every font, which
U+202F does not. A page that brings its own font has it narrow where it should be: `narrowed`.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from inventory.paris import PARIS

MINUS = "−"
NBSP = "\u00a0"
CENT = Decimal("0.01")
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

_BEFORE = re.compile(r" (?=[:;?!»€%])")
_NARROW = re.compile(rf"{NBSP}(?=[;?!»])|(?<=«){NBSP}|(?<=\d){NBSP}(?=\d{{3}}(?!\d))")
_AFTER = re.compile(r"(«|n°|art\.|articles?) (?=\S)")


def amount(euros: Decimal) -> str:
    """Euros to the cent, `38 305,00 €`; half a cent goes up (away from zero)."""
    return f"{grouped(euros.quantize(CENT, ROUND_HALF_UP))}{NBSP}€"


def percent(ratio: Decimal) -> str:
    """A ratio (0.5) as a percentage: `50 %`, or two decimals when they say something: `25,77 %`."""
    hundredths = (ratio * 100).quantize(CENT, ROUND_HALF_UP)
    whole = hundredths == hundredths.to_integral_value()
    return f"{grouped(hundredths.to_integral_value() if whole else hundredths)}{NBSP}%"


def number(count: int) -> str:
    """A count with its thousands apart: `200 000`."""
    return grouped(Decimal(count))


def decimal(value: object) -> str:
    """A measure with its comma: `12,5`."""
    return str(value).replace(".", ",")


def counted(count: int, singular: str, plural: str) -> str:
    """`1 école`, `2 écoles`; none and one are singular in French."""
    return f"{number(count)}{NBSP}{plural if abs(count) >= 2 else singular}"


def weekday(when: date) -> str:
    """`mardi`."""
    return WEEKDAYS[when.weekday()]


def day(when: date) -> str:
    """`mardi 28 novembre 2017`, `dimanche 1er octobre 2017`."""
    ordinal = "1er" if when.day == 1 else str(when.day)
    return f"{weekday(when)} {ordinal}{NBSP}{month_and_year(when)}"


def month_and_year(when: date) -> str:
    """`novembre 2017`."""
    return f"{MONTHS[when.month - 1]} {when.year}"


def day_and_month(when: date) -> str:
    """`28/11`, where the year is told beside it."""
    return f"{when.day}/{when.month:02}"


def month(when: date) -> str:
    """`octobre`."""
    return MONTHS[when.month - 1]


def short_day(when: date) -> str:
    """`28/11/2017`."""
    return f"{when.day:02}/{when.month:02}/{when.year:04}"


def moment(when: datetime) -> str:
    """An aware moment as the clocks of Europe/Paris show it, `28/11/2017 à 09:30`; ValueError on a naive one."""
    if when.tzinfo is None:
        raise ValueError("a moment without its time zone cannot be shown")
    local = when.astimezone(PARIS)
    return f"{short_day(local.date())} à {local:%H:%M}"


def ago(when: datetime, now: datetime) -> str:
    """The age of a moment, in the largest unit that says something: `il y a 3 jours`, `il y a 2 h`, `à l'instant`."""
    minutes = int((now - when).total_seconds() // 60)
    if minutes < 1:
        return "à l'instant"
    if minutes < 60:
        return f"il y a {minutes}{NBSP}min"
    if minutes < 24 * 60:
        return f"il y a {minutes // 60}{NBSP}h"
    return f"il y a {counted(minutes // (24 * 60), 'jour', 'jours')}"


def typeset(sentence: str) -> str:
    """The same sentence with no-break spaces before « : ; ? ! € % », inside guillemets and after « n° », « art. »."""
    return _AFTER.sub(rf"\1{NBSP}", _BEFORE.sub(NBSP, sentence))


def narrowed(text: str) -> str:
    """The same text with narrow no-break spaces (U+202F) before « ; ? ! », inside guillemets and between thousands; colon, € and % keep a whole one."""
    return _NARROW.sub("\u202f", text)


def grouped(value: Decimal) -> str:
    """An exact decimal with its thousands apart, its comma and the sign of minus: `15 800,00`, `−50,00`."""
    return f"{value:,f}".replace(",", NBSP).replace(".", ",").replace("-", MINUS)
