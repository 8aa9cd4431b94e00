"""Who may enter a page: said on its view, enforced at the door, shut by default."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from inventory.roles import Role

F = TypeVar("F", bound=Callable[..., Any])
ANYONE: frozenset[Role] = frozenset()


def may(roles: frozenset[Role]) -> Callable[[F], F]:
    """Mark a view with the roles that may enter it; `ANYONE` needs no sign-in (the sign-in page itself)."""

    def mark(view: F) -> F:
        view.policy = roles  # type: ignore[attr-defined]
        return view

    return mark


def policy(view: Callable[..., Any]) -> frozenset[Role] | None:
    """The roles marked on a view; None if nobody thought of it."""
    return getattr(view, "policy", None)
