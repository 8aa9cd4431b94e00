"""What the dossier of a meeting says of each class: what changed since the last meeting, and the evidence over which members give their visas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from deploy.committee.meeting import Decision
from deploy.committee.pieces import Piece, grid, lines, part, text
from deploy.committee.queries import Sitting, changed_since, decisions, evidence, visas
from deploy.convention import Convention
from deploy.incidents.kind import Kind
from deploy.incidents.queries import of_classes, states_of
from deploy.queries.board import ClassOnBoard, board
from deploy.steps import SERVICES, SIGNATORIES, StepState
from inventory.contact import ContactState
from inventory.french import short_day
from inventory.journal import When
from inventory.paris import at, local_date
from inventory.queries.gap_counts import since as gaps_since
from inventory.queries.gaps import standing_of
from inventory.scope import EVERYWHERE

WORDS = {"stage": "étapes enregistrées", "setup": "coches de configuration", "place": "rangements", "mdm": "mots du MDM", "record": "fiches changées", "incident": "incidents"}
RATES = {"sufficient": "suffisant", "insufficient": "insuffisant", "waived": "dérogation"}


def changed(told: Convention, last: Sitting | None, shown: Sequence[ClassOnBoard], when: When) -> Iterator[Piece]:
    """What moved after a meeting began: class by class, then what was told, discrepancies and decisions."""
    if last is None:
        yield text("Aucune réunion de ce comité n'a été tenue auparavant.")
        return
    begun = at(last.meeting.day, last.meeting.time)
    before = {one.record.id: one for one in board(EVERYWHERE, When(begun, begun), begun, key=told.key)}
    moved = [row for one in shown for row in _moved(before.get(one.record.id), one)]
    yield grid(["Classe mobile", "Ce qui est compté", "Alors", "Maintenant"], moved, right=(2, 3)) if moved else text("Aucun compte n'a changé.")
    counted = changed_since(EVERYWHERE, [one.record.id for one in shown], begun, when.moment)
    opened, closed = gaps_since(EVERYWHERE, begun, when, convention=told.key)
    yield lines([*(f"{WORDS[axis]} : {count}" for axis, count in sorted(counted.items()) if axis in WORDS), f"écarts ouverts : {opened}", f"écarts refermés : {closed}"])
    yield part("Décisions à suivre, et celles qui ont été closes depuis")
    open_then = {one.id for one in decisions(EVERYWHERE, told.key, When(begun, begun)) if one.open}
    followed = [one for one in decisions(EVERYWHERE, told.key, when) if one.open or one.id in open_then or one.meeting == last.id]
    yield grid(["Décision", "Qui", "Pour le", "État"], [_decision(one) for one in followed])


def _decision(one: Decision) -> list[str]:
    states = {"open": "ouverte", "done": "faite"}
    return [one.words, one.owner, short_day(one.due) if one.due else "", states.get(one.state, "abandonnée")]


def _moved(before: ClassOnBoard | None, now: ClassOnBoard) -> Iterator[list[str]]:
    old, new = _counts(before) if before else {}, _counts(now)
    for words, count in new.items():
        if old.get(words, "–") != count:
            yield [now.record.code, words, old.get(words, "–"), count]


def _counts(one: ClassOnBoard) -> dict[str, str]:
    told, expected = one.progress, one.progress.expected
    services = sum(service.state is StepState.DONE for service in told.services)
    return {
        "Enrôlées": f"{told.enrolled}/{expected}", "Conformes": f"{told.compliant}/{expected}", "Livrées": f"{told.step('delivery').done}/{expected}",
        "En service": f"{one.in_service}/{expected}", "Services de l'article 6.1": f"{services}/{len(SERVICES)}",
        "Visas du comité technique": f"{told.step('acceptance').done}/{told.step('acceptance').total}", "Service fait": told.step("service_done").state.french,
    }  # fmt: skip


def integrated(shown: Sequence[ClassOnBoard], when: When, more: int) -> Iterator[Piece]:
    """The evidence of each class, and what its signatories said of it."""
    if shown:
        heads = ["Classe mobile", "Enrôlées", "Conformes", "Wi-Fi", "Débit", "Contact récent", "Incidents", "Écarts"]
        yield grid(heads, [_row(one, when) for one in shown], left=f"et {more} autres classes mobiles, en annexe" if more > 0 else "")
    for one in shown:
        yield part(f"{one.record.code}, {one.school.name}")
        yield lines([*_services(one), *_visas(one, when), *_incidents(one, when), *_gaps(one, when)])


def _row(one: ClassOnBoard, when: When) -> list[str]:
    told = evidence(EVERYWHERE, one, when, when.moment)
    rate = RATES.get(told.connectivity, "non constaté")
    return [
        one.record.code, f"{told.enrolled}/{told.expected}", f"{told.compliant}/{told.expected}", one.progress.step("network").state.french,
        f"{told.mbps.replace('.', ',')} Mbit/s, {rate}" if told.mbps else rate, f"{one.contact_counts[ContactState.RECENT]}/{len(one.devices)}",
        str(len(_open(one, when))), str(len(told.discrepancies)),
    ]  # fmt: skip


def _services(one: ClassOnBoard) -> Iterator[str]:
    for service in one.progress.services:
        day = f", le {short_day(local_date(service.since))}" if service.since else ""
        yield f"{service.service.label} : {service.state.french}{day}"


def _visas(one: ClassOnBoard, when: When) -> Iterator[str]:
    given = visas(EVERYWHERE, one.record.code, when)
    for key, name in SIGNATORIES.items():
        visa = given.get(key)
        told = f"{visa.verdict.french}, le {short_day(local_date(visa.at))}, sur l'empreinte {visa.digest[:16] or '–'}" if visa else "attendu"
        yield f"Visa pour {name} : {told}"


def _open(one: ClassOnBoard, when: When) -> list[tuple[Kind, str]]:
    rows = of_classes(EVERYWHERE, [one.record.id], when.moment)
    said = states_of([row.id for row in rows], when)
    return [(Kind(row.kind), short_day(local_date(row.opened))) for row in rows if said.get(row.id, ("open", ""))[0] == "open"]


def _incidents(one: ClassOnBoard, when: When) -> Iterator[str]:
    return (f"Incident ouvert le {day} : {kind.french}" for kind, day in _open(one, when))


def _gaps(one: ClassOnBoard, when: When) -> Iterator[str]:
    for row in standing_of(EVERYWHERE, when, when.moment, class_id=one.record.id):
        verdict = f" ({row.verdict.french})" if row.verdict else ""
        yield f"Écart, {row.kind.french} : {row.text}{verdict}"
