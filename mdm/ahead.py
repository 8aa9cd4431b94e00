"""The pages of a numbered list, asked several at once when the server is slow to answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from itertools import count
from queue import SimpleQueue
from typing import Generic, Protocol, Self, TypeVar

AT_ONCE = 5
QUICK = 0.005
FEW = 3


class Asker(Protocol):
    """Who asks one question at a time."""

    @property
    def waits(self) -> bool:
        """Whether a question was sent and its answer has not begun."""
        ...

    def sibling(self) -> Self:
        """Another one, for another thread."""
        ...

    def stop(self) -> None:
        """Give up the question under way, called from another thread."""
        ...


class Told(Protocol):
    """An answer, and how many seconds it took to begin."""

    @property
    def seconds(self) -> float: ...


A = TypeVar("A", bound=Asker)
T = TypeVar("T", bound=Told)


def numbered(ask: Callable[[A, int], T], client: A, last: Callable[[], int], expected: int = 0) -> Generator[T]:
    """Pages 1, 2, 3… without end, in order. One after the other while page 1 began within 5 ms: a thread would only cost time;
    else, in a list of more than three, several at once up to page `last()`, asked once page 1 was read.

    `expected` is how many pages there were last time: of as many, the next five are asked while page 1 is waited for.
    """
    calls = _Calls(ask, client)
    try:
        first = calls.first(expected)
        yield first
        end = last()
        if calls.under_way or (first.seconds > QUICK and end > FEW):
            yield from calls.up_to(end)
    finally:
        calls.close()
    for number in count(calls.begun + 1):
        yield ask(client, number)


class _Calls(Generic[A, T]):
    """The calls under way: one for each of five siblings, and one page waiting to be read."""

    def __init__(self, ask: Callable[[A, int], T], client: A) -> None:
        self._ask, self._client, self._siblings = ask, client, list[A]()
        self._idle, self._waiting = SimpleQueue[A](), deque[Future[T]]()
        self._pool = ThreadPoolExecutor(AT_ONCE + 1)
        self.begun = 1

    @property
    def under_way(self) -> bool:
        return bool(self._waiting)

    def first(self, expected: int) -> T:
        """Page 1; the next ones of a long list are asked as soon as the server is seen to be slow."""
        if expected <= FEW:
            return self._ask(self._client, 1)
        asked = self._pool.submit(self._ask, self._client, 1)
        while not wait([asked], QUICK).done:
            if self._client.waits:
                self._fill(expected)
                break
        return asked.result()

    def up_to(self, end: int) -> Generator[T]:
        """The pages after the first, in order; those asked beyond the end, had there been less of them than expected, come too."""
        self._fill(end)
        while self._waiting:
            yield self._waiting.popleft().result()
            self._fill(end)

    def _fill(self, end: int) -> None:
        while len(self._siblings) < min(AT_ONCE, end - 1):
            self._siblings.append(self._client.sibling())
            self._idle.put(self._siblings[-1])
        while self.begun < end and len(self._waiting) <= len(self._siblings):
            self.begun += 1
            self._waiting.append(self._pool.submit(self._by_a_sibling, self.begun))

    def _by_a_sibling(self, number: int) -> T:
        sibling = self._idle.get()
        try:
            return self._ask(sibling, number)
        finally:
            self._idle.put(sibling)

    def close(self) -> None:
        """Stop what is under way: nobody will read it."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for sibling in self._siblings:
            sibling.stop()
