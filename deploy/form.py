"""Reading a form's fields: a date, a number, a measure; each fault names its field, its value and the remedy."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from inventory.errors import Refused
from inventory.french import CENT
from inventory.paris import YEARS
from inventory.words import later, tell

MOST_EUROS = Decimal(1_000_000_000)
A_NUMBER = re.compile(r"[0-9]{1,3}")

LABELS = {
    "du": later("Du"), "au": later("Au"),
    "day": later("Date"), "first": later("Premier jour"), "last": later("Dernier jour"), "expected": later("Tablettes attendues"),
    "slots": later("Alvéoles"), "mbps": later("Débit mesuré"), "quantity": later("Quantité"), "net": later("Montant HT"), "vat": later("TVA"),
    "gross": later("Montant TTC"), "amount": later("Montant"), "count": later("Nombre de classes"), "present": later("Enseignants présents"),
}  # fmt: skip


def day_of(form: Mapping[str, str], field: str) -> date | None:
    """An ISO date or a French one (28/11/2017), of this century; None when left empty."""
    text = form.get(field, "").strip()
    if not text:
        return None
    try:
        told = date(*(int(part) for part in reversed(text.split("/")))) if text.count("/") == 2 else date.fromisoformat(text)
    except (ValueError, OverflowError) as fault:
        raise Refused(tell("{field} = « {text} » : écrire une date qui existe, par exemple 28/11/2017.", field=tell(LABELS[field]), text=text)) from fault
    return of_this_century(told, field, text)


def of_this_century(day: date, field: str, text: str) -> date:
    """The day, if a school could mean it; `Refused` by the name of its field and as it was written."""
    if day.year in YEARS:
        return day
    first, last = YEARS.start, YEARS[-1]
    raise Refused(tell("{field} = « {text} » : écrire l'année en quatre chiffres, de {first} à {last}.", field=tell(LABELS[field]), text=text, first=first, last=last))


def number_of(form: Mapping[str, str], field: str, least: int = 1, most: int = 999) -> int:
    """A whole number within its bounds."""
    text = form.get(field, "").strip()
    if not A_NUMBER.fullmatch(text) or not least <= int(text) <= most:
        raise Refused(tell("{field} = « {text} » : écrire un nombre de {least} à {most}.", field=tell(LABELS[field]), text=text, least=least, most=most))
    return int(text)


def amount_of(form: Mapping[str, str], field: str) -> Decimal | None:
    """A measure with a comma or a point; None when left empty."""
    text = form.get(field, "").replace("\u00a0", "").replace(" ", "").replace(",", ".").strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation as fault:
        raise Refused(tell("{field} = « {text} » : écrire un nombre, par exemple 12,5.", field=tell(LABELS[field]), text=text)) from fault
    if not value.is_finite():
        raise Refused(tell("{field} = « {text} » : écrire un nombre, par exemple 12,5.", field=tell(LABELS[field]), text=text))
    return value


def euros_of(form: Mapping[str, str], field: str) -> Decimal:
    """Euros to the cent as written by hand (`8 000,00`), zero or more."""
    value = amount_of(form, field)
    if value is None or value < 0 or value >= MOST_EUROS or value != value.quantize(CENT):
        raise Refused(
            tell("{field} = « {text} » : écrire un montant en euros, par exemple 8 000,00.", field=tell(LABELS[field]), text=form.get(field, ""))
        )
    return value.quantize(CENT)
