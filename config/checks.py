"""`cartable check`: what the engine, the journal and the copies of its fold have to say against the database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from deploy.actions.quarter import MANIFEST
from deploy.models import Incident, QuarterFile, QuarterIssue
from deploy.reports.seal import altered
from deploy.reports.verifier import SEAL
from inventory import db, journal
from inventory.actions.records import RECORD, SUBJECTS, WITHDRAWN, recorded
from inventory.journal import FEW, Line, facts
from inventory.lifecycle import Stage
from inventory.models import EVERY_CLASS, Gap, MobileClass, Tablet
from inventory.queries.counters import wrong_counts


def complaints() -> Iterator[str]:
    """Every complaint, in French or in the engine's words; none when the database is sound."""
    with db.snapshot():
        yield from db.integrity()
        yield from journal.complaints()
        yield from _copies()
        yield from _issued()


def _copies() -> Iterator[str]:
    """The copies beside the fold; a value that cannot be read ends the comparison, and is a complaint itself."""
    try:
        yield from _records()
        yield from _tablets()
        yield from _counts()
        yield from _incidents()
        yield from _gaps()
    except (TypeError, ValueError, KeyError, OverflowError):
        yield "copies : une valeur illisible arrête leur comparaison avec le journal, réparer d'abord ce qui précède"


def _with_facts(subject: str, model: type[db.Table], axes: Sequence[str]) -> Iterator[tuple[Any, dict[str, Line]]]:
    """Each row with the facts of its axes, a few hundred in memory at a time."""
    key, last = model._meta.primary_key, 0
    while rows := list(model.select().where(key > last).order_by(key).limit(FEW)):
        told: dict[int, dict[str, Line]] = {row.get_id(): {} for row in rows}
        for (row_id, axis), line in facts(subject, axes=axes, ids=told).items():
            told[row_id][axis] = line
        yield from ((row, told[row.get_id()]) for row in rows)
        last = rows[-1].get_id()


def _records() -> Iterator[str]:
    """Each row's recorded attributes equal the last record of its journal."""
    for subject, model in SUBJECTS.items():
        for row, told in _with_facts(subject, model, [RECORD]):
            line = told.get(RECORD)
            if line is None:
                yield f"{subject} {row.get_id()} : aucune ligne du journal ne l'enregistre"
            elif dict(line.detail) != recorded(row) or (line.value == WITHDRAWN) != bool(row.withdrawn):
                yield f"{subject} {row.get_id()} : la copie ne vaut pas le journal"


def _tablets() -> Iterator[str]:
    """Each tablet's stage and place equal the fold."""
    for tablet, told in _with_facts("tablet", Tablet, ["stage", "place"]):
        stage, place = told.get("stage"), told.get("place")
        if tablet.stage != (stage.value if stage else Stage.EXPECTED.value) or tablet.stage_at != (stage.at if stage else None):
            yield f"tablette {tablet.serial} : étape copiée « {tablet.stage} », pli « {stage.value if stage else 'aucune'} »"
        folded = (place.detail["mobile_class"], place.detail["slot"]) if place else (None, None)
        if (tablet.mobile_class_id, tablet.slot) != folded:
            yield f"tablette {tablet.serial} : place copiée {tablet.mobile_class_id}/{tablet.slot}, pli {folded[0]}/{folded[1]}"


def _incidents() -> Iterator[str]:
    """Each incident is closed when its journal says so."""
    for row, told in _with_facts("incident", Incident, ["state"]):
        line = told.get("state")
        if row.closed != (line.at if line and line.value != "open" else None):
            yield f"incident {row.id} : sa clôture ne vaut pas le journal"


def _gaps() -> Iterator[str]:
    """Each discrepancy stands where its journal says: open or closed, over these facts, with this decision."""
    for row, told in _with_facts("gap", Gap, ["gap", "gap:facts", "gap:decision"]):
        state, found, decision = map(told.get, ("gap", "gap:facts", "gap:decision"))
        decided = (decision.value, decision.detail["facts"]) if decision else ("", "")
        said = (state.value == "closed", found.value, found.detail["evidence"], *decided) if state and found else None
        if said != (row.closed is not None, row.facts, row.evidence, row.verdict, row.decided):
            yield f"écart {row.id} : sa copie ne vaut pas le journal"


def _issued() -> Iterator[str]:
    """Each issued quarter holds the files that its seal tells, and its seal is the one that the journal tells."""
    told = {number: line.detail for (number, _), line in facts("quarter", axes=["issue"]).items()}
    for row in QuarterIssue.select():
        files = {file.name: bytes(file.content) for file in QuarterFile.select().where(QuarterFile.issue == row)}
        proof, digest = (SEAL, "seal") if row.seal else (MANIFEST, "manifest")
        if proof not in files or sha256(files[proof]).hexdigest() != told.get(row.id, {}).get(digest):
            yield f"trimestre {row.period}, émission n° {row.number} : {proof} ne vaut pas le journal"
        elif row.seal:
            faults = altered(files)
            yield from (f"trimestre {row.period}, émission n° {row.number} : {fault}" for fault in faults)


def _counts() -> Iterator[str]:
    """The counts of each mobile class, and their sum, equal a count of its tablets."""
    for class_id in wrong_counts():
        where = "l'ensemble" if class_id == EVERY_CLASS else MobileClass.get_by_id(class_id).code
        yield f"compteurs de {where} : ils ne valent pas le compte des tablettes"
