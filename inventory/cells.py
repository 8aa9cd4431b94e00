"""Texts that a spreadsheet shows as they are."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"['\s\ufeff]*[=+\-@\uff1d\uff0b\uff0d\uff20]|'*[\t\r\n\x00]")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: an apostrophe goes before `= + - @`, a tab, a line end or NUL.

    Full-width signs and leading spaces or apostrophes hide nothing, so that taking one apostrophe off gives the text back.
    """
    return text if text[:1].isalnum() or not _FORMULA.match(text) else f"'{text}"
