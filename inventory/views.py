"""The pages of the ground floor: schools, mobile classes as grids of slots, tablets, imports."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from inventory.access import Reach, may
from inventory.actions import drafts, imports, tablets
from inventory.actions.records import Hand
from inventory.errors import NotFound, Refused
from inventory.journal import history
from inventory.lifecycle import NEEDS_NOTE, Stage, moves_from
from inventory.models import ImportBatch, MobileClass
from inventory.panels import panels_of
from inventory.queries import places
from inventory.queries import tablets as reading
from inventory.queries.visible import visible
from inventory.roles import FIELD, OFFICE, READERS
from inventory.school_time import Rhythm
from inventory.timeline import timeline
from inventory.words import tell, tell_count

pages = Blueprint("inventory", __name__, template_folder="templates")


def hand() -> Hand:
    """The hand of the person whose request this is."""
    return Hand(g.person, g.now)


@pages.get("/ecoles/<uai>")
@may(READERS, scope=Reach.SCOPE)
def school(uai: str) -> str:
    """One school: its identity, its mobile classes, what was recorded of it."""
    row = places.school(g.scope, uai)
    records = places.classes(g.scope, g.when, school_id=row.id)
    return render_template(
        "inventory/school.html", school=row, classes=records, counts=_counts(records), closings=places.closings(g.scope, row.id),
        panels=panels_of("school", row, g.scope, g.when, g.now), timeline=timeline(history("school", row.id), g.when),
        rhythm=Rhythm(row.rhythm).label if row.rhythm else None,
    )  # fmt: skip


def _counts(records: list[places.ClassRecord]) -> dict[int, int]:
    found = reading.states(g.scope, g.when, class_ids=[record.id for record in records])
    return {record.id: sum(state.class_id == record.id for state in found) for record in records}


@pages.get("/classes/<code>")
@may(READERS, scope=Reach.SCOPE)
def mobile_class(code: str) -> str:
    """One mobile class as the grid of its slots."""
    row = places.mobile_class(g.scope, code)
    record = places.class_record(row, g.when)
    inside = reading.states(g.scope, g.when, class_ids=[row.id])
    return render_template(
        "inventory/mobile_class.html", record=record, school=row.school, tablets=inside, slots=_slots(record, inside),
        accessories=places.accessories(g.scope, row.id), moves=_common_moves(inside), panels=panels_of("mobile_class", row, g.scope, g.when, g.now),
        timeline=timeline(history("mobile_class", row.id), g.when), may_write=_may_write(),
    )  # fmt: skip


def _slots(record: places.ClassRecord, inside: list[Any]) -> list[tuple[int, Any]]:
    by_slot = {state.slot: state for state in inside}
    return [(number, by_slot.get(number)) for number in range(1, record.slots + 1)]


def _common_moves(inside: list[Any]) -> list[Stage]:
    """The stages that at least one tablet of the class may take next, in the order of life."""
    possible = {move for state in inside for move in moves_from(state.stage)}
    return [stage for stage in Stage if stage in possible and stage not in NEEDS_NOTE]


def _may_write() -> bool:
    return g.when is None and g.person is not None and g.person.role in FIELD


@pages.post("/classes/<code>/etapes")
@may(FIELD, scope=Reach.SCOPE)
def record_stages(code: str) -> Response:
    """Record one stage for the chosen slots, all or none."""
    row = places.mobile_class(g.scope, code)
    chosen = reading.chosen(g.scope, row, request.form.getlist("tablet"))
    count = tablets.record_stages(chosen, _stage(), hand(), note=request.form.get("note", ""))
    if count:
        flash(tell_count("{count}\u00a0tablette passe à « {stage} ».", "{count}\u00a0tablettes passent à « {stage} ».", count, stage=_stage().label), "good")
    else:
        flash(tell("Rien ne change : les tablettes cochées sont déjà à « {stage} ».", stage=_stage().label), "plain")
    return redirect(url_for("inventory.mobile_class", code=row.code))


@pages.get("/tablettes/<int:tablet_id>")
@may(READERS, scope=Reach.SCOPE)
def tablet(tablet_id: int) -> str:
    """One tablet: what a person said, what a machine said, and its whole history."""
    row = reading.tablet(g.scope, tablet_id)
    found = reading.states(g.scope, g.when, ids=[row.id])
    if not found:
        raise NotFound
    place = visible(g.scope, MobileClass).where(MobileClass.id == found[0].class_id).first()
    return render_template(
        "inventory/tablet.html", tablet=row, state=found[0], place=place, moves=moves_from(found[0].stage),
        needs_note=NEEDS_NOTE, panels=panels_of("tablet", row, g.scope, g.when, g.now), may_write=_may_write(),
        timeline=timeline(reading.story(g.scope, row), g.when),
    )  # fmt: skip


@pages.post("/tablettes/<int:tablet_id>/etape")
@may(FIELD, scope=Reach.SCOPE)
def record_stage(tablet_id: int) -> Response:
    """A technician's update: one stage, a note, a reason when the stage asks for one."""
    row, stage = reading.tablet(g.scope, tablet_id), _stage()
    if tablets.record_stage(row, stage, hand(), note=request.form.get("note", "")):
        flash(tell("{name} est « {stage} ».", name=row.asset_tag or row.serial, stage=stage.label), "good")
    else:
        flash(tell("{name} était déjà « {stage} ».", name=row.asset_tag or row.serial, stage=stage.label), "plain")
    if request.form.get("back") == "class" and row.mobile_class:
        return redirect(url_for("inventory.mobile_class", code=row.mobile_class.code))
    return redirect(url_for("inventory.tablet", tablet_id=row.id))


