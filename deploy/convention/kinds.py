"""How each kind of value is read from a convention's file: the value, or what is wrong with it and the remedy."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Generic, TypeVar

from inventory.uai import normalise

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
E = TypeVar("E", bound=Enum)

LARGEST = Decimal("1e9")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_GROUPS = re.compile(r"(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))")
_DECIMAL = re.compile(r"-?\d+([.,]\d+)?")
_KEY = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")
_BLANK = re.compile(r"\[.*\]")


@dataclass(frozen=True)
class Kind(Generic[T_co]):
    """`read` gives the value or raises ValueError with « problème ; remède »; `example` is how a clerk writes one."""

    read: Callable[[object], T_co]
    example: str


def _text(raw: object) -> str:
    if not isinstance(raw, str):
        raise ValueError("un texte est attendu ; écrivez-le entre guillemets")
    text = unicodedata.normalize("NFC", raw).strip()
    if not text:
        raise ValueError("le texte est vide ; recopiez ce que dit le document")
    if any(unicodedata.category(sign) == "Cc" for sign in text):
        raise ValueError("le texte contient un caractère de contrôle ; retapez-le sur une seule ligne")
    return text


def _texts(raw: object) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw:
        raise ValueError('une liste de textes est attendue ; écrivez ["premier", "second"]')
    return tuple(_text(item) for item in raw)


def _key(raw: object) -> str:
    text = _text(raw)
    if not _KEY.fullmatch(text):
        raise ValueError("une clé est attendue ; écrivez-la en minuscules sans accent, avec des tirets")
    return text


def _printed_uai(raw: object) -> str:
    text = _text(raw)
    normalise(text)
    return text


def _decimal(raw: object) -> Decimal:
    if isinstance(raw, int | Decimal) and not isinstance(raw, bool):
        return Decimal(raw)
    text = _GROUPS.sub("", raw.removesuffix("€").strip()) if isinstance(raw, str) else ""
    if not _DECIMAL.fullmatch(text):
        raise InvalidOperation
    return Decimal(text.replace(",", "."))


def _amount(raw: object) -> Decimal:
    try:
        euros = _decimal(raw)
    except InvalidOperation:
        raise ValueError('un montant en euros est attendu ; écrivez-le comme "8000.00"') from None
    if not euros.is_finite() or euros >= LARGEST:
        raise ValueError("le montant est hors de toute mesure ; recopiez celui du document")
    if euros < 0:
        raise ValueError("un montant ne peut pas être négatif ; retirez le signe « - »")
    if euros != round(euros, 2):
        raise ValueError("un montant s'arrête au centime ; gardez deux décimales")
    return round(euros, 2)


def _rate(raw: object) -> Decimal:
    remedy = 'écrivez-le entre 0 et 1, "0.50" pour 50 %'
    try:
        rate = _decimal(raw)
    except InvalidOperation:
        raise ValueError(f"un taux est attendu ; {remedy}") from None
    if not 0 < rate <= 1:
        raise ValueError(f"un taux va de 0 (exclu) à 1 ; {remedy}")
    return rate


def _count(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueError("un nombre entier est attendu ; écrivez-le en chiffres, sans guillemets")
    if not 1 <= raw <= 100_000:
        raise ValueError("le nombre doit être au moins 1 et au plus 100 000 ; recopiez celui du document")
    return raw


def _year(raw: object) -> int:
    if isinstance(raw, bool) or not isinstance(raw, int) or not 2000 <= raw <= 2100:
        raise ValueError("une année entre 2000 et 2100 est attendue ; écrivez-la en quatre chiffres, sans guillemets")
    return raw


def _yes_no(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise ValueError("oui ou non est attendu ; écrivez true (oui) ou false (non), sans guillemets")
    return raw


def _day(raw: object) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        when = raw
    elif not (isinstance(raw, str) and (found := _ISO_DAY.fullmatch(raw.strip()))):
        raise ValueError('une date est attendue ; écrivez-la année-mois-jour, comme "2017-10-01"')
    else:
        try:
            when = date(*map(int, found.groups()))
        except ValueError:
            raise ValueError("cette date n'existe pas ; vérifiez le jour et le mois sur le document") from None
    if not 2000 <= when.year <= 2100:
        raise ValueError("la date est hors des années 2000 à 2100 ; vérifiez l'année sur le document")
    return when


TEXT = Kind(_text, '"…"')
TEXTS = Kind(_texts, '["…", "…"]')
KEY = Kind(_key, '"commune"')
UAI = Kind(_printed_uai, '"0131204n"')
AMOUNT = Kind(_amount, '"8000.00"')
RATE = Kind(_rate, '"0.50"')
COUNT = Kind(_count, "3")
YEAR = Kind(_year, "2017")
YES_NO = Kind(_yes_no, "true")
DAY = Kind(_day, '"2017-10-01"')


def one_of(*words: str) -> Kind[str]:
    """One of these words, no other."""

    def read(raw: object) -> str:
        if raw not in words:
            raise ValueError(f"valeur inconnue ; écrivez {_either(words)}")
        return str(raw)

    return Kind(read, f'"{words[0]}"')


def member(enumeration: type[E]) -> Kind[E]:
    """A member of an enumeration, by its stored key."""
    keys = [str(one.value) for one in enumeration]
    word = one_of(*keys)
    return Kind(lambda raw: enumeration(word.read(raw)), word.example)


def optional(kind: Kind[T]) -> Kind[T | None]:
    """The same kind, or a text in square brackets: what the document itself leaves blank, « [date] »."""

    def read(raw: object) -> T | None:
        return None if isinstance(raw, str) and _BLANK.fullmatch(raw.strip()) else kind.read(raw)

    return Kind(read, kind.example)


def _either(words: tuple[str, ...]) -> str:
    quoted = [f'"{word}"' for word in words]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} ou {quoted[-1]}"
