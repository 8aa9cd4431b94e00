"""The dossier of a meeting as one tagged PDF (PDF/UA-1): its agenda, the state of progress with its plots, what changed since the last one, each class's evidence, annexes.

Of a meeting that was held it is what could be told when it began: the same bytes for ever. Of one to come, what is known at the moment looked at.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

from deploy.committee.evidence_pieces import changed, integrated
from deploy.committee.meeting import MeetingState
from deploy.committee.paper import document
from deploy.committee.pieces import Piece, grid, lines, numbered, plot, text
from deploy.committee.queries import Sitting, sittings
from deploy.convention import Convention
from deploy.convention.articles import Committee
from deploy.queries.board import ClassOnBoard, board
from deploy.queries.quarter import export_of
from deploy.reports.annexes import annexes
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Export, Figure
from inventory.french import day, grouped, moment, number, typeset
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.paris import at, local_date
from inventory.plots import stages_per_class
from inventory.scope import EVERYWHERE

TEMPLATE = "dossier.typ"
MOST_CLASSES = 40
ANNEXES = (
    "classes", "etapes", "services", "incidents", "ecarts", "formations", "budget", "depenses", "subvention", "versements", "solde", "reunions", "decisions", "risques", "suite",
    "demandes",
)  # fmt: skip


def moment_of(one: Sitting, now: datetime) -> datetime:
    """The moment that a dossier tells: the beginning of a meeting that was held, else now."""
    return at(one.meeting.day, one.meeting.time) if one.state is MeetingState.HELD else now


def dossier(told: Convention, committee: Committee, one: Sitting, now: datetime) -> bytes:
    """The whole file, in French. Equal data give equal bytes, whatever the hour of the download once the meeting was held."""
    then = moment_of(one, now)
    when, last = When(then, then), _last(told, one, then)
    shown = board(EVERYWHERE, when, then, key=told.key)
    export = export_of(Quarter.of(local_date(then)), told.key, then, provisional=True)
    kept = [table for table in export.tables if table.key in ANNEXES]
    sections = {
        "Ordre du jour": [numbered(one.meeting.agenda)] if one.meeting.agenda else [text("Il reste à écrire.")],
        "État d'avancement": list(_progress(export, shown)),
        _since(last): list(changed(told, last, shown, when)),
        "Intégration dans les écoles (article 4.2.2)": list(integrated(shown[:MOST_CLASSES], when, len(shown) - MOST_CLASSES)),
    }
    page = {
        "title": typeset(f"Dossier du {committee.name.value}"), "author": f"Cartable {version('cartable')}", "convention": typeset(told.document.title.value),
        "where": typeset(f"{day(one.meeting.day)}, {one.meeting.hour}, {one.meeting.place}"), "mention": typeset(told.mention),
        "dates": typeset(f"Ce qui était connu le {moment(then)} (heure de Paris)."),
        "sections": [{"title": typeset(title), "pieces": pieces} for title, pieces in sections.items()], "annexes": annexes(kept),
    }  # fmt: skip
    return document(page, TEMPLATE, then)


def _last(told: Convention, one: Sitting, then: datetime) -> Sitting | None:
    """The last meeting of the same committee that was held before."""
    met = sittings(EVERYWHERE, told.key, When(then, then))
    same = [other for other in met if other.id != one.id and other.meeting.committee == one.meeting.committee and other.state is MeetingState.HELD]
    return next((other for other in same if at(other.meeting.day, other.meeting.time) < then), None)


def _since(last: Sitting | None) -> str:
    return f"Ce qui a changé depuis la réunion du {day(last.meeting.day)}" if last else "Ce qui a changé"


def _progress(export: Export, shown: Sequence[ClassOnBoard]) -> Iterator[Piece]:
    yield grid(["Chiffre", "Valeur", "Précision"], [[figure.label, _value(figure), figure.unit] for figure in export.summary.figures], right=(1,))
    if export.summary.plot_svg:
        yield plot(export.summary.plot_svg, "Tablettes livrées dans les écoles, jour après jour, dans la fenêtre de déploiement")
    if shown:
        yield plot(_stages(shown[:MOST_CLASSES]), "Étape des tablettes de chaque classe mobile")
    if export.summary.remarks:
        yield lines(export.summary.remarks)


def _value(figure: Figure) -> str:
    value: Any = figure.value
    return value if isinstance(value, str) else number(value) if isinstance(value, int) else grouped(value)


def _stages(shown: Sequence[ClassOnBoard]) -> str:
    stages = [stage for stage in Stage if any(one.progress.stages.get(stage) for one in shown)]
    bars = [(one.record.code, [(stage, one.progress.stages.get(stage, 0)) for stage in stages]) for one in shown]
    return stages_per_class(bars, "Étape des tablettes de chaque classe mobile", standalone=True)
