"""The notice and the minutes of a meeting as a tagged PDF (PDF/UA-1), set by typst with its own fonts: no network, no system font."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.resources import files
from typing import Any

import typst

from deploy.committee.meeting import MeetingState
from deploy.committee.queries import Sitting
from deploy.committee.seats import quorate
from deploy.convention import Convention
from deploy.convention.articles import Committee
from inventory.french import day, narrowed, typeset

TEMPLATE = "paper.typ"


def paper(title: str, where: str, convention: str, mention: str, sections: Mapping[str, Sequence[str]], at: datetime) -> bytes:
    """One document: its sections in order, each a title and its lines; the first one numbered, empty ones left out. `at` is its inner time."""
    page = {
        "title": typeset(title), "where": typeset(where), "convention": typeset(convention), "mention": typeset(mention), "author": "Cartable",
        "sections": [
            {"title": name, "lines": [typeset(line) for line in lines], "numbered": place == 0}
            for place, (name, lines) in enumerate(sections.items()) if lines
        ],
    }  # fmt: skip
    return document(page, TEMPLATE, at)


def notice_or_minutes(told: Convention, committee: Committee, one: Sitting, said: Sequence[str], decided: Sequence[str], at: datetime) -> bytes:
    """The minutes of a meeting that was held, the notice of another; `said` are the minutes' lines, `decided` what was decided."""
    held = one.state is MeetingState.HELD
    present = [seat.words for place, seat in enumerate(committee.seats) if place in one.present]
    sections = {
        "Ordre du jour": one.meeting.agenda,
        "Présents": present if held else [],
        "Quorum": ["Atteint." if quorate(committee, one.present) else "Non atteint."] if held else [],
        "Compte rendu": said if held else [],
        "Décisions": decided,
    }
    title = f"{'Compte rendu' if held else 'Convocation'} du {committee.name.value}"
    where = f"{day(one.meeting.day)}, {one.meeting.hour}, {one.meeting.place}"
    return paper(title, where, told.document.title.value, told.mention, sections, at)


def document(page: Mapping[str, Any], template: str, at: datetime) -> bytes:
    """What a template of this folder makes of a page. PDF/UA refuses a character that its fonts do not have: the document is then only tagged."""
    told = narrowed(json.dumps(page, ensure_ascii=False))
    try:
        return _set(told, template, at, ["ua-1"])
    except typst.TypstError:
        return _set(told, template, at, [])


def _set(page: str, template: str, at: datetime, standards: list[typst.PDFStandard]) -> bytes:
    made = typst.compile(
        files("deploy.committee").joinpath(template).read_bytes(), format="pdf", ignore_system_fonts=True, sys_inputs={"page": page},
        pdf_standards=standards, timestamp=at.replace(microsecond=0),
    )  # fmt: skip
    if not isinstance(made, bytes):
        raise TypeError("the paper is one file, whatever its length")
    return made
