"""What a person vouches for: a statement certified exact, a subsidised tablet that is elsewhere for a reason."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, request, url_for
from werkzeug.wrappers import Response

from deploy.form import day_of
from deploy.funding import actions
from deploy.funding.assignment import Ground, Justification
from deploy.queries.conventions import convention, whole
from inventory.access import Reach, may
from inventory.errors import NotFound, Refused
from inventory.queries.tablets import tablet
from inventory.roles import OFFICE
from inventory.views import hand
from inventory.words import tell

pages = Blueprint("pledges", __name__, url_prefix="/financement")


@pages.post("/etat-recapitulatif/certification")
@may(OFFICE, scope=Reach.SCOPE)
def certify() -> Response:
    """Certify exactly the statement that was shown."""
    told, form = convention(), request.form
    if not whole(g.scope, told.key):
        raise NotFound
    number = actions.certify(told, form.get("quality", ""), form.get("digest", ""), hand())
    flash(tell("État n° {number} certifié exact : s'il change ensuite, la page le dira.", number=number), "good")
    return redirect(url_for("funding.statement_page"))


@pages.post("/affectations/<int:tablet_id>")
@may(OFFICE, scope=Reach.SCOPE)
def justify(tablet_id: int) -> Response:
    """Say why a subsidised tablet is in another school."""
    row, form = tablet(g.scope, tablet_id), request.form
    if form.get("ground", "") not in list(Ground):
        raise Refused(tell("Choisir une réparation, un prêt ou une autorisation."))
    why = Justification(Ground(form["ground"]), form.get("reference", ""), day_of(form, "day"))
    actions.justify(row, why, hand())
    flash(tell("Affectation justifiée."), "good")
    return redirect(url_for("funding.page") + "#affectations")
