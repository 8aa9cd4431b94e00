"""Receiving acts: one effect each, whatever the number and the order of their sendings; never to the bin."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from deploy.field.act import IN_TRAY, Act, ActState
from deploy.field.actions.gestures import GESTURES, take_note
from deploy.field.acts_file import ActsFile
from deploy.field.merge import Present, Verdict, Wish, contested, judge
from deploy.field.queries.acts import numbers, present, received, source_of, subject
from deploy.models import FieldAct
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.models import Person
from inventory.queries.visible import scope_of
from inventory.roles import FIELD, Role
from inventory.scope import Scope
from inventory.words import FRENCH, speaking, tell

AT_ONCE = 25


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says of an act: its id and its digest as received, and what became of it, in words if there is more to say."""

    id: str
    digest: str
    state: ActState
    sentences: Sequence[str] = ()


@speaking(FRENCH)
def receive(acts: Sequence[Act], hand: Hand, scope: Scope, oldest: int) -> list[Answer]:
    """Carry out acts of one phone, in their order, by `hand.by`, or say again what became of them; all on disk when this returns.

    What is answered is kept, so it is French whoever sends. An act waits while one of those before it, from the `oldest` that the phone still
    holds, has not come. What others changed since, or a rule refuses, goes to the tray with its payload. The acts of one sending are
    committed `AT_ONCE` by as many: a phone's day costs few waits for the disk, and no other writer waits long.
    """
    batches = [acts[start : start + AT_ONCE] for start in range(0, len(acts), AT_ONCE)]
    return [answer for batch in batches for answer in _said_again(batch) or _received(batch, hand, scope, oldest)]


def _said_again(acts: Sequence[Act]) -> list[Answer] | None:
    """The answers to acts that came before, without waiting for a turn to write; None if one of them is new."""
    known = Known.of(acts)
    answers = [known.answer(act) for act in acts]
    return None if None in answers else [answer for answer in answers if answer is not None]


@atomic
def _received(acts: Sequence[Act], hand: Hand, scope: Scope, oldest: int) -> list[Answer]:
    known, new, answers = Known.of(acts), list[FieldAct](), list[Answer]()
    there = numbers(acts[0].device, oldest)
    for act in acts:
        answer = known.answer(act) or _kept_back(act, hand, oldest, there)
        if answer is None:
            row = _carried_out(act, hand, scope)
            known.add(row)
            there.add(row.sequence)
            new.append(row)
            answer = _answer(row)
        answers.append(answer)
    FieldAct.bulk_create(new)
    return answers


class Known:
    """The acts that came, among some: by their id, and by their place in the order of their phone."""

    def __init__(self, rows: Iterable[FieldAct]) -> None:
        self._by_id: dict[str, FieldAct] = {}
        self._by_place: dict[tuple[str, int], FieldAct] = {}
        for row in rows:
            self.add(row)

    @classmethod
    def of(cls, acts: Sequence[Act]) -> Known:
        return cls(received(acts))

    def add(self, row: FieldAct) -> None:
        self._by_id[row.id] = self._by_place[row.device, row.sequence] = row

    def answer(self, act: Act) -> Answer | None:
        """What became of an act, or that another one bears its number; None if it is new."""
        row = self._by_id.get(act.id) or self._by_place.get((act.device, act.sequence))
        if row is None:
            return None
        return _answer(row) if (row.id, row.digest) == (act.id, act.digest) else Answer(act.id, row.digest, ActState.ALTERED)


def _answer(row: FieldAct) -> Answer:
    return Answer(row.id, row.digest, ActState(row.state), row.told.get("sentences", ()))


def _kept_back(act: Act, hand: Hand, oldest: int, there: Collection[int]) -> Answer | None:
    """Why an act stays on its phone for now, if it does: it is somebody else's, or one before it has not come."""
    if hand.by is None or act.by != hand.by.id:
        return Answer(act.id, act.digest, ActState.STRANGER)
    if not all(number in there for number in range(max(oldest, 1), act.sequence)):
        return Answer(act.id, act.digest, ActState.WAIT)
    return None


def _carried_out(act: Act, hand: Hand, scope: Scope) -> FieldAct:
    state, told = _outcome(act, Hand(hand.by, hand.now, source_of(act.device)), scope)
    return FieldAct(
        id=act.id, device=act.device, sequence=act.sequence, person=hand.by, kind=act.kind.value, subject=act.subject, base=act.base,
        phone_time=act.at, received=hand.now, digest=act.digest, state=state.value, told=told,
        payload=dict(act.payload) if state in IN_TRAY else None,
    )  # fmt: skip


def receive_file(told: ActsFile, now: datetime) -> list[Answer]:
    """Receive each act of a phone's file by the hand, and inside the scope, of the person it says; raises `Refused` on one who does no round."""
    people = {row.id: row for row in Person.select().where(Person.id.in_(sorted({act.by for act in told.acts})))}
    for act in told.acts:
        person = people.get(act.by)
        if person is None or not person.active or Role(person.role) not in FIELD:
            raise Refused(tell("L'acte n° {number} dit venir d'un compte ({by}) qui ne fait pas de tournée.", number=act.sequence, by=act.by))
    each = groupby(told.acts, lambda act: people[act.by])
    return [answer for person, acts in each for answer in receive(list(acts), Hand(person, now), scope_of(person), told.oldest)]


def _outcome(act: Act, hand: Hand, scope: Scope) -> tuple[ActState, dict[str, Any]]:
    try:
        with atomic():
            return _carried(act, hand, scope)
    except NotFound:
        return ActState.REFUSED, {"sentences": [tell("Ce qui est dit n'est pas, ou n'est plus, dans les écoles de ce compte.")]}
    except Refused as refusal:
        return ActState.REFUSED, {"sentences": list(refusal.sentences)}


def _carried(act: Act, hand: Hand, scope: Scope) -> tuple[ActState, dict[str, Any]]:
    gesture, row = GESTURES.get(act.kind), subject(scope, act.subject)
    if gesture is None or act.subject.partition(":")[0] not in gesture.subjects:
        raise Refused(tell("« {kind} » ne se dit pas de {subject}.", kind=act.kind.label, subject=act.subject))
    wishes = gesture.wishes(row, act.payload)
    there = present(wishes, act.device)
    held = contested(wishes, there, act.base, apart=gesture.apart)
    free = [wish for wish in wishes if wish not in held and judge(wish, there.get((wish.subject, wish.field)), act.base) is not Verdict.SAME]
    if free or not wishes:
        gesture.carry(row, act.payload, free, hand, scope)
    elif not held:
        take_note(row, act.payload, hand)
    if held:
        return ActState.CONFLICT, {"sentences": [_changed(len(held))], "contested": [_sides(wish, there) for wish in held]}
    return (ActState.APPLIED if free or not wishes else ActState.SAME), {}


def _changed(count: int) -> str:
    return tell("Quelqu'un d'autre a dit autre chose entre-temps ({count}) : le bureau choisira entre les deux.", count=count)


def _sides(wish: Wish, there: Mapping[tuple[str, tuple[int, str]], Present]) -> dict[str, Any]:
    """Both sides of a contested field, as they are kept."""
    now = there.get((wish.subject, wish.field))
    return {
        "subject": wish.subject, "id": wish.subject_id, "axis": wish.axis, "mine": wish.value,
        "theirs": now.value if now else "", "position": now.position if now else 0,
    }  # fmt: skip


