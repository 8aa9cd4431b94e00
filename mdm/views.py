"""The page Synchronisation: what the servers said, what waits for a person, what disagrees with the inventory."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.access import ANYONE, Reach, may
from inventory.actions.records import Hand
from inventory.discrepancy import Kind
from inventory.errors import NotFound
from inventory.lists import views as lists
from inventory.queries.gap_counts import by_kind
from inventory.roles import OFFICE, READERS
from inventory.words import tell
from mdm import actions, listening, queries, terms
from mdm.capabilities import kind, orders
from mdm.details import rotation
from mdm.lists import RUNS
from mdm.run_state import Extent, RunState

MOST_OF_AN_EVENT = 2**20
pages = Blueprint("mdm", __name__, template_folder="templates")
lists.offer(RUNS)


@pages.get("/synchronisation")
@may(READERS, scope=Reach.SCOPE)
def synchronisation() -> str:
    """Last runs with their figures, quarantines, discrepancies by kind."""
    told = by_kind(g.scope, g.when)
    return render_template(
        "mdm/synchronisation.html", listened=queries.listened(g.scope, g.when), runs=queries.runs(g.scope, g.when), quarantines=queries.quarantines(g.scope, g.when),
        gaps={kind: sum(n for (one, _), n in told.items() if one is kind) for kind in Kind if any(one is kind for one, _ in told)},
        RunState=RunState, Extent=Extent, may_decide=g.person.role in OFFICE and g.scope.everywhere and g.when is None,
    )  # fmt: skip


@lists.pages.get("/lectures")
@may(READERS, scope=Reach.SCOPE)
def lectures() -> str:
    """Every reading, newest first."""
    return lists.show(RUNS)


@pages.get("/synchronisation/<name>")
@may(READERS, scope=Reach.EVERYWHERE)
def connector(name: str) -> str:
    """What one server can tell, and how fresh its word is."""
    shown = next((one for one in queries.listened(g.scope, g.when) if one.connector.name == name), None)
    if shown is None:
        raise NotFound
    alone = actions.left_alone(shown.connector, g.now)
    return render_template(
        "mdm/connector.html", shown=shown, rotation=rotation(shown.connector), kind=kind(shown.connector.kind), terms=terms.of(name), alone=alone, RunState=RunState, Extent=Extent,
        orders=orders(shown.connector.kind, terms.of(name).commands),
    )  # fmt: skip


@pages.post("/synchronisation/<name>/evenements/<address>")
@may(ANYONE, scope=Reach.NOTHING)
def receive(name: str, address: str) -> tuple[str, int]:
    """An event that a server sends of itself: HTTP 200 and nothing else once it is on disk, be it new or known."""
    content = request.get_data() if (request.content_length or 0) <= MOST_OF_AN_EVENT else b""
    listening.receive(name, address, content, request.headers.get("X-Hmac-Signature", ""), vault=g.vault, now=g.now)
    return "", 200


@pages.post("/synchronisation/<name>/lire")
@may(OFFICE, scope=Reach.EVERYWHERE)
def read(name: str) -> Response:
    """Read a server now."""
    run = actions.sync(actions.connector(name), vault=g.vault, now=g.now, clock=lambda: g.now)
    state = RunState(run.state)
    flash(tell("Lecture n° {id} : {state}. {message}", id=run.id, state=state.label, message=run.message).strip(), state.tone)
    return redirect(url_for("mdm.synchronisation"))


@pages.post("/synchronisation/lectures/<int:run_id>/liberer")
@may(OFFICE, scope=Reach.EVERYWHERE)
def release(run_id: int) -> Response:
    """Believe a quarantined reading after all."""
    run = actions.release(run_id, request.form.get("reason", ""), Hand(g.person, g.now))
    flash(tell("Lecture n° {id} libérée : {changed} appareils mis à jour.", id=run.id, changed=run.changed + run.heard), "good")
    return redirect(url_for("mdm.synchronisation"))


@pages.post("/synchronisation/lectures/<int:run_id>/ecarter")
@may(OFFICE, scope=Reach.EVERYWHERE)
def reject(run_id: int) -> Response:
    """Put a quarantined reading aside."""
    run = actions.reject(run_id, request.form.get("reason", ""), Hand(g.person, g.now))
    flash(tell("Lecture n° {id} écartée : rien n'en est tiré.", id=run.id), "plain")
    return redirect(url_for("mdm.synchronisation"))

