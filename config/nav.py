"""The ways through the house: one line a page, shown to who may enter it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app, g, request, url_for

from config.door import opens
from inventory.access import Policy, policy
from inventory.words import tell


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


WAYS = (
    Way("Accueil", "home.page", "house"),
    Way("Ma tournée", "field.page", "truck"),
    Way("Tableau de bord", "deploy.board_page", "layout-dashboard"),
    Way("Écoles", "lists.ecoles", "school"),
    Way("Classes mobiles", "lists.classes", "briefcase"),
    Way("Tablettes", "lists.tablettes", "tablet"),
    Way("Mises à disposition", "handover.latest", "stamp"),
    Way("Pointages", "rollcall.after_holiday", "search-check"),
    Way("Incidents", "incidents.listed", "siren"),
    Way("Rapprochement", "gaps.page", "equal-not"),
    Way("Synchronisation", "mdm.synchronisation", "refresh-cw"),
    Way("Commandes", "commands.listed", "shield-alert"),
    Way("Planning", "schedule.page", "calendar-range"),
    Way("Comités", "committee.page", "users"),
    Way("Financement", "funding.page", "landmark"),
    Way("Constats", "deploy.findings_page", "scale"),
    Way("Trimestres", "deploy.quarter_list", "file-check"),
    Way("Actes en conflit", "field.tray", "message-circle-question"),
    Way("Imports", "inventory.import_list", "file-up"),
    Way("Comptes", "people.accounts", "users"),
    Way("Jetons", "tokens.list_all", "key-round"),
    Way("Sécurité", "account.security", "shield-check"),
    Way("Système", "system.page", "life-buoy"),
)


def ways(as_of: str | None) -> list[Shown]:
    """The lines that the person of this request may follow, looking at the same past; none before sign-in."""
    if g.person is None:
        return []
    views = current_app.view_functions
    mine = (way for way in WAYS if way.endpoint in views and _open(policy(views[way.endpoint])))
    return [Shown(tell(way.label), url_for(way.endpoint, as_of=as_of), way.icon, way.endpoint == request.endpoint) for way in mine]


def _open(told: Policy | None) -> bool:
    return told is not None and opens(told)
