"""What a run of readings of a failing server showed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Figures:
    """What became of the readings: those that ended so, and what must not be."""

    runs: int = 0
    states: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    uncaught: list[str] = field(default_factory=list)
    phantoms: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    left: int = 0
    found: int = 0
    slowest: int = 0

    @property
    def sound(self) -> bool:
        return not (self.uncaught or self.phantoms or self.wrong or self.late)

    def told(self, kind: str, seconds: float) -> str:
        bad = [f"{name}: {len(some)} {some[:3]}" for name, some in vars(self).items() if isinstance(some, list) and some]
        return (
            f"{kind}: {self.runs} readings in {seconds:.0f} s, {len(self.faults) - 1} faults {min(self.faults.values(), default=0)} times or more, {dict(self.states)}; "
            f"{len(self.phantoms)} phantom missing, {len(self.uncaught)} uncaught, {len(self.wrong)} wrong writes; {self.left} removed, {self.found} found, "
            f"within {self.slowest} clean readings at most, {len(self.late)} too late" + "".join(f"\n    {one}" for one in bad)
        )
