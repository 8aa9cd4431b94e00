"""Cells of a worksheet as XML (ECMA-376 part 1, 18.3.1.4): texts inline, so that nothing is held until the end.

A text is never a formula: its cell says `inlineStr`. What XML cannot hold is written `_xHHHH_` (22.9.2.19, ST_Xstring).
"""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST_TEXT = 32_767
EMPTY = "<c/>"
_UNWRITABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9a-fA-F]{4}_)")


def text_cell(style: int) -> Callable[[str], str]:
    """What writes a text in a cell format, cut where the file format has no more room."""
    start, end = f'<c s="{style}" t="inlineStr"><is><t>', "</t></is></c>"
    start_exactly = f'<c s="{style}" t="inlineStr"><is><t xml:space="preserve">'

    def write(value: str) -> str:
        told = value if len(value) <= LONGEST_TEXT else value[: LONGEST_TEXT - 1] + "…"
        if told.isprintable() and "&" not in told and "<" not in told and ">" not in told and "_x" not in told and told.strip() == told:
            return start + told + end
        return start_exactly + _escaped(told) + end

    return write


def _escaped(text: str) -> str:
    coded = _UNWRITABLE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    return coded.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
