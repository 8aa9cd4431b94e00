"""The page Synchronisation: what the servers said, what waits for a person, what disagrees with the inventory."""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.access import Reach, may
from inventory.actions.records import Hand
from inventory.queries.discrepancies import discrepancies
from inventory.roles import OFFICE, READERS
from mdm import actions, queries
from mdm.run_state import RunState

pages = Blueprint("mdm", __name__, template_folder="templates")


@pages.get("/synchronisation")
@may(READERS, scope=Reach.SCOPE)
def synchronisation() -> str:
    """Last runs with their figures, quarantines, discrepancies by kind."""
    gaps = discrepancies(g.scope, g.when)
    return render_template(
        "mdm/synchronisation.html", listened=queries.listened(g.scope), runs=queries.runs(g.scope), quarantines=queries.quarantines(g.scope),
        gaps=gaps, RunState=RunState, may_decide=g.person.role in OFFICE and g.scope.everywhere,
    )  # fmt: skip


@pages.post("/synchronisation/<name>/lire")
@may(OFFICE, scope=Reach.EVERYWHERE)
def read(name: str) -> Response:
    """Read a server now."""
    run = actions.sync(actions.connector(name), vault=g.vault, now=g.now, clock=lambda: g.now)
    state = RunState(run.state)
    flash(f"Lecture n° {run.id} : {state.label}. {run.message}".strip(), state.tone)
    return redirect(url_for("mdm.synchronisation"))


@pages.post("/synchronisation/lectures/<int:run_id>/liberer")
@may(OFFICE, scope=Reach.EVERYWHERE)
def release(run_id: int) -> Response:
    """Believe a quarantined reading after all."""
    run = actions.release(run_id, request.form.get("reason", ""), Hand(g.person, g.now))
    flash(f"Lecture n° {run.id} libérée : {run.changed + run.heard} appareils mis à jour.", "good")
    return redirect(url_for("mdm.synchronisation"))


@pages.post("/synchronisation/lectures/<int:run_id>/ecarter")
@may(OFFICE, scope=Reach.EVERYWHERE)
def reject(run_id: int) -> Response:
    """Put a quarantined reading aside."""
    run = actions.reject(run_id, request.form.get("reason", ""), Hand(g.person, g.now))
    flash(f"Lecture n° {run.id} écartée : rien n'en est tiré.", "plain")
    return redirect(url_for("mdm.synchronisation"))

