"""What an amendment changed in a convention: each value that differs, by its name in the file, before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

from deploy.convention import Convention
from deploy.convention.stated import Sourced, Stated

NOTHING = "—"


def changes(before: Convention, after: Convention) -> list[tuple[str, str, str]]:
    """The name of each value that differs, with its text before and after; what only one of them has is told beside a dash."""
    old, new = dict(_flat("", before)), dict(_flat("", after))
    return [(name, old.get(name, NOTHING), new.get(name, NOTHING)) for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name)]


def _flat(name: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Stated | Sourced):
        yield name, NOTHING if value.value is None else str(value.value)
    elif is_dataclass(value):
        for one in fields(value):
            yield from _flat(f"{name}.{one.name}".lstrip("."), getattr(value, one.name))
    elif isinstance(value, tuple) and value and is_dataclass(value[0]):
        for place, one in enumerate(value, 1):
            yield from _flat(f"{name} {getattr(one, 'uai', None) or getattr(one, 'key', None) or place}", one)
    else:
        yield name, NOTHING if value is None else str(value)
