"""What a connector's password is encrypted for: this connector at this address, and nothing else."""

from __future__ import annotations

from typing import Any


def context(row: Any) -> str:
    return f"connector:{row.name}:{row.url}"
