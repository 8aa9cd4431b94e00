"""What is asked of a simulated server and what it answers, whichever API it speaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: its query's last values, its headers in lower case, its JSON object (None for a body that is no JSON object)."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None
    has_body: bool = False
    raw: bytes = b""

    def number(self, name: str, default: int) -> int:
        """A whole number of the query."""
        told = self.query.get(name, "")
        return int(told) if told.isdigit() else default


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer in JSON; `page` is set on an answer that lists devices, on which the faults are played: whether it is the first, the last."""

    status: int
    told: Any
    headers: Mapping[str, str] = field(default_factory=dict)
    page: tuple[bool, bool] | None = None
