"""Python's collector of circular references, which walks every object that lives, again and again while many are made."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

T = TypeVar("T")


@contextmanager
def paused() -> Iterator[None]:
    """While very many plain rows are made, which hold no circles: walking them costs as much as making them."""
    working = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if working:
            gc.enable()


def resting(parts: Iterator[T]) -> Iterator[T]:
    """The parts of an iteration, each made while the collector rests; it works between them."""
    done = object()
    while True:
        with paused():
            part: Any = next(parts, done)
        if part is done:
            return
        yield part
