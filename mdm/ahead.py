"""The pages of a numbered list, asked several at once when the server is slow to answer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count
from queue import SimpleQueue
from typing import Protocol, Self, TypeVar

AT_ONCE = 5
QUICK = 0.005
FEW = 3


class Asker(Protocol):
    """Who asks one question at a time."""

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


def numbered(ask: Callable[[A, int], T], client: A, last: Callable[[], int]) -> Generator[T]:
    """Pages 1, 2, 3… without end, in order. One after the other while page 1 began within 5 ms: a thread would only cost time;
    else, in a list of more than three, five at once up to page `last()`, asked once page 1 was read."""
    first = ask(client, 1)
    yield first
    end = last()
    if first.seconds <= QUICK or end <= FEW:
        end = 1
    else:
        yield from _together(ask, [client.sibling() for _ in range(min(AT_ONCE, end - 1))], range(2, end + 1))
    for number in count(end + 1):
        yield ask(client, number)


def _together(ask: Callable[[A, int], T], clients: Sequence[A], numbers: Sequence[int]) -> Generator[T]:
    """One call under way for each client, and one page waiting to be read."""
    idle = SimpleQueue[A]()
    for client in clients:
        idle.put(client)

    def run(number: int) -> T:
        client = idle.get()
        try:
            return ask(client, number)
        finally:
            idle.put(client)

    pool, waiting = ThreadPoolExecutor(len(clients)), deque[Future[T]]()
    try:
        for number in numbers:
            waiting.append(pool.submit(run, number))
            if len(waiting) > len(clients):
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for client in clients:
            client.stop()
