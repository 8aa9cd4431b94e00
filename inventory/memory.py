"""The memory of one page: what its pieces read several times is read once. It ends with the page, and before anything is written."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any, TypeVar

T = TypeVar("T")
_kept: ContextVar[dict[Any, Any] | None] = ContextVar("kept", default=None)


def begin() -> None:
    """Remember from now on, in this thread: one page is made, for one person, and nothing is written."""
    _kept.set({})


def end() -> None:
    """Forget everything, and remember nothing more."""
    _kept.set(None)


def once(key: tuple[Any, ...], read: Callable[[], T]) -> T:
    """What `read` gives, as it was read on this page for the same `key`: the reading's name, its scope, its moment, all that it asks."""
    kept = _kept.get()
    if kept is None:
        return read()
    if key not in kept:
        kept[key] = read()
    found: T = kept[key]
    return found
