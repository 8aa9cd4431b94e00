"""Fields of a server's record, read one by one: each gives a plain value or a `ValueError` that names the field in French."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LAST_MILLISECOND = 253_370_764_800_000  # year 9999: beyond it a date in Paris no longer exists
LONGEST_TEXT = 200


def text(told: Mapping[str, Any], field: str) -> str:
    """Text in NFC, on one line, without controls or marks of direction; blank if absent."""
    value = told.get(field)
    if value is not None and not isinstance(value, str):
        raise ValueError(f"champ « {field} » : texte attendu")
    return line(value, field)


@lru_cache(4096)
def line(value: str | None, field: str) -> str:
    """The same of a value that is text or absent."""
    if value is None:
        return ""
    if value.isascii() and value.isprintable():
        return " ".join(value.split())[:LONGEST_TEXT].strip()
    if any("\ud800" <= letter <= "\udfff" for letter in value):
        raise ValueError(f"champ « {field} » : caractère impossible")
    words = " ".join(unicodedata.normalize("NFC", value).split())
    return "".join(letter for letter in words if letter.isprintable())[:LONGEST_TEXT].strip()


def milliseconds(told: Mapping[str, Any], field: str) -> datetime | None:
    """A moment told in milliseconds since 1970; None if absent or 0, which means never."""
    value = told.get(field)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"champ « {field} » : moment illisible")
    if not 0 <= value <= LAST_MILLISECOND:
        raise ValueError(f"champ « {field} » : moment impossible")
    return moment(value)


def moment(value: int | None) -> datetime | None:
    """The same of a value in range or absent."""
    return EPOCH + timedelta(milliseconds=value) if value else None


def percentage(told: Mapping[str, Any], field: str) -> int | None:
    """A percentage; None if absent or out of 0 to 100, as servers tell what they don't know."""
    value = told.get(field)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"champ « {field} » : pourcentage illisible")
    return value if 0 <= value <= 100 else None


def flag(told: Mapping[str, Any], field: str) -> bool | None:
    value = told.get(field)
    return value if isinstance(value, bool) else None


def mapping(told: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """An object inside a record; empty if absent."""
    value = told.get(field)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise ValueError(f"champ « {field} » : objet attendu")
    return value


def mappings(told: Mapping[str, Any], field: str) -> list[Mapping[str, Any]]:
    """A list of objects inside a record; empty if absent."""
    value = told.get(field)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        raise ValueError(f"champ « {field} » : liste attendue")
    return value
