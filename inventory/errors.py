"""The two refusals a door shows to a person: both carry a French sentence that says the remedy."""

from __future__ import annotations

from collections.abc import Sequence


class Refused(Exception):
    """A verb that the rules do not allow; nothing was written. Shown as a 422 page or an exit code 1."""

    def __init__(self, *sentences: str) -> None:
        super().__init__("\n".join(sentences))
        self.sentences: Sequence[str] = sentences


class Conflict(Refused):
    """A verb that the present state of its object does not allow, though another would: a move that its life cycle does not know."""


class NotFound(Exception):
    """An object that does not exist, or that this person may not see: the same 404 for both."""
