"""Panels that other rooms hang on the pages of a school, a mobile class, a tablet or a person's home, so that the ground floor knows nobody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from inventory.journal import When
from inventory.scope import Scope

Build = Callable[[Any, Scope, When | None, datetime], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Panel:
    """A piece of page: a template, and what it shows of an object `when` asked, to a scope (None: nothing to show)."""

    page: str
    template: str
    build: Build


_panels: list[Panel] = []


def hang(page: str, template: str, build: Build) -> None:
    """Hang a panel on the page of a `school`, a `mobile_class`, a `tablet`, or a `theft` (of a tablet), or on the `home` of a person."""
    panel = Panel(page, template, build)
    if panel not in _panels:
        _panels.append(panel)


def panels_of(page: str, shown: Any, scope: Scope, when: When | None, now: datetime) -> list[tuple[str, Mapping[str, Any]]]:
    """The templates of a page with their context, in the order they were hung."""
    built = ((panel.template, panel.build(shown, scope, when, now)) for panel in _panels if panel.page == page)
    return [(template, context) for template, context in built if context is not None]
