"""What the committees' pages read: the evidence of a class, the seats and their holders, the meetings and the decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from deploy.committee import meeting as meetings_told
from deploy.committee.agenda import draft
from deploy.committee.integration import Evidence, TabletShown, Verdict
from deploy.committee.meeting import Decision, Meeting, MeetingState
from deploy.committee.seats import Absence
from deploy.convention import Convention
from deploy.models import Decision as DecisionPaper
from deploy.models import LoadedConvention
from deploy.models import Meeting as MeetingPaper
from deploy.progress import STEP
from deploy.queries.board import ClassOnBoard, board, on_board
from deploy.queries.conventions import convention, whole
from deploy.steps import SIGNATORIES
from inventory.errors import NotFound
from inventory.journal import Line, When, facts, history, lines
from inventory.paris import at, local_date
from inventory.queries.gap_counts import since, standing_in
from inventory.queries.gaps import standing_of
from inventory.queries.places import mobile_class
from inventory.scope import Scope

SAID, MEETING, DECISION = "said", "meeting", "decision"
SEAT, ABSENCE, PRESENT = "seat:", "absence:", "presence:"
ACCEPTANCE = f"{STEP}acceptance"


@dataclass(frozen=True, slots=True)
class Visa:
    """A signatory's verdict on a class: what it said, when, over which evidence, kept whole with its digest."""

    signatory: str
    verdict: Verdict
    at: datetime
    shown: Mapping[str, Any] | None
    digest: str


@dataclass(frozen=True, slots=True)
class Sitting:
    """A meeting as it stands: its paper, its state, who was there."""

    id: int
    meeting: Meeting
    state: MeetingState
    present: frozenset[int]


def integration(scope: Scope, code: str, when: When | None, now: datetime) -> tuple[ClassOnBoard, Evidence]:
    """A class and the evidence of its integration; raises `NotFound` outside the scope."""
    one = on_board(scope, mobile_class(scope, code).id, when, now)
    return one, evidence(scope, one, when, now)


def evidence(scope: Scope, one: ClassOnBoard, when: When | None, now: datetime) -> Evidence:
    """What the board says of a class, without any age: two looks at an unchanged class give the same evidence. A decided discrepancy bears its decision."""
    told = standing_of(scope, when, now, class_id=one.record.id)
    rate = one.school_said.get("connectivity")
    return Evidence(
        one.record.code, one.school.uai, one.progress.expected,
        [TabletShown(d.tablet.slot, d.tablet.serial, str(d.tablet.stage), str(d.tablet.mdm), str(d.conformity)) for d in one.devices],
        {service.service.key: str(service.state) for service in one.progress.services},
        str(one.progress.step("network").state), rate.value if rate else "unknown", str((rate and rate.detail.get("mbps")) or ""),
        sorted(":".join([row.kind.value, row.serial, *([row.verdict.value] if row.verdict else [])]) for row in told),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Compared:
    """A class at two moments: its counts then and afterwards, of the tablets it should have, and its two evidences; None where it was not there."""

    code: str
    school: str
    uai: str
    counts: Sequence[tuple[str, int, int]]
    before: Evidence | None
    after: Evidence | None


def compared(scope: Scope, key: str, first: When, last: When, now: datetime, *, class_ids: Sequence[int] | None = None) -> list[Compared]:
    """The classes of a convention that somebody sees, at two moments: each the board of its own, nothing else."""
    then, later_on = ({one.record.code: one for one in board(scope, when, now, key=key, class_ids=class_ids)} for when in (first, last))
    return [_compared(scope, then.get(code), later_on.get(code), first, last, now) for code in sorted(then.keys() | later_on.keys())]


def _compared(scope: Scope, one: ClassOnBoard | None, two: ClassOnBoard | None, first: When, last: When, now: datetime) -> Compared:
    shown = two or one
    assert shown is not None
    counts = [(key, _counts(one)[key], _counts(two)[key]) for key in ("registered", "enrolled", "configured", "compliant", "delivered", "services")]
    return Compared(
        shown.record.code, shown.school.name, shown.school.uai, counts, evidence(scope, one, first, now) if one else None, evidence(scope, two, last, now) if two else None,
    )  # fmt: skip


def _counts(one: ClassOnBoard | None) -> Counter[str]:
    if one is None:
        return Counter()
    told = one.progress
    return Counter(
        registered=len(one.devices), enrolled=told.enrolled, configured=told.configured, compliant=told.compliant, delivered=told.step("delivery").done,
        services=sum(str(service.state) == "done" for service in told.services),
    )  # fmt: skip


def visas(scope: Scope, code: str, when: When | None) -> dict[str, Visa]:
    """The last verdict of each signatory on a class; raises `NotFound` outside the scope."""
    number = mobile_class(scope, code).id
    told = facts("mobile_class", axes=[f"{ACCEPTANCE}:{signatory}" for signatory in SIGNATORIES], ids=[number], when=when)
    return {axis.rpartition(":")[2]: _visa(axis.rpartition(":")[2], line) for (_, axis), line in told.items()}


def _visa(signatory: str, line: Line) -> Visa:
    verdict = Verdict(line.detail.get("verdict", Verdict.VALIDATED))
    return Visa(signatory, verdict, line.at, line.detail.get("shown"), str(line.detail.get("digest", "")))


def holders(scope: Scope, told_key: str, committee: str, when: When | None) -> dict[int, int]:
    """The person's number of each seat that is held, by the seat's place."""
    prefix = f"{SEAT}{committee}:"
    return {int(axis.removeprefix(prefix)): int(line.value) for axis, line in _of_convention(scope, told_key, prefix, when) if line.value}


def absences(scope: Scope, told_key: str, committee: str, when: When | None) -> dict[int, Absence]:
    """The last absence recorded of each seat, by its place."""
    prefix = f"{ABSENCE}{committee}:"
    return {
        int(axis.removeprefix(prefix)): Absence(date.fromisoformat(line.detail["first"]), date.fromisoformat(line.detail["last"]))
        for axis, line in _of_convention(scope, told_key, prefix, when) if line.value == "absent"
    }  # fmt: skip


def _of_convention(scope: Scope, key: str, prefix: str, when: When | None) -> list[tuple[str, Any]]:
    if not whole(scope, key):
        return []
    row = LoadedConvention.get(LoadedConvention.key == key)
    found = facts(str(row._meta.table_name), ids=[row.id], when=when)
    return sorted((axis, line) for (_, axis), line in found.items() if axis.startswith(prefix))


def sittings(scope: Scope, key: str, when: When | None) -> list[Sitting]:
    """Every meeting of a convention, the next to come first, then the past ones, the newest first."""
    if not whole(scope, key):
        return []
    ids = MeetingPaper.select(MeetingPaper.id).where(MeetingPaper.convention == key)
    by_meeting: dict[int, dict[str, Any]] = {}
    for (number, axis), line in facts(MEETING, ids=ids, when=when).items():
        by_meeting.setdefault(number, {})[axis] = line
    found = [_sitting(number, told) for number, told in by_meeting.items() if SAID in told]
    return sorted(found, key=lambda one: (one.meeting.day, one.id), reverse=True)


def _sitting(number: int, told: Mapping[str, Any]) -> Sitting:
    present = {int(axis.removeprefix(PRESENT)) for axis, line in told.items() if axis.startswith(PRESENT) and line.value == "present"}
    return Sitting(number, meetings_told.read(told[SAID].detail), MeetingState(told[SAID].value), frozenset(present))


def sitting(scope: Scope, number: int, when: When | None) -> Sitting:
    """One meeting; raises `NotFound`."""
    row = MeetingPaper.get_or_none(MeetingPaper.id == number)
    found = [one for one in sittings(scope, row.convention, when) if one.id == number] if row else []
    if not found:
        raise NotFound
    return found[0]


def minutes(scope: Scope, number: int, when: When | None) -> list[str]:
    """The paragraphs of the last minutes of a meeting."""
    sitting(scope, number, when)
    told = [event.remark.text for event in history(MEETING, number, axes=[SAID]) if event.value == MeetingState.HELD and getattr(event, "remark", None)]
    return [line for line in (told[0] or "").splitlines() if line.strip()] if told else []


def decisions(scope: Scope, key: str, when: When | None) -> list[Decision]:
    """Every decision of a convention, the open ones first, by their date."""
    if not whole(scope, key):
        return []
    ids = DecisionPaper.select(DecisionPaper.id).where(DecisionPaper.convention == key)
    found = [
        Decision(
            number, line.detail["meeting"], line.detail["words"], line.detail["owner"],
            date.fromisoformat(line.detail["due"]) if line.detail["due"] else None, line.value,
        )
        for (number, _), line in facts(DECISION, axes=[SAID], ids=ids, when=when).items()
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.open, one.due or date.max, one.id))


