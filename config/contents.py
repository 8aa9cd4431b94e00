"""The contents of a long page: its sections, as their headings name them."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import NamedTuple

HEADING = re.compile(r"<h2\b.*?</h2>", re.DOTALL)
"""Only these are read: a reader of HTML takes a tenth of the page's own time over all of it."""
VOID = frozenset({"br", "img", "wbr"})


class Section(NamedTuple):
    """The anchor of a section and its title."""

    anchor: str
    title: str


class _Headings(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.sections, self._anchor, self._words, self._own = list[Section](), "", list[str](), list[str]()
        self._depth = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._anchor:
            self._depth += tag not in VOID
        elif tag == "h2":
            self._anchor, self._words, self._own, self._depth = dict(attrs).get("id") or "", [], [], 0

    def handle_data(self, data: str) -> None:
        self._words.append(data)
        if not self._depth:
            self._own.append(data)

    def handle_endtag(self, tag: str) -> None:
        if not self._anchor:
            return
        if tag != "h2":
            self._depth -= 1
            return
        words = " ".join("".join(self._own).split()) or " ".join("".join(self._words).split())
        self.sections.append(Section(self._anchor, words.rstrip(": \u00a0\u202f")))
        self._anchor = ""


def contents(page: str) -> list[Section]:
    """The sections of a piece of page, by its second-level headings that have an `id`; a badge or a detail in a heading is not its title."""
    reader = _Headings()
    reader.feed("".join(HEADING.findall(str(page))))
    reader.close()
    return [section for section in reader.sections if section.title]
