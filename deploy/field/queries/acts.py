"""Every reading of acts: what was received, what waits for a decision, what a phone lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from peewee import fn

from deploy.field.act import IN_TRAY, SUBJECT, Act, ActState, Kind
from deploy.field.merge import Present, Wish
from deploy.models import EvidenceFile, FieldAct, FieldDecision
from deploy.progress import STEP
from deploy.queries.conventions import baselines
from deploy.setup.checklist import SETUP
from deploy.steps import TICKS
from inventory.errors import NotFound
from inventory.journal import When, facts, history
from inventory.lifecycle import Stage
from inventory.models import Event, MobileClass, Person, School, Tablet
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.spoken import moment
from inventory.words import tell

SUBJECTS: Mapping[str, Any] = {"tablet": Tablet, "mobile_class": MobileClass, "school": School}
SHOWN, SHOWN_PHOTOS = 200, 24


@dataclass(frozen=True, slots=True)
class Contest:
    """One field of an act, as the phone said it and as somebody else did since."""

    key: str
    label: str
    mine: str
    theirs: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """An act in the tray: what it is about, who did it, and why it waits."""

    row: FieldAct
    kind: Kind
    state: ActState
    subject: Any
    sentences: Sequence[str]
    contests: Sequence[Contest]

    @property
    def phone(self) -> str:
        """When it was done, as the phone tells time: in words, or as it was sent."""
        try:
            told = datetime.fromisoformat(self.row.phone_time)
        except ValueError:
            return str(self.row.phone_time)
        return moment(told) if told.tzinfo else str(self.row.phone_time)


def source_of(device: str) -> str:
    """What the journal says of where a line comes from, for a phone."""
    return f"field:{device}"


def subject(scope: Scope, text: str) -> Any:
    """The thing an act is about, None for a whole round; raises `NotFound`, outside the scope too."""
    found = SUBJECT.fullmatch(text)
    if found is None or found[1] not in SUBJECTS:
        return None
    model = SUBJECTS[found[1]]
    row = visible(scope, model).where((model.id == int(found[2])) & ~model.withdrawn).first()
    if row is None:
        raise NotFound
    return row


def received(acts: Sequence[Act]) -> list[FieldAct]:
    """The acts that came under these ids, or in these places of their phones' order."""
    found = FieldAct.id.in_([act.id for act in acts])
    for device, mine in groupby(acts, lambda act: act.device):
        found |= (FieldAct.device == device) & FieldAct.sequence.in_([act.sequence for act in mine])
    return list(FieldAct.select().where(found))


def numbers(device: str, oldest: int) -> set[int]:
    """The numbers of a phone's acts that came, from its `oldest` unsent one."""
    rows = FieldAct.select(FieldAct.sequence).where((FieldAct.device == device) & (FieldAct.sequence >= oldest))
    return {number for (number,) in rows.tuples()}


def holes(device: str) -> list[int]:
    """The numbers of a phone's order that never came, below the last that did: each is an act that the phone has lost."""
    told = FieldAct.select(FieldAct.sequence).where(FieldAct.device == device)
    count, last = told.select(fn.COUNT(FieldAct.id), fn.MAX(FieldAct.sequence)).tuples().get()
    if not count or count == last:
        return []
    there = {number for (number,) in told.tuples()}
    return [number for number in range(1, last) if number not in there][:SHOWN]


def present(wishes: Sequence[Wish], device: str) -> dict[tuple[str, tuple[int, str]], Present]:
    """What is there now of the fields that an act wishes to change."""
    found = {}
    for kind in {wish.subject for wish in wishes}:
        mine = [wish for wish in wishes if wish.subject == kind]
        for field, line in facts(kind, axes={wish.axis for wish in mine}, ids={wish.subject_id for wish in mine}).items():
            found[kind, field] = Present(line.value, line.position, _own(line.position, device))
    return found


def _own(position: int, device: str) -> bool:
    return Event.select().where((Event.position == position) & (Event.source == source_of(device))).exists()


