"""Figure and floor measured in turn in one run, and told as ratios: a machine's mood cancels out."""

from __future__ import annotations

import gc
import json
import os
import resource
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TypeVar

T = TypeVar("T")

HEADINGS = ("name", "size", "figure", "floor", "ratio", "goal", "verdict")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: medians in seconds, their ratio, and the highest ratio wanted."""

    name: str
    size: int
    figure: float
    floor: float
    goal: float
    unit: str = "s"

    @property
    def ratio(self) -> float:
        return self.figure / self.floor

    def told(self) -> tuple[str, ...]:
        verdict = "ok" if self.ratio <= self.goal else "over"
        return (
            self.name, str(self.size), f"{self.figure:.3f} {self.unit}", f"{self.floor:.3f} {self.unit}", f"{self.ratio:.2f}", f"<= {self.goal:g}", verdict,
        )  # fmt: skip


def in_turn(name: str, size: int, figure: Callable[[], object], floor: Callable[[], object], *, goal: float, runs: int) -> Row:
    """Run floor and figure one after the other, `runs` times."""
    floors, figures = [], []
    for _ in range(runs):
        floors.append(timed(floor))
        figures.append(timed(figure))
    return Row(name, size, median(figures), median(floors), goal)


def timed(act: Callable[[], object]) -> float:
    """Seconds of the clock; with `BENCH_PROCESSOR` those that this process and its children computed, on a machine that others keep busy."""
    clock = _computed if os.environ.get("BENCH_PROCESSOR") else perf_counter
    start = clock()
    act()
    return clock() - start


def _computed() -> float:
    """Children that have ended are counted, in the system's part too."""
    mine, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return mine.ru_utime + mine.ru_stime + theirs.ru_utime + theirs.ru_stime


def peak(act: Callable[[], object]) -> float:
    """How many MiB this process took above what it held before, at the highest (Linux)."""
    gc.collect()
    Path("/proc/self/clear_refs").write_text("5")
    before = _status("VmRSS")
    act()
    return (_status("VmHWM") - before) / 1024


def highest() -> float:
    """The most that this process held so far, all told, in MiB (Linux)."""
    return _status("VmHWM") / 1024


def alone(act: Callable[[T], float], told: T) -> float:
    """What `act` answers in a new process, which held nothing before."""
    with ProcessPoolExecutor(1, get_context("spawn")) as fresh:
        return fresh.submit(act, told).result()


def _status(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))


def table(rows: Iterable[Row]) -> str:
    """The Markdown table that the README quotes."""
    lines = [HEADINGS, tuple("---" for _ in HEADINGS), *(row.told() for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def keep(rows: Iterable[Row], path: Path) -> None:
    path.write_text(json.dumps([asdict(row) | {"ratio": row.ratio} for row in rows], indent=1) + "\n")
