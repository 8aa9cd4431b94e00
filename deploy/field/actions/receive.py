"""Receiving an act: one transaction each, one effect whatever the number and the order of its sendings; never to the bin."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deploy.field.act import IN_TRAY, Act, ActState
from deploy.field.actions.gestures import GESTURES, take_note
from deploy.field.acts_file import ActsFile
from deploy.field.merge import Present, Verdict, Wish, contested, judge
from deploy.field.queries.acts import all_before, present, received, source_of, subject
from deploy.models import FieldAct
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.models import Person
from inventory.queries.visible import scope_of
from inventory.roles import FIELD, Role
from inventory.scope import Scope
from inventory.words import FRENCH, speaking, tell


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server says of an act: its id and its digest as received, and what became of it, in words if there is more to say."""

    id: str
    digest: str
    state: ActState
    sentences: Sequence[str] = ()


@speaking(FRENCH)
def receive(act: Act, hand: Hand, scope: Scope, oldest: int) -> Answer:
    """Carry out an act of `hand.by`, or say again what became of it; on disk when this returns.

    What is answered is kept, so it is French whoever sends. The acts of a phone are taken in its order: this one waits while one of
    those before it, from the `oldest` that the phone still holds, has not come. What others changed since, or a rule refuses, goes to the tray with its payload.
    """
    return _again(act) or _received(act, hand, scope, oldest)


def _again(act: Act) -> Answer | None:
    known = received(act)
    if known is None:
        return None
    if known.id != act.id or known.digest != act.digest:
        return Answer(act.id, known.digest, ActState.ALTERED)
    return Answer(act.id, known.digest, ActState(known.state), known.told.get("sentences", ()))


@atomic
def _received(act: Act, hand: Hand, scope: Scope, oldest: int) -> Answer:
    known = _again(act)
    if known is not None:
        return known
    if hand.by is None or act.by != hand.by.id:
        return Answer(act.id, act.digest, ActState.STRANGER)
    if not all_before(act, oldest):
        return Answer(act.id, act.digest, ActState.WAIT)
    state, told = _outcome(act, Hand(hand.by, hand.now, source_of(act.device)), scope)
    FieldAct.create(
        id=act.id, device=act.device, sequence=act.sequence, person=hand.by, kind=act.kind.value, subject=act.subject, base=act.base,
        phone_time=act.at, received=hand.now, digest=act.digest, state=state.value, told=told,
        payload=dict(act.payload) if state in IN_TRAY else None,
    )  # fmt: skip
    return Answer(act.id, act.digest, state, told.get("sentences", ()))


def receive_file(told: ActsFile, now: datetime) -> list[Answer]:
    """Receive each act of a phone's file by the hand, and inside the scope, of the person it says; raises `Refused` on one who does no round."""
    people = {row.id: row for row in Person.select().where(Person.id.in_(sorted({act.by for act in told.acts})))}
    for act in told.acts:
        person = people.get(act.by)
        if person is None or not person.active or Role(person.role) not in FIELD:
            raise Refused(tell("L'acte n° {number} dit venir d'un compte ({by}) qui ne fait pas de tournée.", number=act.sequence, by=act.by))
    return [receive(act, Hand(people[act.by], now), scope_of(people[act.by]), told.oldest) for act in told.acts]


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


