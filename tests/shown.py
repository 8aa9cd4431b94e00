"""What a reader sees or hears in a page, less what is marked as being in another language."""

from __future__ import annotations

from html.parser import HTMLParser

TOLD = ("title", "aria-label", "placeholder", "alt")


class Shown(HTMLParser):
    """What a reader of English sees or hears in a page: its text and its told attributes, less what is marked as another language."""

    VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[bool] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        quiet = any(self._open) or tag in ("script", "style", "code") or (tag != "html" and "lang" in told)
        if not quiet:
            self.found += [value for name, value in attrs if name in TOLD and value]
        if tag not in self.VOID:
            self._open.append(quiet)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self.VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.VOID and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if data.strip() and not any(self._open):
            self.found.append(data.strip())
