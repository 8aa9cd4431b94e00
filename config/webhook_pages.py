"""« Abonnements » : the programs that are told of events as they happen, and what became of each telling."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.access import Reach, may
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.outbox import DeliveryState, EventKind
from inventory.roles import KEEPERS
from inventory.words import tell
from mdm import deliveries

pages = Blueprint("webhooks", __name__)
SHOWN = 100


@pages.get("/abonnements")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def list_all() -> str:
    """Every subscription, the last deliveries, and the form for a new one."""
    return _page(None)


@pages.post("/abonnements")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def subscribe() -> Response:
    """Subscribe a program and show its secret, this once."""
    form, hosts = request.form, current_app.config["CARTABLE"].webhook_hosts
    _, secret = deliveries.subscribe(
        form.get("name", ""), form.get("url", "").strip(), _kinds(), hosts=hosts, vault=g.vault, hand=Hand(g.person, g.now)
    )
    return Response(_page(secret), mimetype="text/html")


@pages.post("/abonnements/<int:number>/arreter")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def stop(number: int) -> Response:
    """Tell a program of nothing more."""
    row = deliveries.subscription(number)
    done = deliveries.stop(row, Hand(g.person, g.now))
    said = tell("« {name} » n'est plus averti de rien.", name=row.name) if done else tell("Cet abonnement était déjà arrêté.")
    flash(said, "good" if done else "plain")
    return redirect(url_for("webhooks.list_all"), 303)


@pages.post("/abonnements/livraisons/<int:number>/renvoyer")
@may(KEEPERS, scope=Reach.EVERYWHERE)
def send_again(number: int) -> Response:
    """Put an event back in the outbox."""
    row = deliveries.delivery(number)
    deliveries.send_again(row, Hand(g.person, g.now))
    flash(tell("L'événement repart dans la minute."), "good")
    return redirect(url_for("webhooks.list_all"), 303)


def _kinds() -> list[EventKind]:
    try:
        return [EventKind(text) for text in request.form.getlist("kind")]
    except ValueError as fault:
        raise Refused(tell("Événements : les choisir dans la liste.")) from fault


def _page(secret: str | None) -> str:
    sent = [(row, DeliveryState(row.state), EventKind(row.kind)) for row in deliveries.latest(SHOWN)]
    rows = [(row, [EventKind(kind) for kind in row.kinds]) for row in deliveries.subscriptions()]
    hosts = current_app.config["CARTABLE"].webhook_hosts
    return render_template("webhooks.html", secret=secret, rows=rows, sent=sent, kinds=list(EventKind), hosts=hosts, pending=DeliveryState.PENDING)
