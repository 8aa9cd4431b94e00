"""The dates of a convention's life: its term, the effect of a termination, what each waits for (articles 7.1, 8, 10 and 11)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from deploy.convention import Convention
from inventory.words import tell

BEFORE_TERM = timedelta(days=180)


@dataclass(frozen=True, slots=True)
class Termination:
    """A notice of termination: by which signatory, received on which day, under which reference."""

    by: str
    received: date
    reference: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """A date of the convention and its article; without a day, what it waits for."""

    words: str
    article: str
    day: date | None
    waits: str = ""


def months_after(day: date, months: int) -> date:
    """The same day so many months later, the last of the month where it has no such day: 30 November and three months give 28 February."""
    place = day.year * 12 + day.month - 1 + months
    year, month = divmod(place, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def term(signed: date, years: int) -> date:
    """The last day of a convention, inside it (article 11): signed on 1 September 2017 for three years, 31 August 2020."""
    return months_after(signed, 12 * years) - timedelta(days=1)


def end(told: Convention, termination: Termination | None) -> date | None:
    """The day a convention ends: its term, or the effect of a termination if that comes first; None while neither can be told."""
    last = term(told.signed_on, told.ending.years.value) if told.signed_on else None
    effect = months_after(termination.received, told.ending.notice_months.value) if termination else None
    return min((day for day in (last, effect) if day), default=None)


def deadlines(told: Convention, termination: Termination | None) -> Iterator[Deadline]:
    """The dates that follow from the signature and from a termination, in the order of a convention's life."""
    unsigned = "" if told.signed_on else tell("convention non signée")
    last = term(told.signed_on, told.ending.years.value) if told.signed_on else None
    over = end(told, termination)
    yield Deadline(tell("Signature, et avance due"), "7.1, 12", told.signed_on, unsigned)
    yield Deadline(tell("Six mois avant le terme : reconduire ou clore"), "11", last - BEFORE_TERM if last else None, unsigned)
    yield Deadline(tell("Terme de la convention"), "11", last, unsigned)
    if termination:
        yield Deadline(tell("Effet de la résiliation"), "10.2", months_after(termination.received, told.ending.notice_months.value))
    yield Deadline(tell("Bilan financier à transmettre à l'académie"), "8", over, "" if over else unsigned)
    months = told.payment.balance_due_months.value
    yield Deadline(tell("Solde"), "7.1", months_after(over, months) if over and months is not None else None, unsigned or ("" if months is not None else tell("la convention ne dit pas de délai")))
