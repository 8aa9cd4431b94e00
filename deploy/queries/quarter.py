"""What a quarter says: the state as of its last day, as it could be told on the day of issue, table by table."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from importlib.metadata import version

from deploy.convention import Convention
from deploy.funding.queries import account
from deploy.progress import Device
from deploy.queries.board import ClassOnBoard, board, known
from deploy.queries.conventions import convention_at
from deploy.queries.findings import findings_of, time_of
from deploy.queries.history import deliveries
from deploy.queries.quarter_before import since
from deploy.queries.quarter_life import life, life_figures
from deploy.queries.quarter_money import money, money_figures
from deploy.reports.behind import Behind
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Column, Export, Figure, Summary, Table
from deploy.steps import BY_KEY, SERVICES, StepState
from inventory.discrepancy import Standing
from inventory.journal import When, head
from inventory.mdm_status import MdmStatus
from inventory.paris import local_date
from inventory.plots import progress_against_window
from inventory.queries.gaps import GapRow, rows_then
from inventory.scope import EVERYWHERE


def export_of(period: Quarter, key: str, now: datetime, *, provisional: bool) -> Export:
    """The whole quarter of one convention. `now` is the day of issue: what is noted later is not in it."""
    when = When(min(period.end, now), now)
    told = convention_at(key, local_date(when.moment))
    shown = board(EVERYWHERE, when, now, key=key)
    gaps = _gaps_of(shown, when)
    found = findings_of(key)
    spent = account(EVERYWHERE, told, when)
    lived = life(period, told, shown, spent, when)
    figures = (*_figures(shown, gaps), *life_figures(lived), *money_figures(spent))
    tables = (
        _tablets(shown), _classes(shown), _schools(shown), _steps(shown), _services(shown), _mdm(shown), _gaps(gaps),
        *lived, *money(spent), _findings(found), since(period, key, now, figures),
    )  # fmt: skip
    position, digest = head()
    summary = _summary(period, told, shown, figures, when, now, provisional)
    return Export(period.key, summary, tables, position, digest, version("cartable"))


def _tablets(shown: Sequence[ClassOnBoard]) -> Table:
    columns = (
        Column("serial", "N° de série", "text"), Column("asset_tag", "N° d'inventaire", "text"), Column("model", "Modèle", "text"),
        Column("school_uai", "UAI", "text"), Column("school", "École", "text"), Column("mobile_class", "Classe mobile", "text"),
        Column("slot", "Alvéole", "int"), Column("stage", "Étape", "text"), Column("stage_since", "Depuis le", "date"),
        Column("mdm", "MDM", "text"), Column("mdm_since", "MDM depuis le", "date"), Column("conformity", "Conformité", "text"),
        Column("contact", "Contact", "text"), Column("last_contact", "Dernier contact", "moment"),
        Column("silent_school_days", "Jours de classe sans contact", "int"),
    )  # fmt: skip
    return Table("tablettes", "Tablettes", columns, [_tablet(one, device) for one in shown for device in one.devices])


def _tablet(one: ClassOnBoard, device: Device) -> tuple[object, ...]:
    tablet, contact = device.tablet, one.contacts[device.tablet.id]
    seen = tablet.seen
    return (
        tablet.serial, tablet.asset_tag, tablet.model, one.school.uai, one.school.name, one.record.code, tablet.slot,
        tablet.stage.label, local_date(tablet.stage_at) if tablet.stage_at else None,
        tablet.mdm.label, local_date(seen.since) if seen else None, device.conformity.label,
        contact.state.label, contact.last, contact.school_days if contact.last else None,
    )  # fmt: skip


def _classes(shown: Sequence[ClassOnBoard]) -> Table:
    columns = (
        Column("mobile_class", "Classe mobile", "text"), Column("school_uai", "UAI", "text"), Column("school", "École", "text"),
        Column("first", "Du", "date"), Column("last", "Au", "date"), Column("expected", "Attendues", "int"),
        Column("registered", "Inventoriées", "int"), Column("enrolled", "Enrôlées (MDM)", "int"),
        Column("configured", "Configurées", "int"), Column("compliant", "Conformes (MDM)", "int"),
        Column("delivered", "Livrées", "int"), Column("phase", "Phase", "text"), Column("blocked_by", "Bloquée par", "text"),
        Column("services_done", "Services rendus (sur 5)", "int"), Column("expected_end", "Fin prévue", "date"),
        Column("share", "Avancement, %", "int"),
    )  # fmt: skip
    return Table("classes", "Classes mobiles", columns, [_class(one) for one in shown])


def _class(one: ClassOnBoard) -> tuple[object, ...]:
    progress, blocked = one.progress, one.progress.blocked_by
    return (
        one.record.code, one.school.uai, one.school.name, one.first, one.last, progress.expected, len(one.devices),
        progress.enrolled, progress.configured, progress.compliant, progress.step("delivery").done, one.phase.label,
        blocked.label if blocked else "", sum(service.state.value == "done" for service in progress.services), one.forecast.day,
        int(100 * progress.share),
    )  # fmt: skip


def _schools(shown: Sequence[ClassOnBoard]) -> Table:
    columns = (
        Column("uai", "UAI", "text"), Column("school", "École", "text"), Column("name_printed", "Nom imprimé", "text"),
        Column("commune", "Commune", "text"), Column("classes", "Classes mobiles", "int"),
        Column("connectivity", "Débit internet (3.1)", "text"), Column("connectivity_on", "Constaté le", "date"),
        Column("council", "Conseil d'école informé le", "date"),
    )  # fmt: skip
    rows: dict[str, tuple[object, ...]] = {}
    for one in shown:
        connectivity, council = one.school_said.get("connectivity"), one.school_said.get("council_informed")
        labels = {"sufficient": "suffisant", "insufficient": "insuffisant", "waived": "dérogation"}
        classes = sum(other.school.uai == one.school.uai for other in shown)
        rows[one.school.uai] = (
            one.school.uai, one.school.name, one.school.name_printed, one.school.commune, classes,
            labels[connectivity.value] if connectivity else "non constaté",
            local_date(connectivity.at) if connectivity else None, local_date(council.at) if council else None,
        )  # fmt: skip
    return Table("ecoles", "Écoles", columns, list(rows.values()))


def _steps(shown: Sequence[ClassOnBoard]) -> Table:
    columns = (
        Column("mobile_class", "Classe mobile", "text"), Column("number", "Étape", "int"), Column("step", "Intitulé", "text"),
        Column("article", "Article", "text"), Column("state", "État", "text"), Column("done", "Fait", "int"),
        Column("total", "Sur", "int"), Column("since", "Depuis le", "date"),
    )  # fmt: skip
    rows = [
        (one.record.code, step.step.number, step.step.label, step.step.article, step.state.label, step.done, step.total,
         local_date(step.since) if step.since else None)
        for one in shown for step in one.progress.steps
    ]  # fmt: skip
    return Table("etapes", "Étapes", columns, rows)


def _services(shown: Sequence[ClassOnBoard]) -> Table:
    columns = (
        Column("mobile_class", "Classe mobile", "text"), Column("service", "Service (6.1)", "text"),
        Column("state", "État", "text"), Column("since", "Depuis le", "date"),
    )  # fmt: skip
    rows = [
        (one.record.code, service.service.label, service.state.label, local_date(service.since) if service.since else None)
        for one in shown for service in one.progress.services
    ]  # fmt: skip
    return Table("services", "Services", columns, rows)


def _mdm(shown: Sequence[ClassOnBoard]) -> Table:
    columns = (
        Column("mobile_class", "Classe mobile", "text"), Column("status", "État dans le MDM", "text"), Column("tablets", "Tablettes", "int"),
    )  # fmt: skip
    rows = [
        (one.record.code, status.label, sum(device.tablet.mdm is status for device in one.devices))
        for one in shown for status in MdmStatus
    ]  # fmt: skip
    return Table("mdm", "États MDM", columns, [row for row in rows if row[2]])


def _gaps_of(shown: Sequence[ClassOnBoard], when: When) -> list[GapRow]:
    """Those that stood in the convention's own mobile classes, and those of no class at all, which concern whoever reads; the oldest first."""
    own = {None, *(one.record.id for one in shown)}
    found = [row for row in rows_then(EVERYWHERE, when) if row.closed is None and row.class_id in own]
    return sorted(found, key=lambda row: (row.opened, row.id))


