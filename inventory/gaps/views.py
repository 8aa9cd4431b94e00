"""The comparison of papers, inventory and MDMs: how many discrepancies stand, one of them with its evidence, and the decision on it."""

from __future__ import annotations

from datetime import datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.access import Reach, may
from inventory.actions import gaps as acts
from inventory.actions.records import Hand
from inventory.discrepancy import Kind, Source, Standing, Verdict
from inventory.discrepancy_words import hint, values
from inventory.errors import Refused
from inventory.journal import history
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.queries import gap_counts, gaps
from inventory.queries.gaps import GapRow
from inventory.queries.tablets import all_seen, states
from inventory.roles import FIELD, OFFICE, READERS, Role
from inventory.timeline import timeline
from inventory.words import tell

pages = Blueprint("gaps", __name__)


@pages.get("/rapprochement")
@may(READERS, scope=Reach.SCOPE)
def page() -> str:
    """How many discrepancies stand, by kind and by where they are in their lives."""
    told = gap_counts.by_kind(g.scope, g.when)
    rows = [(kind, [(state, told[kind, state]) for state in gaps.STANDING if (kind, state) in told]) for kind in Kind]
    sums = [(state, sum(n for (_, one), n in told.items() if one == state)) for state in gaps.STANDING]
    return render_template(
        "inventory/gaps.html", rows=[one for one in rows if one[1]], none=[kind for kind, counts in rows if not counts], sums=sums,
        survey=gaps.last_survey() if g.when is None else None, may_compare=g.person.role in OFFICE and g.scope.everywhere and g.when is None,
    )  # fmt: skip


@pages.post("/rapprochement")
@may(OFFICE, scope=Reach.EVERYWHERE)
def compare() -> Response:
    """Compare the whole town now."""
    done = acts.survey(g.now)
    flash(tell("Comparé : {opened} écarts ouverts, {changed} changés, {closed} refermés ; {standing} en cours.",
               opened=done.opened, changed=done.changed, closed=done.closed, standing=done.standing), "good")  # fmt: skip
    return redirect(url_for("gaps.page"))


@pages.get("/ecarts/<int:gap_id>")
@may(READERS, scope=Reach.SCOPE)
def one(gap_id: int) -> str:
    """One discrepancy: what each side says and since when, what is proposed, what was decided, its life."""
    row = gaps.gap(g.scope, gap_id, g.when, g.now)
    devices = [told["row"] for told in row.evidence["mdm"] if not row.closed]
    tablets = states(g.scope, g.when, ids=[row.tablet]) if row.tablet and not row.closed else []
    return render_template(
        "inventory/gap.html", row=row, state=tablets[0] if tablets else None, heard={seen.sighting_id: seen for seen in all_seen(g.scope, g.when, ids=devices)}, life=_life(row),
        hint=hint(row.evidence) if row.evidence["hint"] else "", Standing=Standing, Stage=Stage, MdmStatus=MdmStatus, Source=Source, read=datetime.fromisoformat, values=values,
        verdicts=list(Verdict), owners=list(Role), may_decide=g.person.role in FIELD and g.when is None and row.closed is None,
    )  # fmt: skip


def _life(row: GapRow) -> list[object]:
    """Its journal in words; the facts of its openings are those that its openings tell."""
    events = history("gap", row.id)
    opened = {event.at for event in events if event.axis == acts.STATE and event.value == acts.OPENED}
    return list(timeline([event for event in events if event.axis != acts.FACTS or event.at not in opened], g.when))


@pages.post("/ecarts/<int:gap_id>/decision")
@may(FIELD, scope=Reach.SCOPE)
def decide(gap_id: int) -> Response:
    """Decide over the facts that the page showed."""
    row, form = gaps.stored(g.scope, gap_id), request.form
    acts.decide(row, _verdict(form.get("verdict", "")), form.get("reason", ""), _owner(form.get("owner", "")), form.get("facts", ""), Hand(g.person, g.now))
    flash(tell("Décision enregistrée ; elle tient tant que les faits ne changent pas."), "good")
    return redirect(url_for("gaps.one", gap_id=gap_id))


def _verdict(text: str) -> Verdict:
    try:
        return Verdict(text)
    except ValueError as fault:
        raise Refused(tell("Décision « {value} » : choisir {choices}.", value=text, choices=", ".join(one.label for one in Verdict))) from fault


def _owner(text: str) -> Role:
    try:
        return Role(text)
    except ValueError as fault:
        raise Refused(tell("À la charge de « {value} » : choisir {choices}.", value=text, choices=", ".join(one.label for one in Role))) from fault
