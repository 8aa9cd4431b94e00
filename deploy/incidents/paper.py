"""The texts of a theft as tagged PDF (PDF/UA-1), set by typst with its own fonts, with the mention of article 9."""

from __future__ import annotations

import json
from datetime import datetime
from importlib.resources import files

import typst

from deploy.incidents.theft import Text
from inventory.french import narrowed, typeset

TEMPLATE = "theft.typ"


def paper(text: Text, mention: str, at: datetime) -> bytes:
    """One text to complete, sign and file; equal texts give equal bytes. `at` is its inner time."""
    page = {
        "title": text.title, "mention": typeset(mention), "before": [typeset(line) for line in text.before], "headers": text.headers, "rows": text.rows,
        "sections": [[title, [typeset(line) for line in lines]] for title, lines in text.sections], "sign": text.sign,
    }  # fmt: skip
    made = typst.compile(
        files("deploy.incidents").joinpath(TEMPLATE).read_bytes(), format="pdf", ignore_system_fonts=True, timestamp=at.replace(microsecond=0),
        sys_inputs={"page": narrowed(json.dumps(page, ensure_ascii=False))}, pdf_standards=["ua-1"],
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("the text is one file, whatever its length")
    return made