def _stage() -> Stage:
    try:
        return Stage(request.form.get("stage", ""))
    except ValueError as fault:
        raise Refused(tell("Choisir une étape dans la liste.")) from fault


@pages.get("/imports")
@may(OFFICE, scope=Reach.EVERYWHERE)
def import_list() -> str:
    """The batches taken in, and the form for a new file."""
    batches = visible(g.scope, ImportBatch).order_by(ImportBatch.id.desc()).limit(50)
    if g.when is not None:
        batches = batches.where(ImportBatch.at <= g.when.moment)
    return render_template("inventory/imports.html", batches=list(batches), moment=g.when.moment if g.when else g.now)


@pages.post("/imports")
@may(OFFICE, scope=Reach.EVERYWHERE)
def import_try() -> Response:
    """Keep the file and show what it would do: nothing is taken in yet."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Refused(tell("Choisir un fichier CSV, XLSX ou ODS."))
    draft = drafts.keep(request.form.get("kind", ""), file.filename, file.read(), hand())
    return redirect(url_for("inventory.import_plan", draft_id=draft.id))


@pages.get("/imports/essai/<int:draft_id>")
@may(OFFICE, scope=Reach.EVERYWHERE)
def import_plan(draft_id: int) -> str:
    """The dry run of a file: every row's errors at once."""
    draft = drafts.draft(draft_id, g.person)
    return render_template("inventory/import_plan.html", draft=draft, plan=drafts.plan_of(draft))


@pages.post("/imports/essai/<int:draft_id>")
@may(OFFICE, scope=Reach.EVERYWHERE)
def import_commit(draft_id: int) -> Response:
    """Take the file in, whole."""
    batch = drafts.commit(drafts.draft(draft_id, g.person), hand())
    flash(tell("Lot n° {id} importé : {created} créées, {changed} changées.", id=batch.id, created=batch.created, changed=batch.changed), "good")
    return redirect(url_for("inventory.import_list"))


@pages.post("/imports/<int:batch_id>/annuler")
@may(OFFICE, scope=Reach.EVERYWHERE)
def import_undo(batch_id: int) -> Response:
    """Undo a batch, as long as nothing was built on it."""
    batch = visible(g.scope, ImportBatch).where(ImportBatch.id == batch_id).first()
    if batch is None:
        raise NotFound
    imports.undo(batch, hand())
    flash(tell("Lot n° {id} annulé.", id=batch.id), "good")
    return redirect(url_for("inventory.import_list"))