def decision(scope: Scope, number: int) -> tuple[DecisionPaper, Decision]:
    """One decision; raises `NotFound`."""
    row = DecisionPaper.get_or_none(DecisionPaper.id == number)
    found = [one for one in decisions(scope, row.convention, None) if one.id == number] if row else []
    if not found:
        raise NotFound
    return row, found[0]


def changed_since(scope: Scope, ids: Sequence[int], since: datetime, until: datetime) -> Counter[str]:
    """How many words of persons and machines the tablets of some classes took after a moment, by kind of word; for who sees them."""
    inside = [device.tablet.id for class_id in ids for device in on_board(scope, class_id, None, until).devices]
    told = (line for line in lines("tablet", ids=inside, when=When(until)) if line.at > since)
    return Counter(line.axis.partition(":")[0] for line in told)


def agenda_of(scope: Scope, key: str, committee: str, now: datetime) -> list[str]:
    """The agenda that what is open gives a committee today."""
    classes = board(scope, None, now, key=key)
    waiting = [one.record.code for one in classes if one.progress.step("delivery").settled and not one.progress.step("acceptance").settled]
    late = {one.record.code: one.progress.blocked_by.label for one in classes if one.late_forecast and one.progress.blocked_by}
    return draft(decisions(scope, key, None), waiting, late, committee, local_date(now))


def last_held(scope: Scope, key: str, committee: str, now: datetime) -> Sitting | None:
    """The last meeting of a committee that was held."""
    return next((one for one in sittings(scope, key, When(now)) if one.meeting.committee == committee and one.state is MeetingState.HELD), None)


def gaps_since_last(scope: Scope, key: str, committee: str, when: When | None, now: datetime) -> Mapping[str, Any] | None:
    """The discrepancies opened and closed since the last meeting that a committee held, and those that stand; None before its first."""
    last = last_held(scope, key, committee, when.moment if when else now)
    if last is None:
        return None
    opened, closed = since(scope, at(last.meeting.day, last.meeting.time), when, convention=key)
    return {"day": last.meeting.day, "opened": opened, "closed": closed, "standing": standing_in(scope, when, key)}


def committee_convention(scope: Scope) -> Convention:
    """The convention, for who sees all its schools; raises `NotFound`."""
    told = convention()
    if not whole(scope, told.key):
        raise NotFound
    return told
