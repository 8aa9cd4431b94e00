"""The pages of the stock-take of a cart: scan, see what differs, decide, close."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from deploy.stocktake import actions, queries
from deploy.stocktake.difference import OF_MISSING, OF_UNEXPECTED, OF_UNKNOWN, Decided
from inventory.access import Reach, may
from inventory.errors import Refused
from inventory.journal import history
from inventory.queries import places
from inventory.roles import FIELD, READERS
from inventory.timeline import timeline
from inventory.views import hand
from inventory.words import tell, tell_count

pages = Blueprint("stocktake", __name__)


@pages.get("/classes/<code>/inventaire")
@may(READERS, scope=Reach.SCOPE)
def listed(code: str) -> str:
    """The stock-takes of a cart, and the way to open one."""
    cart = places.mobile_class(g.scope, code)
    places.class_record(cart, g.when)
    rows = queries.of_cart(g.scope, cart, g.when)
    return render_template("deploy/stocktakes.html", cart=cart, rows=rows, writes=g.person.role in FIELD and g.when is None)


@pages.post("/classes/<code>/inventaire")
@may(FIELD, scope=Reach.SCOPE)
def begin(code: str) -> Response:
    """Open the stock-take of a cart, or join the one that is open."""
    row = actions.open_stocktake(places.mobile_class(g.scope, code), hand())
    return redirect(url_for("stocktake.page", stocktake_id=row.id))


@pages.get("/inventaires/<int:stocktake_id>")
@may(READERS, scope=Reach.SCOPE)
def page(stocktake_id: int) -> str:
    """One stock-take: found, missing, unexpected, and what is decided of each."""
    row = queries.stocktake(g.scope, stocktake_id, g.when)
    return render_template(
        "deploy/stocktake.html", count=queries.count(g.scope, row, g.when), cart=row.mobile_class,
        writes=g.person.role in FIELD and row.closed is None and g.when is None,
        missing=OF_MISSING, unexpected=OF_UNEXPECTED, unknown=OF_UNKNOWN, timeline=timeline(history("stocktake", row.id), g.when),
    )  # fmt: skip


@pages.post("/inventaires/<int:stocktake_id>/vus")
@may(FIELD, scope=Reach.SCOPE)
def see(stocktake_id: int) -> Response:
    """Take down what was scanned."""
    row = queries.stocktake(g.scope, stocktake_id)
    new = actions.see(row, request.form.get("seen", "").splitlines(), hand(), g.scope)
    flash(tell_count("{count} nouvelle.", "{count} nouvelles.", new), "good" if new else "plain")
    return redirect(url_for("stocktake.page", stocktake_id=row.id) + "#vus")


@pages.post("/inventaires/<int:stocktake_id>/decider")
@may(FIELD, scope=Reach.SCOPE)
def decide(stocktake_id: int) -> Response:
    """Decide of one point."""
    row, form = queries.stocktake(g.scope, stocktake_id), request.form
    text, slot = form.get("decided", ""), form.get("slot", "").strip()
    if text not in list(Decided):
        raise Refused(tell("Choisir une décision dans la liste."))
    number = int(slot) if slot.isdecimal() and len(slot) < 4 else None
    actions.decide(row, form.get("key", ""), Decided(text), hand(), slot=number, words=form.get("words", ""))
    flash(tell("Décision enregistrée."), "good")
    return redirect(url_for("stocktake.page", stocktake_id=row.id) + "#decisions")


@pages.post("/inventaires/<int:stocktake_id>/clore")
@may(FIELD, scope=Reach.SCOPE)
def close(stocktake_id: int) -> Response:
    """Close a stock-take in which everything is decided."""
    row = queries.stocktake(g.scope, stocktake_id)
    actions.close(row, hand())
    flash(tell("Inventaire clos."), "good")
    return redirect(url_for("stocktake.page", stocktake_id=row.id))
