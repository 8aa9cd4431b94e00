"""What each kind of act changes, and the verb that changes it: the same verbs as the pages and the commands."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from deploy.actions import steps
from deploy.field.act import Kind
from deploy.field.merge import Wish
from deploy.field.reasons import REASONS
from deploy.handover.actions import take_signed
from deploy.models import EvidenceFile
from deploy.progress import STEP
from deploy.setup.checklist import DONE, SETUP
from inventory.actions.places import note_fact
from inventory.actions.records import Hand
from inventory.actions.tablets import PLACE, STAGE, place_all, record_stage
from inventory.errors import NotFound, Refused
from inventory.lifecycle import Stage, moves_from
from inventory.models import MobileClass, Tablet
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.words import tell

Payload = Mapping[str, Any]
NOTE, SEEN, VISIT, PHOTO = "field_note", "seen", "visit", "photo"
JPEG = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Gesture:
    """A kind of act: the subjects it is about, the fields it changes, the verb; `apart` if its fields may be taken one by one."""

    subjects: frozenset[str]
    wishes: Callable[[Any, Payload], list[Wish]]
    carry: Callable[[Any, Payload, Sequence[Wish], Hand, Scope], object]
    apart: bool = False


def words_of(payload: Payload, name: str = "note") -> str:
    """A text of a payload, empty if it says none."""
    value = payload.get(name, "")
    if not isinstance(value, str):
        raise Refused(tell("L'acte dit « {value} » pour {name} : un texte est attendu.", value=value, name=name))
    return value


def number_of(payload: Payload, name: str) -> int:
    """A whole number of a payload."""
    value = payload.get(name)
    if not isinstance(value, int):
        raise Refused(tell("L'acte dit « {value} » pour {name} : un nombre est attendu.", value=value, name=name))
    return value


def take_note(row: Any, payload: Payload, hand: Hand, name: str = "note") -> None:
    """Keep the free words of an act, if there are any."""
    text = words_of(payload, name).strip()
    if len(text) > 1000:
        raise Refused(tell("La note compte {count} caractères : la limiter à 1000.", count=len(text)))
    if text:
        note_fact(row, NOTE, "noted", hand, note=text)


def stage_of(payload: Payload) -> Stage:
    """The stage that an act says."""
    try:
        return Stage(words_of(payload, "stage"))
    except ValueError as fault:
        raise Refused(tell("Étape « {stage} » inconnue.", stage=payload.get("stage"))) from fault


def _none(row: Any, payload: Payload) -> list[Wish]:
    return []


def _ticks(row: Tablet, payload: Payload) -> list[Wish]:
    items = payload.get("items", [])
    return [Wish("tablet", row.id, SETUP + item, words_of(payload, "value") or DONE) for item in dict.fromkeys(items)]


def _tick(row: Tablet, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    items = [wish.axis.removeprefix(SETUP) for wish in wishes]
    steps.tick([row], items, hand, value=words_of(payload, "value") or DONE, note=words_of(payload))


def _stages(row: Tablet, payload: Payload) -> list[Wish]:
    return [Wish("tablet", row.id, STAGE, stage_of(payload).value)]


def _stage(row: Tablet, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    record_stage(row, stage_of(payload), hand, note=words_of(payload))


def _steps(row: MobileClass, payload: Payload) -> list[Wish]:
    return [Wish("mobile_class", row.id, STEP + words_of(payload, "step"), words_of(payload, "value") or DONE)]


def _step(row: MobileClass, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    steps.record_step(row, words_of(payload, "step"), hand, value=words_of(payload, "value") or DONE, note=words_of(payload))


def _swaps(row: Tablet, payload: Payload) -> list[Wish]:
    into = f"{number_of(payload, 'cart')}/{number_of(payload, 'slot')}"
    return [
        Wish("tablet", row.id, STAGE, stage_of(payload).value),
        Wish("tablet", number_of(payload, "spare"), PLACE, into),
    ]


def _swap(row: Tablet, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    """The spare takes the slot and the stage of the tablet it replaces, which takes the spare's place, or leaves the cart."""
    spare, cart = _seen(scope, Tablet, number_of(payload, "spare")), _seen(scope, MobileClass, number_of(payload, "cart"))
    before = Stage(row.stage)
    record_stage(row, stage_of(payload), hand, note=words_of(payload))
    place_all([(spare, cart, number_of(payload, "slot")), (row, spare.mobile_class, spare.slot)], hand)
    if before in moves_from(Stage(spare.stage)):
        record_stage(spare, before, hand, note=f"En remplacement de {row.asset_tag or row.serial}")


