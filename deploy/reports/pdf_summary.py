"""The quarter as a tagged PDF (PDF/UA-1) set by typst with its own fonts: one A4 page to read, then its annexes; no network, no system font."""

from __future__ import annotations

import json
import re
from datetime import UTC
from decimal import Decimal
from html import unescape
from importlib.resources import files
from typing import Any

import typst

from deploy.reports.annexes import annexes
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Export, Figure, Summary
from inventory.french import day, grouped, narrowed, number, typeset
from inventory.paris import local_date

TEMPLATE = "summary.typ"
A_ROW, MOST_FIGURES = 4, 16
LONG_TITLE, LONG_REMARK = 220, 300
_SVG_TITLE = re.compile(r"<title[^>]*>([^<]*)</title>")


def pdf_bytes(export: Export) -> bytes:
    """The page and its annexes; its inner time is the day of issue, so that equal exports give equal bytes.

    PDF/UA refuses a character that its fonts do not have (a pictogram in a school's name): the page is then only tagged.
    """
    page = narrowed(json.dumps(_page(export), ensure_ascii=False))
    try:
        return _set(page, export.summary, ["ua-1"])
    except typst.TypstError:
        return _set(page, export.summary, [])


def _set(page: str, summary: Summary, standards: list[typst.PDFStandard]) -> bytes:
    made = typst.compile(
        files("deploy.reports").joinpath(TEMPLATE).read_bytes(),
        format="pdf",
        ignore_system_fonts=True,
        sys_inputs={"page": page},
        pdf_standards=standards,
        timestamp=summary.issued.astimezone(UTC).replace(microsecond=0),
    )
    if not isinstance(made, bytes):
        raise TypeError("the summary is one file, whatever its length")
    return made


def _page(export: Export) -> dict[str, Any]:
    summary = export.summary
    return {
        "document_title": f"{summary.title}, {summary.period_label}",
        "author": f"Cartable {export.version}",
        "title": _short(summary.title, LONG_TITLE),
        "period_label": summary.period_label,
        "convention": _short(summary.convention, LONG_TITLE),
        "provisional": summary.provisional,
        "dates": _dates(export),
        "figures": _rows([_card(figure) for figure in summary.figures[:MOST_FIGURES]]),
        **_plot(summary),
        "remarks_title": "Remarques",
        "remarks": [_short(remark, LONG_REMARK) for remark in summary.remarks],
        "more": ["autre dans trimestre.xlsx", "autres dans trimestre.xlsx"],
        "mention": typeset(summary.mention),
        "origin": _origin(export),
        "digest": export.journal_digest,
        "annexes": annexes(export.tables),
    }


def _plot(summary: Summary) -> dict[str, Any]:
    """The drawing without the title it bears, which the page sets as a heading of its own."""
    told = _SVG_TITLE.search(summary.plot_svg or "")
    title = typeset(unescape(told[1])) if told else "Avancement dans la fenêtre de déploiement"
    drawn = re.sub(rf"<text[^>]*>{re.escape(told[1])}</text>", "", summary.plot_svg, count=1) if told and summary.plot_svg else summary.plot_svg
    return {"plot": drawn or None, "plot_title": title, "plot_alt": title}


def _rows(cards: list[dict[str, str]]) -> list[list[dict[str, str]]]:
    """Rows of at most four, as even as can be, the longer ones first: seven are four and three."""
    rows: list[list[dict[str, str]]] = []
    for left in range(-(-len(cards) // A_ROW), 0, -1):
        taken = -(-len(cards) // left)
        rows.append(cards[:taken])
        cards = cards[taken:]
    return rows


def _card(figure: Figure) -> dict[str, str]:
    return {"label": typeset(figure.label), "value": _shown(figure.value), "unit": typeset(figure.unit)}


def _shown(value: int | Decimal | str) -> str:
    if isinstance(value, int):
        return number(value)
    return grouped(value) if isinstance(value, Decimal) else value


def _dates(export: Export) -> str:
    """The last day told: the quarter's, or today's when it is not over."""
    summary = export.summary
    last = min(Quarter.parse(export.key).last, local_date(summary.known))
    return typeset(f"État au {day(last)}. {summary.issue_line}")


def _origin(export: Export) -> str:
    told = f"Cartable {export.version}, d'après le journal jusqu'à la ligne {number(export.journal_position)}, d'empreinte SHA-256 :"
    return typeset(told)


def _short(text: str, longest: int) -> str:
    told = typeset(text)
    return told if len(told) <= longest else told[: longest - 1].rstrip() + "…"
