"""What this room asks of the keeper of secrets; the composition root has the key."""

from __future__ import annotations

from typing import Protocol


class Vault(Protocol):
    """Encrypts a password for one context only, and gives it back for the same context only."""

    def seal(self, plain: str, context: str) -> bytes: ...

    def open(self, blob: bytes, context: str) -> str: ...

    def subkey(self, purpose: str) -> bytes: ...