def _gaps(gaps: Sequence[GapRow]) -> Table:
    columns = (
        Column("kind", "Écart", "text"), Column("serial", "N° de série", "text"), Column("school_uai", "UAI", "text"),
        Column("mobile_class", "Classe mobile", "text"), Column("text", "Ce que disent les deux côtés", "text"), Column("opened", "Ouvert le", "date"),
        Column("standing", "Où il en est", "text"), Column("verdict", "Décision", "text"), Column("decided", "Décidé le", "date"), Column("owner", "Qui s'en charge", "text"),
    )  # fmt: skip
    rows = [
        (gap.kind.label, gap.serial, gap.uai, gap.class_code, gap.text, local_date(gap.since or gap.opened), gap.standing.label,
         gap.verdict.label if gap.verdict else None, local_date(gap.decided_at) if gap.decided_at else None, gap.owner.label)
        for gap in gaps
    ]  # fmt: skip
    return Table("ecarts", "Écarts", columns, rows)


def _findings(found: Sequence[object]) -> Table:
    columns = (
        Column("code", "Constat", "text"), Column("severity", "Gravité", "text"), Column("title", "Intitulé", "text"),
        Column("articles", "Articles", "text"), Column("printed", "Imprimé", "text"), Column("recomputed", "Recalculé", "text"),
        Column("consequence", "Conséquence", "text"), Column("euros", "Montant en jeu", "amount"), Column("retained", "Retenu", "text"),
    )  # fmt: skip
    rows = [
        (one.code, one.severity.label, one.title, ", ".join(one.articles), " ; ".join(one.printed), one.recomputed,  # type: ignore[attr-defined]
         one.consequence, one.euros, one.retained)  # type: ignore[attr-defined]
        for one in found
    ]  # fmt: skip
    return Table("constats", "Constats", columns, rows)


