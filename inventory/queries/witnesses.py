"""What other rooms bring to the comparison: papers that name serial numbers, and tablets that drifted from what is expected of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from inventory.discrepancy import Discrepancy, Paper
from inventory.scope import Scope

ReadPapers = Callable[[Scope], Iterable[Paper]]
ReadDrifts = Callable[[Scope], Iterable[Discrepancy]]
_papers: list[ReadPapers] = []
_drifts: list[ReadDrifts] = []


def bring_papers(read: ReadPapers) -> None:
    """Have papers of another room compared."""
    if read not in _papers:
        _papers.append(read)


def bring_drifts(read: ReadDrifts) -> None:
    """Have another room's expectations compared."""
    if read not in _drifts:
        _drifts.append(read)


def papers(scope: Scope) -> Iterator[Paper]:
    """All that papers tell of serial numbers."""
    for read in _papers:
        yield from read(scope)


def drifts(scope: Scope) -> Iterator[Discrepancy]:
    """All that drifted."""
    for read in _drifts:
        yield from read(scope)
