"""Who may enter a page, and how far they see in it: said on its view, enforced at the door, shut by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any, TypeVar

from inventory.roles import Role

F = TypeVar("F", bound=Callable[..., Any])
ANYONE: frozenset[Role] = frozenset()


class Reach(Enum):
    """What a page shows or changes, of which schools."""

    NOTHING = "nothing of any school: sign-in, one's own account, the convention's text"
    SCOPE = "what the scope of its person holds; the rest is as if it were not there"
    EVERYWHERE = "what belongs to all schools together: only for who sees them all"


@dataclass(frozen=True, slots=True)
class Policy:
    """The roles that may enter a view, and its reach; a view without a reach is not finished, and the house does not start."""

    roles: frozenset[Role]
    reach: Reach | None


def may(roles: frozenset[Role], scope: Reach | None = None) -> Callable[[F], F]:
    """Mark a view with the roles that may enter it and its reach; `ANYONE` needs no sign-in (the sign-in page itself)."""

    def mark(view: F) -> F:
        view.policy = Policy(roles, scope)  # type: ignore[attr-defined]
        return view

    return mark


def policy(view: Callable[..., Any]) -> Policy | None:
    """The policy marked on a view; None if nobody thought of it."""
    return getattr(view, "policy", None)
