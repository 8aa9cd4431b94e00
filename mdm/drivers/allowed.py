"""The names that a structure reads of a server's record, and how much of the record is left where it is (Law 7)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.inspect import Field, ListType, StructType, Type, UnionType


def allowed(told: Type) -> Mapping[str, Any] | None:
    """The names that a structure reads, each with those of the structure under it."""
    kinds = told.types if isinstance(told, UnionType) else (told,)
    for kind in kinds:
        if isinstance(kind, StructType):
            return {one.encode_name: allowed(one.type) for one in _fields(kind)}
        if isinstance(kind, ListType):
            return allowed(kind.item_type)
    return None


def _fields(kind: StructType) -> Sequence[Field]:
    return kind.fields


def left_of(told: Any, names: Mapping[str, Any] | None) -> int:
    """How many fields of what was told, at any depth, are not among the names."""
    if names is None:
        return 0
    if isinstance(told, list):
        return sum(left_of(one, names) for one in told)
    if not isinstance(told, dict):
        return 0
    return len(told.keys() - names.keys()) + sum(left_of(told[name], under) for name, under in names.items() if name in told)
