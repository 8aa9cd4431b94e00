"""A list as a file, written while it is read: CSV for a French spreadsheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from types import NoneType
from typing import Any

from inventory.cells import harmless
from inventory.french import short_day
from inventory.paris import PARIS
from inventory.status import Status

BOM = "\ufeff"
MENTION = "Mention"
TOLD_ALIKE = (str, int, datetime)
"""Kinds of value of which equal ones are told alike, in a column of that kind alone: `True` equals 1, and a key its word."""


def as_text(value: Any) -> str:
    """A value as a French spreadsheet shows it: labels, hours of Paris, decimal comma; nothing is a formula."""
    if type(value) is str:
        return harmless(value)
    if value is None:
        return ""
    if isinstance(value, Status):
        return value.label
    if isinstance(value, datetime):
        local = value.astimezone(PARIS)
        return f"{short_day(local.date())} {local:%H:%M:%S}"
    if isinstance(value, float):
        return str(value).replace(".", ",")
    return str(value) if isinstance(value, int) else harmless(str(value))


def csv_stream(labels: Sequence[str], parts: Iterable[Sequence[Sequence[Any]]], mention: str) -> Iterator[bytes]:
    """`;`, CRLF, UTF-8 with its mark, every cell quoted (RFC 4180); the mention of article 9 is the last column of each line.

    A list comes by parts, each as its columns: a column is told in words at once, and its lines are joined, for a call for each
    cell costs several times the writing.
    """
    yield BOM.encode() + _lines([_told([label]) for label in (*labels, MENTION)], "")
    last = f';"{_doubled(mention)}"'
    for part in parts:
        if lines := _lines([_told(column) for column in part], last):
            yield lines


def _lines(columns: Sequence[Sequence[str]], last: str) -> bytes:
    end = f'"{last}\r\n'
    return "".join(['"' + '";"'.join(cells) + end for cells in zip(*columns, strict=True)]).encode("utf-8", "replace")


def _told(column: Sequence[Any]) -> Sequence[str]:
    """A column as texts, their quotes doubled; where equal values are told alike, each different value is told once."""
    kinds = {*map(type, column)}
    if kinds == {str} and _plain(column):
        return column
    kinds -= {NoneType}
    if len(kinds) <= 1 and all(kind in TOLD_ALIKE or issubclass(kind, Status) for kind in kinds):
        told = {value: _doubled(as_text(value)) for value in {*column}}
        return [told[value] for value in column]
    return [_doubled(as_text(value)) for value in column]


def _plain(texts: Sequence[str]) -> bool:
    """Whether each text begins with a letter or a figure, and none holds a quote: most columns do, and this is all they need."""
    return '"' not in "".join(texts) and all(map(str.isalnum, {text[:1] for text in texts} - {""}))


def _doubled(text: str) -> str:
    return text.replace('"', '""')
