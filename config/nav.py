"""The ways through the house, chapter by chapter: one line a page, shown to who may enter it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import current_app, g, request, url_for

from config.door import opens
from inventory.access import policy
from inventory.words import later, tell


@dataclass(frozen=True, slots=True)
class Way:
    """A line of the navigation: what it says, the page it opens, the name of its icon."""

    label: str
    endpoint: str
    icon: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A line as one page shows it."""

    label: str
    url: str
    icon: str
    current: bool


CHAPTERS: Mapping[str, tuple[Way, ...]] = {
    "": (
        Way("Accueil", "home.page", "house"),
        Way("Ma tournée", "field.page", "truck"),
        Way("Tableau de bord", "deploy.board_page", "layout-dashboard"),
    ),
    later("Parc"): (
        Way("Écoles", "lists.ecoles", "school"),
        Way("Classes mobiles", "lists.classes", "briefcase"),
        Way("Tablettes", "lists.tablettes", "tablet"),
        Way("Imports", "inventory.import_list", "file-up"),
    ),
    later("Terrain"): (
        Way("Mises à disposition", "handover.latest", "stamp"),
        Way("Pointages", "rollcall.after_holiday", "search-check"),
        Way("Incidents", "incidents.listed", "siren"),
        Way("Actes en conflit", "field.tray", "message-circle-question"),
    ),
    later("MDM"): (
        Way("Synchronisation", "mdm.synchronisation", "refresh-cw"),
        Way("Rapprochement", "gaps.page", "equal-not"),
        Way("Commandes", "commands.listed", "shield-alert"),
    ),
    later("Convention"): (
        Way("Planning", "schedule.page", "calendar-range"),
        Way("Comités", "committee.page", "users"),
        Way("Financement", "funding.page", "landmark"),
        Way("Vie de la convention", "term.page", "scroll-text"),
        Way("Constats", "deploy.findings_page", "scale"),
        Way("Trimestres", "deploy.quarter_list", "file-check"),
    ),
    later("Installation"): (
        Way("Comptes", "people.accounts", "users"),
        Way("Jetons", "tokens.list_all", "key-round"),
        Way("Courrier envoyé", "letters.sent", "scroll-text"),
        Way("Sécurité", "account.security", "shield-check"),
        Way("Système", "system.page", "life-buoy"),
    ),
}


def chapters(as_of: str | None) -> list[tuple[str, list[Shown]]]:
    """The lines that the person of this request may follow, looking at the same past, under their headings; none before sign-in."""
    if g.person is None:
        return []
    told = [(tell(name) if name else "", [_shown(way, as_of) for way in ways if _open(way)]) for name, ways in CHAPTERS.items()]
    return [(name, ways) for name, ways in told if ways]


def _shown(way: Way, as_of: str | None) -> Shown:
    return Shown(tell(way.label), url_for(way.endpoint, as_of=as_of), way.icon, way.endpoint == request.endpoint)


def _open(way: Way) -> bool:
    view = current_app.view_functions.get(way.endpoint)
    told = policy(view) if view else None
    return told is not None and opens(told)