def _seen(scope: Scope, model: Any, number: int) -> Any:
    row = visible(scope, model).where((model.id == number) & ~model.withdrawn).first()
    if row is None:
        raise NotFound
    return row


def _see(row: Tablet, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    cart = _seen(scope, MobileClass, number_of(payload, "cart"))
    note_fact(row, SEEN, f"{cart.id}/{payload.get('slot', '')}", hand, detail={"cart": cart.code, "slot": payload.get("slot")})


def _note(row: Any, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    if not words_of(payload).strip():
        raise Refused(tell("La note est vide."))
    take_note(row, payload, hand)


def image_of(payload: Payload) -> bytes:
    """The image of a payload."""
    try:
        return base64.b64decode(words_of(payload, "image"), validate=True)
    except ValueError as fault:
        raise Refused(tell("La photo est illisible : la reprendre.")) from fault


def _photo(row: Any, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    content = image_of(payload)
    if not content.startswith(JPEG):
        raise Refused(tell("La photo n'est pas une image JPEG : la reprendre."))
    digest = hashlib.sha256(content).hexdigest()
    if EvidenceFile.get_or_none(EvidenceFile.sha256 == digest) is None:
        EvidenceFile.create(sha256=digest, name="photo.jpg", content=content, at=hand.now, person=hand.by)
    note_fact(row, PHOTO, digest, hand, note=words_of(payload))


def _visit(row: Any, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    reason = words_of(payload, "reason")
    if reason not in REASONS:
        raise Refused(tell("Motif de visite « {reason} » inconnu : choisir parmi ceux de la liste.", reason=reason))
    proposed = words_of(payload, "next")
    if proposed:
        _refuse_no_date(proposed)
    note_fact(row, VISIT, "failed", hand, detail={"reason": reason, "next": proposed}, note=words_of(payload))


def _refuse_no_date(text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError as fault:
        raise Refused(tell("« {text} » n'est pas une date : écrire par exemple 2017-10-13.", text=text)) from fault


def _handover(row: MobileClass, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    """What was shown and signed on the glass; who decides of it later does not become the one who prepared it."""
    take_signed(row, words_of(payload, "content"), image_of(payload), hand)


def _close(row: None, payload: Payload, wishes: Sequence[Wish], hand: Hand, scope: Scope) -> None:
    """The act itself is the record: all that came before it on its phone has been received."""


_TABLET, _CLASS, _SCHOOL = frozenset({"tablet"}), frozenset({"mobile_class"}), frozenset({"school"})
GESTURES: Mapping[Kind, Gesture] = {
    Kind.TICK: Gesture(_TABLET, _ticks, _tick, apart=True),
    Kind.STAGE: Gesture(_TABLET, _stages, _stage),
    Kind.SWAP: Gesture(_TABLET, _swaps, _swap),
    Kind.STEP: Gesture(_CLASS, _steps, _step),
    Kind.SEEN: Gesture(_TABLET, _none, _see),
    Kind.NOTE: Gesture(_TABLET | _CLASS | _SCHOOL, _none, _note),
    Kind.PHOTO: Gesture(_TABLET | _CLASS, _none, _photo),
    Kind.VISIT: Gesture(_SCHOOL, _none, _visit),
    Kind.HANDOVER: Gesture(_CLASS, _none, _handover),
    Kind.CLOSE: Gesture(frozenset({"round"}), _none, _close),
}
