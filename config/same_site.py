"""Whether a request comes from this very site, and whether an address leads to it."""

from __future__ import annotations

from flask import request


def local_path(text: str) -> str:
    """`text` if it is a path of this very site, else its first page: nobody is sent elsewhere from here."""
    inside = text.startswith("/") and not text.startswith("//") and "\\" not in text and text.isprintable()
    return text if inside else "/"


def from_here() -> bool:
    """Whether the browser says that this very site sent the request (Fetch Metadata, else RFC 6454); true if it says nothing."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    return origin is None or origin.partition("://")[2] == request.host
