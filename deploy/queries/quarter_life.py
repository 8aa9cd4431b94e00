"""What happened in a quarter, table by table: incidents, trainings, meetings, decisions, and what is to come (articles 3.2, 4.1 and 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from deploy.committee.meeting import MeetingState, notice_by, without_meeting
from deploy.committee.queries import Sitting, decisions, sittings
from deploy.committee.seats import quorate
from deploy.convention import Convention
from deploy.funding.queries import Account, displaced
from deploy.incidents.kind import Kind, Result
from deploy.incidents.queries import of_classes, states_of
from deploy.progress import STEP
from deploy.queries.board import ClassOnBoard
from deploy.reports.behind import Behind
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Column, Figure, Table
from deploy.schedule.queries import promises
from deploy.term.queries import requests
from inventory.french import amount, short_day
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.paris import local_date
from inventory.scope import EVERYWHERE

OPEN = "ouvert"


def life(period: Quarter, told: Convention, shown: Sequence[ClassOnBoard], account: Account, when: When) -> tuple[Table, ...]:
    """Incidents, trainings, meetings, decisions, risks and the next quarter."""
    met = sittings(EVERYWHERE, told.key, when)
    return (
        _incidents(shown, when), _trainings(shown), _meetings(told, met), _decisions(told, met, when),
        _risks(told, shown, account, met, when), _to_come(period, told, met, when), _requests(told, when),
    )  # fmt: skip


def life_figures(tables: Sequence[Table]) -> tuple[Figure, ...]:
    """Incidents still open, teachers trained, meetings held, risks, each recounted from its table."""
    rows = {table.key: table.rows for table in tables}
    still_open = sum(row[7] == OPEN for row in rows["incidents"])
    held = sum(row[4] == MeetingState.HELD.french for row in rows["reunions"])
    return (
        Figure("incidents", "Incidents ouverts", still_open, f"sur {len(rows['incidents'])} depuis le début", "incidents", Behind("state", (OPEN,))),
        Figure("trained", "Enseignants formés", sum(int(str(row[2] or 0)) for row in rows["formations"]), "présents", "formations", Behind(total="teachers")),
        Figure("meetings", "Réunions de comité", held, "tenues", "reunions", Behind("state", (MeetingState.HELD.french,))),
        Figure("risks", "Points à surveiller", len(rows["risques"]), "relevés", "risques", Behind()),
    )  # fmt: skip


def _incidents(shown: Sequence[ClassOnBoard], when: When) -> Table:
    columns = (
        Column("number", "N°", "int"), Column("kind", "Incident", "text"), Column("serial", "N° de série", "text"),
        Column("mobile_class", "Classe mobile", "text"), Column("school", "École", "text"), Column("opened", "Ouvert le", "date"),
        Column("closed", "Clos le", "date"), Column("state", "État", "text"), Column("age", "Âge en jours", "int"),
        Column("warranty", "Garantie jusqu'au", "date"), Column("reference", "Référence", "text"),
    )  # fmt: skip
    rows, until = of_classes(EVERYWHERE, [one.record.id for one in shown], when.moment), local_date(when.moment)
    said = states_of([row.id for row in rows], when)
    found = []
    for row in rows:
        value, reference = said.get(row.id, ("open", ""))
        opened, closed = local_date(row.opened), local_date(row.closed) if row.closed and value != "open" else None
        found.append((
            row.id, Kind(row.kind).french, row.tablet.serial if row.tablet else "", row.mobile_class.code if row.mobile_class else "",
            row.school.name, opened, closed, Result(value).french if closed else OPEN, ((closed or until) - opened).days,
            row.tablet.warranty_end if row.tablet else None, reference,
        ))  # fmt: skip
    return Table("incidents", "Incidents", columns, found)


def _trainings(shown: Sequence[ClassOnBoard]) -> Table:
    columns = (
        Column("mobile_class", "Classe mobile", "text"), Column("day", "Le", "date"), Column("teachers", "Enseignants présents", "int"),
        Column("state", "État", "text"),
    )  # fmt: skip
    rows = []
    for one in shown:
        said, state = one.said.get(f"{STEP}training"), one.progress.step("training").state
        present = str(said.detail.get("present", "")) if said else ""
        rows.append((one.record.code, local_date(said.at) if said else None, int(present) if present.isdecimal() else None, state.french))
    return Table("formations", "Prise en main", columns, rows)


def _meetings(told: Convention, met: Sequence[Sitting]) -> Table:
    columns = (
        Column("committee", "Comité", "text"), Column("day", "Jour", "date"), Column("notice_by", "Convoquer avant le", "date"),
        Column("notice", "Convoquée le", "date"), Column("state", "État", "text"), Column("quorum", "Quorum atteint", "bool"),
    )  # fmt: skip
    rows: list[tuple[object, ...]] = []
    for one in sorted(met, key=lambda one: (one.meeting.day, one.id)):
        committee = told.committee(one.meeting.committee)
        quorum = quorate(committee, one.present) if one.state is MeetingState.HELD else None
        last = notice_by(one.meeting.day, committee.meetings.notice_days.value)
        rows.append((committee.name.value, one.meeting.day, last, one.meeting.notice, one.state.french, quorum))
    return Table("reunions", "Réunions", columns, rows)


def _decisions(told: Convention, met: Sequence[Sitting], when: When) -> Table:
    columns = (
        Column("committee", "Comité", "text"), Column("day", "Réunion du", "date"), Column("words", "Décision", "text"),
        Column("owner", "Qui", "text"), Column("due", "Pour le", "date"), Column("state", "État", "text"),
    )  # fmt: skip
    of, states = {one.id: one for one in met}, {"open": "ouverte", "done": "faite"}
    rows = []
    for one in decisions(EVERYWHERE, told.key, when):
        meeting = of[one.meeting].meeting if one.meeting in of else None
        name = told.committee(meeting.committee).name.value if meeting else ""
        rows.append((name, meeting.day if meeting else None, one.words, one.owner, one.due, states.get(one.state, "abandonnée")))
    return Table("decisions", "Décisions", columns, rows)


def _risks(told: Convention, shown: Sequence[ClassOnBoard], account: Account, met: Sequence[Sitting], when: When) -> Table:
    columns = (Column("kind", "Risque", "text"), Column("subject", "Sur", "text"), Column("words", "Ce qui est constaté", "text"))
    today = local_date(when.moment)
    return Table("risques", "Risques", columns, [
        *_unsigned(told), *(line for one in shown for line in _of_class(one)), *_of_money(account, when, today),
        *((("Comité", committee.name.value, f"Aucune réunion au {quarter.label}")) for committee in told.committees
          for quarter in without_meeting([s.meeting.day for s in met if s.meeting.committee == committee.key and s.state is MeetingState.HELD], told.window.first, today)),
    ])  # fmt: skip


def _requests(told: Convention, when: When) -> Table:
    columns = (
        Column("kind", "Demande (8)", "text"), Column("sender", "Qui demande", "text"), Column("received", "Reçue le", "date"),
        Column("due", "Pour le", "date"), Column("answered", "Répondue le", "date"), Column("state", "État", "text"),
    )  # fmt: skip
    today = local_date(when.moment)
    rows = [(one.kind.french, one.sender, one.received, one.due, one.answered, one.state(today).french) for one in requests(EVERYWHERE, told.key, when).values()]
    return Table("demandes", "Demandes et enquêtes", columns, rows)


def _unsigned(told: Convention) -> Iterator[tuple[str, str, str]]:
    if told.signed_on is None:
        yield "Convention", told.key, "Non signée : sa durée, son terme et la date de l'avance ne se calculent pas (articles 7.1 et 11)"


def _of_class(one: ClassOnBoard) -> Iterator[tuple[str, str, str]]:
    blocked = one.progress.blocked_by
    if one.late_forecast and one.forecast.day:
        yield "Retard", one.record.code, f"Fin prévue le {short_day(one.forecast.day)}{f', bloquée par « {blocked.label} »' if blocked else ''}"
    rate = one.school_said.get("connectivity")
    if rate is None or rate.value == "insufficient":
        yield "Débit internet (3.1)", one.school.name, "Insuffisant" if rate else "Non constaté"
    for stage in (Stage.STOLEN, Stage.LOST, Stage.BROKEN):
        count = one.progress.stages[stage]
        if count:
            yield "Matériel", one.record.code, f"{count} × {stage.french}"


def _of_money(account: Account, when: When, today: date) -> Iterator[tuple[str, str, str]]:
    for _, sentence in account.obstacles:
        yield "Justificatif (7.1)", "dépenses", sentence
    for one in displaced(EVERYWHERE, account, when, today):
        if not one.justified:
            yield "Affectation (7.2)", one.serial, f"Achetée pour {one.bought_for}, à {one.now_in} : {amount(one.at_risk)} à reverser si rien ne le justifie"


def _to_come(period: Quarter, told: Convention, met: Sequence[Sitting], when: When) -> Table:
    columns = (Column("day", "Date", "date"), Column("kind", "Prévu", "text"), Column("subject", "Sur", "text"))
    rows = [(visit.slot.day, "Visite promise", f"{visit.code}") for visit in promises(EVERYWHERE, told.key, when).values() if visit.slot.day > period.last]
    rows += [(one.meeting.day, "Réunion", told.committee(one.meeting.committee).name.value) for one in met if one.state is MeetingState.PLANNED and one.meeting.day > period.last]
    rows += [(one.due, "Décision à tenir", one.words) for one in decisions(EVERYWHERE, told.key, when) if one.open and one.due]
    return Table("suite", "Trimestre suivant", columns, sorted(rows))
