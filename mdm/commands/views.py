"""The pages of commands: what waits, one of them with who wanted it, and the forms that ask, allow, stop and settle."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.access import Reach, may
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.journal import history
from inventory.queries.tablets import states, tablet
from inventory.roles import FIELD, OFFICE, READERS
from inventory.timeline import timeline
from inventory.words import tell
from mdm.commands import actions, errand, queries
from mdm.commands.order import TWO_PERSONS, Action, State
from mdm.commands.panels import shown

pages = Blueprint("commands", __name__)
UNDER_WAY, OVER = (State.SENDING, State.SENT), (State.CONFIRMED, State.FAILED, State.STOPPED, State.CANCELLED, State.EXPIRED)
LAST = 50


@pages.get("/commandes")
@may(READERS, scope=Reach.SCOPE)
def listed() -> str:
    """What waits for somebody or is about to leave, what is to verify, what was sent, what is over."""
    return render_template(
        "mdm/commands.html", waiting=shown(queries.waiting(g.scope)), doubtful=shown(queries.of_state(g.scope, (State.TO_VERIFY,))),
        sent=shown(queries.of_state(g.scope, UNDER_WAY)), over=shown(queries.of_state(g.scope, OVER, LAST)),
    )  # fmt: skip


@pages.get("/commandes/<int:command_id>")
@may(READERS, scope=Reach.SCOPE)
def page(command_id: int) -> str:
    """One command: what it is for, who wanted it, what became of it; who may allow it or stop it."""
    row = queries.command(g.scope, command_id)
    seen = next(iter(states(g.scope, None, ids=[row.tablet_id])), None)
    grave, told = Action(row.action) in TWO_PERSONS, timeline(history("command", row.id))
    return render_template(
        "mdm/command.html", one=shown([row])[0], seen=seen.seen if seen else None, grave=grave, timeline=told, reason=told[-1].note if told else "",
        asks_me=grave and State(row.state) is State.REQUESTED and g.person.role in OFFICE and row.requested_by_id != g.person.id,
        mine=row.requested_by_id == g.person.id, settles=State(row.state) is State.TO_VERIFY and g.person.role in OFFICE, State=State,
    )  # fmt: skip


@pages.post("/tablettes/<int:tablet_id>/commande")
@may(FIELD, scope=Reach.SCOPE)
def ask(tablet_id: int) -> Response:
    """Ask something of a tablet; what one person may want alone leaves at once."""
    thing, form, action = tablet(g.scope, tablet_id), request.form, _action()
    row = actions.request(
        thing, action, form.get("reason", ""), _hand(), words=form.get("words", ""), code=form.get("code", ""), vault=g.vault, clock=lambda: g.now
    )
    if action in TWO_PERSONS:
        flash(tell("Commande n° {number} demandée : elle attend l'accord d'une autre personne.", number=row.id), "watch")
    else:
        errand.send_one(row, g.vault, lambda: g.now)
    return _to(row.id)


@pages.post("/commandes/<int:command_id>/approuver")
@may(OFFICE, scope=Reach.SCOPE)
def approve(command_id: int) -> Response:
    """Allow what somebody else asked."""
    row = actions.approve(queries.command(g.scope, command_id), _hand(), code=request.form.get("code", ""))
    flash(tell("Commande n° {number} approuvée : elle part dans dix minutes, sauf si quelqu'un l'arrête.", number=row.id), "watch")
    return _to(row.id)


@pages.post("/commandes/<int:command_id>/arreter")
@may(READERS, scope=Reach.SCOPE)
def stop(command_id: int) -> Response:
    """Stop a command that has not left."""
    row = actions.stop(queries.command(g.scope, command_id), request.form.get("reason", ""), _hand())
    flash(tell("Commande n° {number} arrêtée : elle ne partira pas.", number=row.id), "good")
    return _to(row.id)


@pages.post("/commandes/<int:command_id>/constater")
@may(OFFICE, scope=Reach.SCOPE)
def settle(command_id: int) -> Response:
    """Say what was found of a command of which nothing tells what became."""
    found = request.form.get("found", "")
    if found not in ("done", "not"):
        raise Refused(tell("Choisir ce qui a été constaté : faite, ou pas faite."))
    row = actions.settle(queries.command(g.scope, command_id), found == "done", request.form.get("words", ""), _hand())
    flash(tell("C'est noté."), "good")
    return _to(row.id)


def _action() -> Action:
    try:
        return Action(request.form.get("action", ""))
    except ValueError as fault:
        raise Refused(tell("Choisir la commande dans la liste.")) from fault


def _hand() -> Hand:
    return Hand(g.person, g.now)


def _to(number: int) -> Response:
    return redirect(url_for("commands.page", command_id=number))
