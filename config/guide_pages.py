"""The help of each role, and the declaration of accessibility that the law asks of a public body."""

from __future__ import annotations

from flask import Blueprint, current_app, g, render_template

from config.accessibility import conformity
from config.guide import guide
from config.settings import Settings
from deploy.queries.conventions import any_convention
from inventory.access import ANYONE, Reach, may
from inventory.errors import NotFound
from inventory.roles import READERS, Role

pages = Blueprint("guide", __name__)
COMMUNE = "commune"


@pages.get("/aide")
@may(READERS, scope=Reach.NOTHING)
def own() -> str:
    """The help of one's own role."""
    return _guide(Role(g.person.role))


@pages.get("/aide/<role>")
@may(READERS, scope=Reach.NOTHING)
def of_role(role: str) -> str:
    """The help of a role."""
    if role not in {one.value for one in Role}:
        raise NotFound
    return _guide(Role(role))


def _guide(role: Role) -> str:
    return render_template("guide.html", shown=role, roles=list(Role), topics=guide(role))


@pages.get("/accessibilite")
@may(ANYONE, scope=Reach.NOTHING)
def accessibility() -> str:
    """The declaration of accessibility (loi 2005-102, article 47): state, what was tested, whom to write to, what remains open to who gets no answer."""
    settings: Settings = current_app.config["CARTABLE"]
    audit, told = settings.accessibility_audit, any_convention()
    body = next((party.name.value for party in told.parties if party.key == COMMUNE), "") if told else ""
    return render_template("accessibility.html", audit=audit, state=conformity(audit), contact=settings.contact, body=body)
