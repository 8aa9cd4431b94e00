"""Amounts, dates and ages in the language spoken now, for pages; files are French and take `inventory.french` itself."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from types import ModuleType

from inventory import english, french
from inventory.words import language

_WRITERS: dict[str, ModuleType] = {"fr": french, "en": english}


def _writer() -> ModuleType:
    return _WRITERS[language()]


def amount(euros: Decimal) -> str:
    return str(_writer().amount(euros))


def percent(ratio: Decimal) -> str:
    return str(_writer().percent(ratio))


def number(count: int) -> str:
    return str(_writer().number(count))


def decimal(value: object) -> str:
    return str(_writer().decimal(value))


def day(when: date) -> str:
    return str(_writer().day(when))


def weekday(when: date) -> str:
    return str(_writer().weekday(when))


def month(when: date) -> str:
    return str(_writer().month(when))


def month_and_year(when: date) -> str:
    return str(_writer().month_and_year(when))


def day_and_month(when: date) -> str:
    return str(_writer().day_and_month(when))


def short_day(when: date) -> str:
    return str(_writer().short_day(when))


def moment(when: datetime) -> str:
    return str(_writer().moment(when))


def ago(when: datetime, now: datetime) -> str:
    return str(_writer().ago(when, now))


def typeset(sentence: str) -> str:
    return str(_writer().typeset(sentence))