def waiting(scope: Scope, when: When | None = None) -> list[Waiting]:
    """The acts to decide, or that were, oldest first, of what the scope holds; what nobody's scope holds is shown from everywhere."""
    undecided, received = FieldDecision.act.is_null(), FieldAct.state.in_([state.value for state in IN_TRAY])
    if when is not None:
        undecided, received = undecided | (FieldDecision.at > when.moment), received & (FieldAct.received <= when.moment)
    open_acts = (
        FieldAct.select(FieldAct, Person)
        .join(Person)
        .switch(FieldAct)
        .left_outer_join(FieldDecision)
        .where(received & undecided)
    )
    told = (_waiting(scope, row) for row in open_acts.order_by(FieldAct.received, FieldAct.device, FieldAct.sequence).limit(SHOWN))
    return [one for one in told if one is not None]


def one_waiting(scope: Scope, act_id: str) -> Waiting:
    """One act to decide or decided; raises `NotFound`, outside the scope too."""
    row = FieldAct.get_or_none((FieldAct.id == act_id) & FieldAct.state.in_([state.value for state in IN_TRAY]))
    found = _waiting(scope, row) if row else None
    if found is None:
        raise NotFound
    return found


def _waiting(scope: Scope, row: FieldAct) -> Waiting | None:
    try:
        about = subject(scope, row.subject)
    except NotFound:
        about = None
    if about is None and not scope.everywhere:
        return None
    contests = [_contest(one) for one in row.told.get("contested", ())]
    return Waiting(row, Kind(row.kind), ActState(row.state), about, row.told.get("sentences", ()), contests)


def _contest(told: Mapping[str, Any]) -> Contest:
    line = Event.select(Event, Person).left_outer_join(Person).where(Event.position == told["position"]).first()
    by = line.actor.name if line is not None and line.actor_id else ""
    key = f"{told['subject']}:{told['id']}:{told['axis']}"
    mine, theirs = (value_told(told["axis"], told[side]) for side in ("mine", "theirs"))
    return Contest(key, field_told(told["axis"]), mine, theirs, by, line.at if line else None)


def field_told(axis: str) -> str:
    """The words of a field: the item of a baseline, a step of a cart, the stage or the place of a tablet."""
    items = {SETUP + item.key: item.label for baseline in baselines().values() for item in baseline.items}
    steps = {STEP + key: tell(label) for key, label in TICKS.items()}
    return (items | steps | {"stage": tell("Étape"), "place": tell("Place")}).get(axis, axis)


def value_told(axis: str, value: str) -> str:
    """The words of a field's value."""
    if axis == "stage":
        return Stage(value).label if value in list(Stage) else value
    if axis == "place":
        return tell("alvéole {slot}", slot=value.partition("/")[2]) if value else tell("hors de toute valise")
    return {"done": tell("fait"), "undone": tell("pas fait"), "waived": tell("dispensé")}.get(value, value)


def photo(scope: Scope, sha256: str) -> EvidenceFile:
    """A photo taken of something that the scope holds; raises `NotFound`."""
    told = visible(scope, Event).where((Event.axis == "photo") & (Event.value == sha256)).first()
    row = EvidenceFile.get_or_none(EvidenceFile.sha256 == sha256) if told is not None else None
    if row is None:
        raise NotFound
    return row


def photos(subject_kind: str, subject_id: int, when: When | None = None) -> list[Event]:
    """The photos of a thing, the newest first, with who took each; the same picture sent twice is one."""
    told = history(subject_kind, subject_id, axes=["photo"])
    shown = [one for one in told if when is None or (one.at <= when.moment and (when.known is None or one.noted <= when.known))]
    return list({one.value: one for one in shown}.values())[:SHOWN_PHOTOS]


def phones_with_holes() -> list[tuple[str, str, int]]:
    """The phones that lost acts: who used each last, the phone, how many are missing."""
    counted = (
        FieldAct.select(FieldAct.device, fn.COUNT(FieldAct.id), fn.MAX(FieldAct.sequence), fn.MAX(FieldAct.person))
        .group_by(FieldAct.device)
        .having(fn.COUNT(FieldAct.id) < fn.MAX(FieldAct.sequence))
    )
    return [(Person.get_by_id(person).name, device, last - count) for device, count, last, person in counted.tuples()]
