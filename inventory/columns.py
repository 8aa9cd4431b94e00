"""The kinds of column that every engine stores alike: moments, amounts, days and JSON values, exact and sortable."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec
from peewee import BigIntegerField, DateField, TextField

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class _Descriptor:
    """A field read from a row is its value: said to the type checker alone."""

    if TYPE_CHECKING:

        def __get__(self, row: Any, model: Any = None) -> Any: ...

        def __set__(self, row: Any, value: Any) -> None: ...


class MomentField(_Descriptor, BigIntegerField):
    """An aware UTC moment, stored as whole microseconds since 1970: exact, sortable and alike on every engine."""

    def db_value(self, value: datetime | None) -> int | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment must be aware, not {value!r}")
        return (value - EPOCH) // MICROSECOND

    def python_value(self, value: int | None) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class AmountField(_Descriptor, BigIntegerField):
    """An amount in euros: `Decimal` outside, whole cents inside, never a binary float."""

    def db_value(self, value: Decimal | None) -> int | None:
        if value is None:
            return None
        cents = Decimal(value) * 100
        if cents != cents.to_integral_value():
            raise ValueError(f"an amount has at most two decimals, not {value}")
        return int(cents)

    def python_value(self, value: int | None) -> Decimal | None:
        return None if value is None else Decimal(value) / 100


class DayField(_Descriptor, DateField):
    """A date, bound as its ISO text: what every engine takes for a date."""

    def db_value(self, value: date | None) -> str | None:
        return None if value is None else value.isoformat()


class JsonField(_Descriptor, TextField):
    """A JSON value in canonical form (sorted keys, no spaces): equal values are equal texts."""

    def db_value(self, value: Any) -> str | None:
        return None if value is None else canonical(value)

    def python_value(self, value: str | None) -> Any:
        return None if value is None else json.loads(value)


_written = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode
_written_at_once = msgspec.json.Encoder(order="sorted").encode


def canonical(value: Any) -> str:
    return _written(value)


def canonical_bytes(value: Any) -> bytes:
    """The same text as `canonical_words`, in UTF-8: what a digest is taken of."""
    try:
        return _written_at_once(value)
    except (UnicodeEncodeError, OverflowError):
        return _written(value).encode()


def canonical_words(value: Any) -> str:
    """The same text, several times faster, of a value without any fraction: texts, whole numbers, booleans, lists and objects."""
    try:
        return _written_at_once(value).decode()
    except (UnicodeEncodeError, OverflowError):
        return _written(value)
