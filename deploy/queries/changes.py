"""What changed since somebody's last look: stages, steps, discrepancies opened and closed, conventions loaded, quarters issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from deploy.models import LoadedConvention, QuarterIssue
from deploy.queries.conventions import whole
from inventory.mdm_status import MdmStatus
from inventory.models import Person
from inventory.paris import written_local
from inventory.queries.changes import Line, StageChange, last_look, lines_since, stages_since
from inventory.queries.gap_counts import opened_since
from inventory.queries.gap_counts import since as changed_since
from inventory.queries.gaps import GapRow
from inventory.queries.listed_tablets import count_tablets
from inventory.queries.listing import Ask
from inventory.scope import Scope
from inventory.timeline import Moment, timeline

AXES = ("step:", "connectivity", "council_informed")
FIRST_LOOK = timedelta(days=30)
MOST_LINES = 12


@dataclass(frozen=True, slots=True)
class Told:
    """A line in words, and the class or school it is about."""

    line: Line
    moment: Moment


@dataclass(frozen=True, slots=True)
class Changes:
    """All that changed since a moment, as far as one may see; the first discrepancies that opened in `fresh`.

    `first` is True for somebody who never said to have seen anything: the last thirty days are shown.
    """

    since: datetime
    first: bool
    stages: Sequence[StageChange]
    words: Sequence[tuple[MdmStatus, int]]
    lines: Sequence[Told]
    lines_in_all: int
    fresh: Sequence[GapRow]
    opened: int
    closed: int
    loaded: Sequence[LoadedConvention]
    issued: Sequence[QuarterIssue]

    @property
    def address(self) -> str:
        """The moment as an address holds it."""
        return written_local(self.since)

    @property
    def nothing(self) -> bool:
        return not (self.stages or self.words or self.lines or self.opened or self.closed or self.loaded or self.issued)


def changes(person: Person, scope: Scope, now: datetime) -> Changes:
    """What changed for a person since their last look, told now; from the last thirty days before a first one."""
    seen = last_look(person)
    since = (seen or now - FIRST_LOOK).replace(microsecond=0)
    lines, in_all = lines_since(scope, since, AXES, MOST_LINES)
    told = [Told(line, timeline([line.event])[0]) for line in lines]
    (opened, closed), fresh = changed_since(scope, since, None), opened_since(scope, since, now)
    loaded = LoadedConvention.select().where(LoadedConvention.loaded > since)
    issued = QuarterIssue.select().where(QuarterIssue.issued > since).order_by(QuarterIssue.issued.desc())
    return Changes(
        since, seen is None, stages_since(scope, since), _words(scope, since), told, in_all, fresh, opened, closed, list(loaded),
        [row for row in issued if whole(scope, row.convention)],
    )  # fmt: skip


def _words(scope: Scope, since: datetime) -> list[tuple[MdmStatus, int]]:
    """How many tablets have each MDM word, of those whose word changed: what the list of the same filters holds."""
    asked = [(status, Ask(filters={"mdm_depuis": written_local(since), "mdm": status.value})) for status in MdmStatus]
    counted = [(status, count_tablets(ask, None, scope=scope)) for status, ask in asked if status is not MdmStatus.UNKNOWN]
    return [(status, count) for status, count in counted if count]
