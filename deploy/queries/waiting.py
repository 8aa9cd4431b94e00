"""What waits for somebody: the next steps that their role may record, class by class, and the quarter to issue."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from deploy.convention import Convention
from deploy.findings import Finding
from deploy.models import QuarterIssue
from deploy.progress import STEP, StepProgress
from deploy.queries.board import ClassOnBoard
from deploy.queries.conventions import whole
from deploy.reports.quarter import Quarter
from deploy.steps import BY_KEY, Level
from inventory.models import Person
from inventory.paris import local_date
from inventory.roles import Role
from inventory.scope import Scope


@dataclass(frozen=True, slots=True)
class Due:
    """A step of a mobile class that can be done now, and how many of its units are left."""

    one: ClassOnBoard
    progress: StepProgress

    @property
    def left(self) -> int:
        return self.progress.total - self.progress.done

    @property
    def by_tablet(self) -> bool:
        return self.progress.step.level is Level.DEVICE


def due(shown: Sequence[ClassOnBoard], person: Person) -> list[Due]:
    """The steps that this person may record now, the classes that are late first."""
    found = [Due(one, progress) for one in shown for progress in _ready(one) if _concerns(one, progress, person)]
    return sorted(found, key=lambda one: (not one.one.late_forecast and one.one.phase.value != "late", one.one.record.code))


def _ready(one: ClassOnBoard) -> Iterator[StepProgress]:
    """The steps not settled of which all that comes before is; once a class is complete, those of after its delivery only."""
    settled = {progress.step.key for progress in one.progress.steps if progress.settled}
    for progress in one.progress.steps:
        past = one.progress.complete and progress.step.number <= BY_KEY["delivery"].number
        if not progress.settled and not past and settled.issuperset(progress.step.needs):
            yield progress


def _concerns(one: ClassOnBoard, progress: StepProgress, person: Person) -> bool:
    if Role(person.role) not in progress.step.roles:
        return False
    return progress.step.key != "acceptance" or f"{STEP}acceptance:{person.signatory}" not in one.said


@dataclass(frozen=True, slots=True)
class QuarterState:
    """The quarter under way, its days left, and the one that is over: issued, or with what is missing to issue it well."""

    current: Quarter
    days_left: int
    over: Quarter | None
    issued: QuarterIssue | None
    undecided: Sequence[Finding]


def quarter_state(told: Convention, scope: Scope, moment: datetime, findings: Sequence[Finding]) -> QuarterState | None:
    """Where the account of the quarters stands at a moment (article 4.1); None for who does not see the whole convention."""
    if not whole(scope, told.key):
        return None
    today = local_date(moment)
    current = Quarter.of(today)
    before = current.before()
    over = before if before.last >= told.window.first else None
    same = (QuarterIssue.convention == told.key) & (QuarterIssue.period == before.key) & (QuarterIssue.issued <= moment)
    issue = QuarterIssue.select().where(same).order_by(QuarterIssue.number.desc()).first() if over else None
    undecided = [one for one in findings if not one.retained and one.severity.value != "verified"]
    return QuarterState(current, (current.last - today).days, over, issue, undecided)
