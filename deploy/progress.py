"""How far a mobile class is: its fourteen steps and five services, counted from its tablets up (articles 3.1, 4.2.2, 6.1, 7.1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction

from deploy.setup.checklist import Check
from deploy.setup.evidence import Conformity
from deploy.steps import (
    BY_KEY,
    NEVER_WAIVED,
    PARTS_OF_NETWORK,
    SERVICES,
    SIGNATORIES,
    STEPS,
    Level,
    Service,
    Step,
    StepState,
)
from inventory.lifecycle import Stage, reached
from inventory.mdm_status import MdmStatus
from inventory.sight import TabletState

STEP = "step:"
SCHOOL_AXES = ("connectivity", "council_informed")
SUFFICIENT = frozenset({"sufficient", "waived"})


@dataclass(frozen=True, slots=True)
class Said:
    """A person's word about a class or its school: its value, its moment, and what came with it."""

    value: str
    at: datetime
    detail: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Device:
    """A tablet of the class with its checklist and its conformity."""

    tablet: TabletState
    checks: Sequence[Check]
    conformity: Conformity
    milestones: Mapping[Stage, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepProgress:
    """One step of a class: how many of its units are done, since when, and by whose word."""

    step: Step
    state: StepState
    done: int
    total: int
    since: datetime | None = None
    said: Said | None = None

    @property
    def settled(self) -> bool:
        return self.state in (StepState.DONE, StepState.WAIVED)


@dataclass(frozen=True, slots=True)
class ServiceProgress:
    """One of the five services of article 6.1, rendered or not."""

    service: Service
    state: StepState
    since: datetime | None


@dataclass(frozen=True, slots=True)
class ClassProgress:
    """A mobile class at a moment."""

    expected: int
    stages: Counter[Stage]
    enrolled: int
    configured: int
    compliant: int
    steps: tuple[StepProgress, ...]
    services: tuple[ServiceProgress, ...]

    @property
    def complete(self) -> bool:
        """All the equipment is handed over and the five services are rendered (article 6.1)."""
        return self.step("delivery").settled and all(service.state is StepState.DONE for service in self.services)

    @property
    def blocked_by(self) -> Step | None:
        """The first step that is not done though all it needs is; None when everything is.

        Once the class is complete, what its tablets lose is a drift of their configuration, not a step back of the deployment.
        """
        settled = {progress.step.key for progress in self.steps if progress.settled}
        waiting = [progress.step for progress in self.steps if not progress.settled]
        if self.complete:
            waiting = [step for step in waiting if step.level is Level.CLASS and step.number > BY_KEY["delivery"].number]
        return next((step for step in waiting if settled.issuperset(step.needs)), waiting[0] if waiting else None)

    @property
    def share(self) -> Fraction:
        """The part of the deployment done, up to the teachers' first use: each step weighs the same."""
        if self.complete:
            return Fraction(1)
        counted = [progress for progress in self.steps if progress.step.number <= BY_KEY["training"].number]
        parts = [Fraction(1) if one.settled else Fraction(one.done, one.total) if one.total else Fraction(0) for one in counted]
        return sum(parts, Fraction(0)) / len(parts)

    def step(self, key: str) -> StepProgress:
        return self.steps[BY_KEY[key].number]


def progress(expected: int, devices: Sequence[Device], said: Mapping[str, Said], school: Mapping[str, Said]) -> ClassProgress:
    """Count a class. `said` are the words on the class by axis (`step:order`...), `school` those on its school."""
    tablets = [device.tablet for device in devices]
    steps = tuple(_step(step, expected, devices, said, school) for step in STEPS)
    return ClassProgress(
        expected=expected,
        stages=Counter(tablet.stage for tablet in tablets),
        enrolled=sum(tablet.mdm is MdmStatus.ENROLLED for tablet in tablets),
        configured=steps[BY_KEY["configuration"].number].done,
        compliant=sum(device.conformity is Conformity.COMPLIANT for device in devices),
        steps=steps,
        services=tuple(_service(service, steps, said) for service in SERVICES),
    )


def _step(
    step: Step, expected: int, devices: Sequence[Device], said: Mapping[str, Said], school: Mapping[str, Said]
) -> StepProgress:
    waiver = said.get(STEP + step.key)
    if waiver and waiver.value == "waived" and step.key not in NEVER_WAIVED:
        return StepProgress(step, StepState.WAIVED, 0, 0, waiver.at, waiver)
    if step.level is Level.DEVICE:
        return _device_step(step, expected, devices)
    if step.level is Level.SCHOOL:
        return _parts(step, [school.get(axis) for axis in SCHOOL_AXES])
    if step.key == "network":
        return _parts(step, [said.get(STEP + part) for part in PARTS_OF_NETWORK])
    if step.key == "acceptance":
        return _parts(step, [said.get(f"{STEP}acceptance:{signatory}") for signatory in SIGNATORIES])
    return _parts(step, [waiver])


def _parts(step: Step, words: Sequence[Said | None]) -> StepProgress:
    """A step made of one or several words of persons, done when all are said."""
    good = {"done"} if step.key in NEVER_WAIVED else SUFFICIENT | {"done"}
    done = [word for word in words if word is not None and word.value in good]
    since = max((word.at for word in done), default=None)
    return StepProgress(step, _state(len(done), len(words)), len(done), len(words), since, done[-1] if done else None)


def _device_step(step: Step, expected: int, devices: Sequence[Device]) -> StepProgress:
    ends = [end for device in devices if (end := device_step_end(step, device)) is not NOT_DONE]
    since = max((end for end in ends if isinstance(end, datetime)), default=None)
    total = max(expected, len(devices))
    return StepProgress(step, _state(len(ends), total), len(ends), total, since)


NOT_DONE = object()


def device_step_end(step: Step, device: Device) -> object:
    """When a tablet finished a step (None if that moment is unknown), or `NOT_DONE`."""
    checks = [check for check in device.checks if check.item.step == step.key]
    if checks:
        if not all(check.done for check in checks):
            return NOT_DONE
        return max((moment for check in checks if (moment := check.said_at or check.proof.told_at)), default=None)
    if step.stage is not None and reached(device.tablet.prepared, step.stage):
        return device.milestones.get(step.stage)
    return NOT_DONE


def _state(done: int, total: int) -> StepState:
    if done == 0:
        return StepState.TODO
    return StepState.DONE if done >= total else StepState.PARTLY


def _service(service: Service, steps: Sequence[StepProgress], said: Mapping[str, Said]) -> ServiceProgress:
    if service.step in BY_KEY:
        step = steps[BY_KEY[service.step].number]
        return ServiceProgress(service, step.state, step.since)
    word = said.get(STEP + service.step)
    done = word is not None and word.value in ("done", "waived")
    return ServiceProgress(service, StepState.DONE if done else StepState.TODO, word.at if done and word else None)
