"""One thread that cuts whatever call outlasts its time: a timer for each call would be a thread for each."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

AGAIN = 0.5
"""Seconds before a late call is cut once more: its connection may not have been made yet the first time."""


@dataclass(slots=True, eq=False)
class Watched:
    """A call under watch; `late` once it was cut."""

    end: float
    cut: Callable[[], None]
    late: bool = False


class Watch:
    """The calls under way and the thread that looks at them, started with the first one (and again in a forked process)."""

    def __init__(self) -> None:
        self._calls: set[Watched] = set()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._next = float("inf")

    def over(self, end: float, cut: Callable[[], None]) -> Watched:
        """Call `cut` once the monotonic clock passes `end`, and again, until the watch is released."""
        call = Watched(end, cut)
        with self._changed:
            self._calls.add(call)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._look, daemon=True, name="watch")
                self._thread.start()
            elif end < self._next:
                self._changed.notify()
        return call

    def release(self, call: Watched) -> None:
        """The call is over: from here on it is not cut."""
        with self._changed:
            self._calls.discard(call)

    def _look(self) -> None:
        with self._changed:
            while True:
                moment = time.monotonic()
                for call in [call for call in self._calls if call.end <= moment]:
                    call.late, call.end = True, moment + AGAIN
                    call.cut()
                self._next = min((call.end for call in self._calls), default=float("inf"))
                self._changed.wait(None if self._next == float("inf") else self._next - moment)


WATCH = Watch()
