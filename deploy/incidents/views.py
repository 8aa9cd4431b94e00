"""The pages of incidents: those that are open, one of them with what was done, and the forms that open and close them."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.incidents import actions, queries, theft
from deploy.incidents.kind import REFERENCES, RESULTS, Kind, Result
from deploy.incidents.paper import paper
from inventory.access import Reach, may
from inventory.errors import Refused
from inventory.journal import history
from inventory.panels import panels_of
from inventory.queries import places
from inventory.queries.tablets import tablet
from inventory.roles import FIELD, READERS, Role
from inventory.timeline import timeline
from inventory.views import hand
from inventory.words import FRENCH, speaking, tell

pages = Blueprint("incidents", __name__)
WITNESSES = FIELD | {Role.SCHOOL}


@pages.get("/incidents")
@may(READERS, scope=Reach.SCOPE)
def listed() -> str:
    """The incidents that are open, and the last ones closed."""
    return render_template("deploy/incidents.html", rows=queries.incidents(g.scope, g.when), closed=queries.incidents(g.scope, g.when, closed=True), Kind=Kind)


@pages.get("/incidents/<int:incident_id>")
@may(READERS, scope=Reach.SCOPE)
def page(incident_id: int) -> str:
    """One incident: what is known of it, what was done, what can be done."""
    row = queries.incident(g.scope, incident_id, g.when)
    return render_template(
        "deploy/incident.html", row=row, kind=Kind(row.kind), results=RESULTS[Kind(row.kind)], timeline=timeline(history("incident", row.id), g.when),
        writes=g.person.role in FIELD and row.closed is None and g.when is None, REFERENCES=REFERENCES,
    )  # fmt: skip


@pages.post("/tablettes/<int:tablet_id>/incident")
@may(WITNESSES, scope=Reach.SCOPE)
def of_tablet(tablet_id: int) -> Response:
    """Open an incident of a tablet."""
    row = actions.open_incident(_kind(), tablet(g.scope, tablet_id), request.form.get("words", ""), hand(), reference=request.form.get("reference", ""))
    if Kind(row.kind) is Kind.THEFT:
        flash(tell("Vol déclaré, incident n° {number}. Voici ce qu'il reste à faire.", number=row.id), "watch")
        return redirect(url_for("incidents.stolen", tablet_id=tablet_id))
    return _opened(row.id)


@pages.get("/tablettes/<int:tablet_id>/vol")
@may(READERS, scope=Reach.SCOPE)
def stolen(tablet_id: int) -> str:
    """All that a theft asks for, step by step: tell it, see the last contact, have the tablet locked, file the complaint and the claim."""
    row = tablet(g.scope, tablet_id)
    told = queries.theft_of(g.scope, row, g.now)
    return render_template("deploy/theft.html", tablet=row, theft=told, mine=told.tablets[0], panels=panels_of("theft", row, g.scope, None, g.now))


@pages.get("/tablettes/<int:tablet_id>/vol/plainte.pdf")
@may(READERS, scope=Reach.SCOPE)
def complaint(tablet_id: int) -> Response:
    """The complaint, to complete and sign."""
    return _printed(tablet_id, theft.complaint, "plainte")


@pages.get("/tablettes/<int:tablet_id>/vol/assurance.pdf")
@may(READERS, scope=Reach.SCOPE)
def claim(tablet_id: int) -> Response:
    """The claim to the insurer, to complete and sign."""
    return _printed(tablet_id, theft.claim, "assurance")


def _printed(tablet_id: int, text: Callable[[theft.Theft], theft.Text], name: str) -> Response:
    """In French, whatever its reader speaks."""
    with speaking(FRENCH):
        told = queries.theft_of(g.scope, tablet(g.scope, tablet_id), g.now)
        content = paper(text(told), told.mention, g.now)
    answer = Response(content, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{told.tablets[0].serial}.pdf"'
    return answer


@pages.post("/incidents/<int:incident_id>/plainte")
@may(WITNESSES, scope=Reach.SCOPE)
def file_complaint(incident_id: int) -> Response:
    """Record the number of the complaint."""
    row = queries.incident(g.scope, incident_id)
    actions.file_complaint(row, request.form.get("number", ""), hand())
    flash(tell("Le n° de la plainte est noté."), "good")
    return redirect(url_for("incidents.stolen", tablet_id=row.tablet_id))


@pages.post("/classes/<code>/incident")
@may(WITNESSES, scope=Reach.SCOPE)
def of_cart(code: str) -> Response:
    """Open an incident of a cart: a missing accessory, the Wi-Fi."""
    row = actions.open_incident(_kind(), places.mobile_class(g.scope, code), request.form.get("words", ""), hand())
    return _opened(row.id)


def _opened(number: int) -> Response:
    flash(tell("Incident n° {number} ouvert.", number=number), "good")
    return redirect(url_for("incidents.page", incident_id=number))


def _kind() -> Kind:
    try:
        return Kind(request.form.get("kind", ""))
    except ValueError as fault:
        raise Refused(tell("Choisir ce qui s'est passé dans la liste.")) from fault


@pages.post("/incidents/<int:incident_id>/note")
@may(WITNESSES, scope=Reach.SCOPE)
def note(incident_id: int) -> Response:
    """Add what was learned."""
    actions.note(queries.incident(g.scope, incident_id), request.form.get("words", ""), hand())
    flash(tell("C'est noté."), "good")
    return redirect(url_for("incidents.page", incident_id=incident_id))


@pages.post("/incidents/<int:incident_id>/retour")
@may(FIELD, scope=Reach.SCOPE)
def send_back(incident_id: int) -> Response:
    """Send the tablet back under warranty."""
    actions.send_back(queries.incident(g.scope, incident_id), request.form.get("rma", ""), hand())
    flash(tell("Envoi sous garantie enregistré."), "good")
    return redirect(url_for("incidents.page", incident_id=incident_id))


@pages.post("/incidents/<int:incident_id>/echange")
@may(FIELD, scope=Reach.SCOPE)
def swap(incident_id: int) -> Response:
    """Put another tablet in the slot of this one."""
    form = request.form
    new = actions.swap(queries.incident(g.scope, incident_id), form.get("serial", ""), hand(), asset_tag=form.get("asset_tag", ""))
    flash(tell("{serial} a pris la place.", serial=new.serial), "good")
    return redirect(url_for("incidents.page", incident_id=incident_id))


@pages.post("/incidents/<int:incident_id>/clore")
@may(FIELD, scope=Reach.SCOPE)
def close(incident_id: int) -> Response:
    """Close an incident with its result."""
    row, text = queries.incident(g.scope, incident_id), request.form.get("result", "")
    if text not in list(Result):
        raise Refused(tell("Choisir comment l'incident finit."))
    actions.close(row, Result(text), request.form.get("words", ""), hand())
    flash(tell("Incident clos."), "good")
    return redirect(url_for("incidents.page", incident_id=incident_id))
