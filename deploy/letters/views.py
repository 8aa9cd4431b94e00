"""Where a person is written to; and for the keepers, what became of the last letters."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.letters import actions, queries
from deploy.models import Letter
from inventory.access import Reach, may
from inventory.errors import NotFound
from inventory.outbox import DeliveryState
from inventory.roles import KEEPERS, READERS
from inventory.views import hand
from inventory.words import tell

pages = Blueprint("letters", __name__)
SHOWN = 100


@pages.get("/compte/courrier")
@may(READERS, scope=Reach.NOTHING)
def own() -> str:
    """One's own address and what is written to it."""
    return render_template("deploy/mail_address.html", row=queries.address_of(g.person))


@pages.post("/compte/courrier")
@may(READERS, scope=Reach.NOTHING)
def choose() -> Response:
    """Say where one is written to, or nowhere."""
    actions.set_address(g.person, request.form.get("address", ""), request.form.get("digests") == "1", hand())
    flash(tell("C'est noté."), "good")
    return redirect(url_for("letters.own"), 303)


@pages.get("/courrier")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def sent() -> str:
    """The last letters and what became of them."""
    rows = [(row, DeliveryState(row.state)) for row in queries.latest(SHOWN)]
    return render_template("deploy/letters.html", rows=rows)


@pages.post("/courrier/<int:number>")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def again(number: int) -> Response:
    """Put a letter back in the outbox."""
    row = Letter.get_or_none(Letter.id == number) if number < 2**63 else None
    if row is None:
        raise NotFound
    actions.send_again(row, hand())
    flash(tell("La lettre repart dans la minute."), "good")
    return redirect(url_for("letters.sent"), 303)
