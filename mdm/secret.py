"""What a connector's password is encrypted for: this connector at this address, and nothing else."""

from __future__ import annotations

from typing import Any


def context(row: Any) -> str:
    return f"connector:{row.name}:{row.url}"


def voice_context(row: Any) -> str:
    """The same of the account of commands: neither password opens in the other's place."""
    return f"commands:{row.name}:{row.url}"
