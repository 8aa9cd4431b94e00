"""A lock that is fair: whoever came first is served first."""

from __future__ import annotations

import threading
from collections import deque


class FairLock:
    """A lock that serves its waiters in the order of their arrival."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._waiting: deque[threading.Event] = deque()
        self._held = False

    def acquire(self, seconds: float | None = None) -> bool:
        """Wait for one's turn, for ever or at most `seconds`; False when it has not come."""
        with self._guard:
            if not self._held:
                self._held = True
                return True
            turn = threading.Event()
            self._waiting.append(turn)
        if turn.wait(seconds):
            return True
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True

    def release(self) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._held = False