def _summary(
    period: Quarter, told: Convention, shown: Sequence[ClassOnBoard], figures: Sequence[Figure], when: When, now: datetime, provisional: bool,
) -> Summary:  # fmt: skip
    return Summary(
        title="État d'avancement trimestriel", convention=told.document.title.value, period_label=period.label, issued=now,
        known=now, provisional=provisional, mention=told.mention, figures=figures,
        plot_svg=_plot(told, shown, when), remarks=_remarks(told, shown),
    )  # fmt: skip


def _figures(shown: Sequence[ClassOnBoard], gaps: Sequence[GapRow]) -> tuple[Figure, ...]:
    expected = f"sur {sum(one.progress.expected for one in shown)} attendues"
    states = (StepState.DONE.french,)
    done = sum(service.state is StepState.DONE for one in shown for service in one.progress.services)
    undecided = sum(gap.standing is not Standing.DECIDED for gap in gaps)

    def step(key: str, label: str) -> Figure:
        count = sum(one.progress.step(key).done for one in shown)
        return Figure(key, label, count, expected, "etapes", Behind("number", (BY_KEY[key].number,), "done"))

    return (
        Figure("registered", "Tablettes inventoriées", sum(len(one.devices) for one in shown), expected, "tablettes", Behind()),
        Figure("enrolled", "Enrôlées, d'après le MDM", sum(one.progress.enrolled for one in shown), expected, "tablettes", Behind("mdm", (MdmStatus.ENROLLED.french,))),
        step("configuration", "Configurées"),
        step("delivery", "Livrées"),
        Figure("services", "Services rendus", done, f"sur {len(SERVICES) * len(shown)}", "services", Behind("state", states)),
        Figure("discrepancies", "Écarts qui tiennent", len(gaps), f"dont {undecided} à décider ou à revoir", "ecarts", Behind()),
    )  # fmt: skip


def _remarks(told: Convention, shown: Sequence[ClassOnBoard]) -> tuple[str, ...]:
    lines = [] if told.signed_on else ["Convention non signée : rien de ce qui part de sa signature n'est compté (articles 7.1 et 11)."]
    for one in shown:
        blocked = one.progress.blocked_by
        where = f", bloquée par « {blocked.label} »" if blocked else ""
        lines.append(f"{one.record.code} ({one.school.name}) : {one.phase.label}{where}.")
    return tuple(lines)


def _plot(told: Convention, shown: Sequence[ClassOnBoard], when: When) -> str:
    time, window = time_of(told), told.window
    today: date = local_date(when.moment)
    points = deliveries(EVERYWHERE, [one.record.id for one in shown], window, today, when)
    total = sum(one.progress.expected for one in shown)
    return progress_against_window(
        [(day, count, total) for day, count in points], window=window, today=None,
        closed=time.closed_spans(window.first, window.last), public_holidays=time.public_holidays(window.first, window.last),
        last_school_day=known(lambda: time.last_school_day(window.first, window.last)), expected_end=None,
        title="Tablettes livrées dans les écoles", standalone=True,
    )  # fmt: skip
