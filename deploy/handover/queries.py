"""Every reading of hand-over records: those of a cart, one of them with its signature, and whether its seal holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from deploy.handover import record as text
from deploy.handover.record import Place, Record, differences
from deploy.models import EvidenceFile, Handover, HandoverSignature
from deploy.queries.board import ClassOnBoard
from inventory.errors import NotFound
from inventory.journal import When, history
from inventory.models import Event, Label, MobileClass
from inventory.queries.places import accessories, classes
from inventory.queries.tablets import states
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.words import FRENCH, speaking

LARGEST, MOST = 2**63 - 1, 100
HANDOVER, SIGNED, LIFTED = "handover", "handover", "lifted"


@dataclass(frozen=True, slots=True)
class Shown:
    """A record as its page shows it: what was said, who signed, what the seal says today, each reservation with its lifting if any."""

    row: Handover
    record: Record
    signature: HandoverSignature | None
    intact: bool
    changed: tuple[str, ...]
    lifted: Mapping[int, Event]

    @property
    def left(self) -> int:
        return len(self.record.reservations) - len(self.lifted)


def places_of(scope: Scope, cart: MobileClass, when: When | None = None) -> tuple[Place, ...]:
    """What a cart holds, or held, by slot."""
    return tuple(Place(one.slot or 0, one.serial, one.asset_tag, one.model) for one in states(scope, when, class_ids=[cart.id]))


def accessories_of(scope: Scope, class_id: int) -> tuple[tuple[int, str], ...]:
    """What is handed over with the tablets of a cart: how many, and what."""
    return tuple((row.expected, row.label) for row in accessories(scope, class_id))


@speaking(FRENCH)
def services_of(one: ClassOnBoard) -> tuple[tuple[str, str], ...]:
    """The five services of article 6.1, as they stand."""
    return tuple((shown.service.label, shown.state.label) for shown in one.progress.services)


def signed_classes(class_ids: Sequence[int]) -> set[int]:
    """Those of some carts whose hand-over was signed."""
    rows = Handover.select(Handover.mobile_class).join(HandoverSignature, on=HandoverSignature.handover).where(Handover.mobile_class.in_(class_ids))
    return {number for (number,) in rows.tuples()}


def handover(scope: Scope, number: int, when: When | None = None) -> Handover:
    """One record; raises `NotFound`, outside the scope and before it was prepared too."""
    mine = visible(scope, MobileClass).select(MobileClass.id)
    row = Handover.get_or_none((Handover.id == number) & Handover.mobile_class.in_(mine)) if number <= LARGEST else None
    if row is None or (when is not None and row.at > when.moment):
        raise NotFound
    return row


def of_cart(scope: Scope, cart: MobileClass, when: When | None = None) -> list[Shown]:
    """The records of a cart, newest first."""
    rows = _by_then(Handover.select().where(Handover.mobile_class == cart), when)
    return [shown(scope, row, when) for row in rows]


def _by_then(rows: Any, when: When | None) -> Any:
    return (rows if when is None else rows.where(Handover.at <= when.moment)).order_by(Handover.id.desc())


def latest(scope: Scope, when: When | None = None) -> list[Shown]:
    """The last records of a scope, newest first."""
    mine = visible(scope, MobileClass).select(MobileClass.id)
    rows = _by_then(Handover.select(Handover, MobileClass).join(MobileClass).where(Handover.mobile_class.in_(mine)), when)
    return [shown(scope, row, when) for row in rows.limit(MOST)]


def without(scope: Scope, when: When | None = None) -> list[MobileClass]:
    """The carts of a scope whose hand-over nobody has, or had, signed yet, by code."""
    signed = Handover.select(Handover.mobile_class).join(HandoverSignature, on=HandoverSignature.handover)
    if when is not None:
        signed = signed.where(HandoverSignature.at <= when.moment)
    rows = visible(scope, MobileClass).where(~MobileClass.withdrawn & MobileClass.id.not_in(signed)).order_by(MobileClass.code)
    if when is None:
        return list(rows.limit(MOST))
    there = {record.id for record in classes(scope, when)}
    return [row for row in rows if row.id in there][:MOST]


def open_reservations(scope: Scope) -> int:
    """How many reservations of signed records of a scope are not lifted."""
    mine = visible(scope, MobileClass).select(MobileClass.id)
    events = Event.select(Event.detail, Event.position).where(
        (Event.subject == "mobile_class") & (Event.axis == SIGNED) & Event.subject_id.in_(mine)
    )
    made = {event.detail["record"]: event.detail["reservations"] for event in events}
    lifted = Event.select().where((Event.subject == HANDOVER) & Event.subject_id.in_(list(made)) & (Event.value == LIFTED)).count() if made else 0
    return sum(made.values()) - int(lifted)


def shown(scope: Scope, row: Handover, when: When | None = None) -> Shown:
    """A record with its signature, and what its seal says: intact or not, and what the cart holds (or held) that it does not say."""
    record = text.read(row.content)
    signature = HandoverSignature.get_or_none(HandoverSignature.handover == row)
    if signature is not None and when is not None and signature.at > when.moment:
        signature = None
    changed = tuple(differences(record.places, places_of(scope, row.mobile_class, when)))
    lifted = {number: event for number, event in _lifted(row).items() if when is None or event.at <= when.moment}
    return Shown(row, record, signature, _holds(row, signature), changed, lifted)


def _holds(row: Handover, signature: HandoverSignature | None) -> bool:
    """Whether the content is the one that was sealed, and the signature the one that sealed it."""
    if text.digest(row.content) != row.sha256:
        return False
    if signature is None:
        return True
    made = text.seal(row.content, signature.signer, signature.quality, signature.manner, signature.image_id, signature.at)
    return made == signature.seal


def _lifted(row: Handover) -> dict[int, Event]:
    return {int(event.axis.rpartition(":")[2]): event for event in history("handover", row.id)}


def reservations_left(row: Handover) -> list[int]:
    """The numbers of the reservations that stand, from 0."""
    lifted = _lifted(row)
    return [number for number in range(len(text.read(row.content).reservations)) if number not in lifted]


def image(scope: Scope, number: int) -> EvidenceFile:
    """The image of the signature of a record; raises `NotFound`."""
    row = HandoverSignature.get_or_none(HandoverSignature.handover == handover(scope, number))
    if row is None:
        raise NotFound
    return row.image


def code_of(row: Handover) -> str:
    """The code of the paper of a record."""
    return str(Label.get(Label.paper == row.id).code)
