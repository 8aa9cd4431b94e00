"""What the API tells of the deployment, typed; the French words go into the published document."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from msgspec import Struct

from deploy.findings.finding import Finding, Severity
from deploy.progress import ServiceProgress, StepProgress
from deploy.queries.board import ClassOnBoard
from deploy.schedule.pace import Phase
from deploy.setup.checklist import Check, ItemState
from deploy.setup.evidence import Conformity
from deploy.steps import Level, StepState
from inventory.contact import ContactState
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.queries.counters import Totals


class Sums(Struct):
    """Les tablettes des classes mobiles : par étape (parole d'une personne), par état dans le MDM."""

    classes: int
    expected: int
    inventoried: int
    delivered: int
    enrolled: int
    silent: int
    stages: dict[Stage, int]
    mdm: dict[MdmStatus, int]

    @classmethod
    def of(cls, told: Totals) -> Sums:
        return cls(
            told.classes, told.expected, told.inventoried, told.delivered, told.enrolled, told.silent, dict(told.stages), dict(told.mdm)
        )


class BoardLine(Struct):
    """Une classe mobile au tableau de bord ; « share » est la part du déploiement faite, de 0 à 1."""

    code: str
    school: str
    first: date
    last: date
    phase: Phase
    days_left: int | None
    expected: int
    inventoried: int
    enrolled: int
    configured: int
    compliant: int
    share: float
    complete: bool
    blocked_by: str | None
    forecast: date | None
    late_forecast: bool
    contacts: dict[ContactState, int]

    @classmethod
    def of(cls, one: ClassOnBoard) -> BoardLine:
        counted = one.progress
        return cls(
            one.record.code, one.school.uai, one.first, one.last, one.phase, one.days_left, counted.expected, len(one.devices),
            counted.enrolled, counted.configured, counted.compliant, round(float(counted.share), 4), counted.complete,
            counted.blocked_by.key if counted.blocked_by else None, one.forecast.day, one.late_forecast, dict(one.contact_counts),
        )  # fmt: skip


class BoardShown(Struct):
    """Le tableau de bord : les sommes de toutes les classes, et une page de classes par code."""

    totals: Sums
    items: list[BoardLine]
    next: str | None = None
    previous: str | None = None


class StepLine(Struct):
    """Une des quatorze étapes : combien de ses unités sont faites, depuis quand."""

    key: str
    label: str
    level: Level
    state: StepState
    done: int
    total: int
    since: datetime | None

    @classmethod
    def of(cls, one: StepProgress) -> StepLine:
        return cls(one.step.key, one.step.label, one.step.level, one.state, one.done, one.total, one.since)


class ServiceLine(Struct):
    """Un des cinq services de l'article 6.1."""

    key: str
    label: str
    state: StepState
    since: datetime | None

    @classmethod
    def of(cls, one: ServiceProgress) -> ServiceLine:
        return cls(one.service.key, one.service.label, one.state, one.since)


class ProgressShown(Struct):
    """Une classe mobile : sa ligne au tableau de bord, ses étapes, ses services."""

    board: BoardLine
    steps: list[StepLine]
    services: list[ServiceLine]

    @classmethod
    def of(cls, one: ClassOnBoard) -> ProgressShown:
        counted = one.progress
        return cls(BoardLine.of(one), [StepLine.of(step) for step in counted.steps], [ServiceLine.of(service) for service in counted.services])


class StepDevice(Struct):
    """Une tablette devant une étape ; « at » est inconnu quand le moment n'a pas été dit."""

    id: int
    name: str
    done: bool
    at: datetime | None


class CheckLine(Struct):
    """Un point de la configuration initiale : la parole d'une personne et la preuve du MDM, côte à côte."""

    key: str
    label: str
    state: ItemState
    said: str
    said_at: datetime | None
    proof: str

    @classmethod
    def of(cls, one: Check) -> CheckLine:
        return cls(one.item.key, one.item.label, one.state, one.said, one.said_at, one.proof.text)


class ChecksShown(Struct):
    """Une tablette devant sa configuration initiale, et son silence en temps scolaire."""

    id: int
    conformity: Conformity
    contact: ContactState
    silent_school_days: int | None
    checks: list[CheckLine]


class Word(Struct):
    """Ce qu'une personne a dit, et quand."""

    value: str
    at: datetime
    detail: Mapping[str, str | None]


class ReadinessShown(Struct):
    """Ce qui est vérifié d'une école avant la livraison (article 3.1)."""

    connectivity: Word | None
    council_informed: Word | None


class FindingShown(Struct):
    """Un constat sur la convention : ce qu'elle écrit, ce que le calcul donne, ce que cela coûte, ce qui est retenu."""

    code: str
    severity: Severity
    title: str
    articles: tuple[str, ...]
    printed: tuple[str, ...]
    recomputed: str
    consequence: str
    euros: str | None
    retained: str

    @classmethod
    def of(cls, one: Finding) -> FindingShown:
        return cls(
            one.code, one.severity, one.title, one.articles, one.printed, one.recomputed, one.consequence,
            None if one.euros is None else str(one.euros), one.retained,
        )  # fmt: skip
