"""Addresses made once: a page names some hundred and fifty, most of them its icons and its ways, and each was made anew."""

from __future__ import annotations

from functools import lru_cache
from itertools import chain
from typing import Any

from flask import Flask, g, has_request_context, request

KEPT = 4096
SPECIAL = frozenset({"_anchor", "_method", "_scheme", "_external"})


class Linked(Flask):
    """An application that keeps the addresses it made: each follows from its endpoint, its parts and the root of the site alone."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._kept = lru_cache(KEPT, typed=True)(self._made)  # typed: 1 and True are not the same part

    def url_for(self, /, endpoint: str, **parts: Any) -> str:
        """An address; one with the site's name in it, or relative to the page, depends on the request and is always made anew."""
        asked = _looking(endpoint) | {name: value for name, value in parts.items() if value is not None or not name.startswith("_")}
        if endpoint.startswith(".") or not has_request_context() or not SPECIAL.isdisjoint(asked):
            return super().url_for(endpoint, **_looking(endpoint) | parts)
        try:
            return self._kept(request.script_root, endpoint, *chain.from_iterable(asked.items()))
        except TypeError:  # a list is one of the parts
            return super().url_for(endpoint, **asked)

    def _made(self, root: str, endpoint: str, *parts: Any) -> str:
        return super().url_for(endpoint, **dict(zip(parts[::2], parts[1::2], strict=True)))


def _looking(endpoint: str) -> dict[str, Any]:
    """The look at the past that a page's links carry to the next page, unless they say otherwise."""
    if not has_request_context() or g.get("when") is None or endpoint.rpartition(".")[2] == "static":
        return {}
    return {"as_of": request.args["as_of"]}
