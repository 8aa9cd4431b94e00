"""What is done of an incident: opened, noted, sent back under warranty, closed by an exchange or by a result."""

from __future__ import annotations

from deploy.incidents.kind import OF_A_TABLET, REFERENCES, RESULTS, STAGE_AFTER, STAGE_TOLD, Kind, Result
from deploy.models import Incident
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all, record_stage, register_tablet
from inventory.db import atomic
from inventory.errors import Refused
from inventory.journal import Entry, append
from inventory.lifecycle import Stage, moves_from
from inventory.models import MobileClass, Tablet
from inventory.roles import FIELD, Role
from inventory.serials import normalise
from inventory.words import tell

INCIDENT, STATE, RMA, COMPLAINT = "incident", "state", "rma", "complaint"
REPLACED_BY, REPLACES = "replaced_by", "replaces"
LONGEST = 1000


@atomic
def open_incident(kind: Kind, thing: Tablet | MobileClass, words: str, hand: Hand, *, reference: str = "", certain: bool = True) -> Incident:
    """Open an incident of a tablet or of a cart. Told for certain by the field or the office, the tablet takes its stage; else it waits for them.

    Raises `Refused` without words, without the reference that a return needs, or when the same one is open already.
    """
    said, number = words.strip()[:LONGEST], " ".join(reference.split())[:80]
    tablet = thing if isinstance(thing, Tablet) else None
    cart = thing.mobile_class if isinstance(thing, Tablet) else thing
    _refuse(kind, tablet, cart, said, number)
    row = Incident.create(kind=kind.value, school=cart.school_id, mobile_class=cart, tablet=tablet, opened=hand.now)
    detail = {"kind": kind.value, "reference": number}
    _say(row, STATE, "open", hand, said, detail)
    where = ("tablet", tablet.id) if tablet is not None else ("mobile_class", cart.id)
    append([Entry(*where, INCIDENT, "open", hand.now, {"id": row.id, **detail})], noted=hand.now, actor=hand.by, source=hand.source)
    if certain and tablet is not None and hand.by is not None and Role(hand.by.role) in FIELD:
        _take_stage(tablet, STAGE_TOLD[kind], hand, f"{said} {number}".strip())
    return row


def _refuse(kind: Kind, tablet: Tablet | None, cart: MobileClass | None, words: str, reference: str) -> None:
    if (tablet is not None) != (kind in OF_A_TABLET):
        raise Refused(tell("« {kind} » se dit d'une tablette.", kind=kind.label) if kind in OF_A_TABLET else tell("« {kind} » se dit de la valise.", kind=kind.label))
    if cart is None:
        raise Refused(tell("Cette tablette n'est dans aucune valise : l'y ranger d'abord."))
    if not words:
        raise Refused(tell("Dire ce qui s'est passé, en quelques mots."))
    if kind in REFERENCES and not reference:
        raise Refused(tell("« {kind} » : indiquer le {reference}.", kind=kind.label, reference=REFERENCES[kind]))
    same = (Incident.kind == kind.value) & Incident.closed.is_null() & (Incident.tablet == tablet if tablet else Incident.mobile_class == cart)
    if tablet is not None and Incident.select().where(same).exists():
        raise Refused(tell("Le même incident est déjà ouvert pour {tablet} : le compléter.", tablet=tablet.asset_tag or tablet.serial))


def _take_stage(tablet: Tablet, stage: Stage, hand: Hand, note: str) -> None:
    """Record a stage where the life cycle allows it, by way of the breakdown if need be: an incident is told whatever the stage was."""
    if stage is Stage.IN_REPAIR and stage not in moves_from(Stage(tablet.stage)):
        _take_stage(tablet, Stage.BROKEN, hand, note)
    if stage in moves_from(Stage(tablet.stage)):
        record_stage(tablet, stage, hand, note=note)


@atomic
def note(row: Incident, words: str, hand: Hand) -> None:
    """Add what was learned or done."""
    _refuse_closed(row)
    if not words.strip():
        raise Refused(tell("La note est vide."))
    _say(row, "note", "noted", hand, words.strip()[:LONGEST])


@atomic
def send_back(row: Incident, rma: str, hand: Hand) -> None:
    """Send a tablet back under warranty: the number of the return, and the tablet is in repair; its slot waits for it."""
    tablet, number = _of_tablet(row), " ".join(rma.split())[:80]
    if not number:
        raise Refused(tell("Indiquer le n° de retour (RMA) que donne le fournisseur."))
    _say(row, RMA, "sent", hand, detail={"rma": number})
    _take_stage(tablet, Stage.IN_REPAIR, hand, f"RMA {number}")


@atomic
def swap(row: Incident, serial: str, hand: Hand, *, asset_tag: str = "") -> Tablet:
    """Exchange the tablet for another one, which takes its slot; the link is kept on both, and the incident closes.

    The new serial is that of a tablet in no cart, or of one never seen, which is then registered with the warranty and the order of the old one.
    """
    old = _of_tablet(row)
    cart, slot = old.mobile_class, old.slot
    if cart is None:
        raise Refused(tell("La tablette n'est plus dans une valise : rien à remplacer."))
    new = _newcomer(serial, asset_tag, old, hand)
    _take_stage(old, Stage.IN_REPAIR, hand, "Échange")
    place_all([(old, None, None), (new, cart, slot)], hand)
    _take_stage(old, Stage.REPLACED, hand, f"Échangée contre {new.serial}")
    detail = {"incident": row.id}
    append(
        [Entry("tablet", old.id, REPLACED_BY, str(new.id), hand.now, {**detail, "serial": new.serial}),
         Entry("tablet", new.id, REPLACES, str(old.id), hand.now, {**detail, "serial": old.serial})],
        noted=hand.now, actor=hand.by, source=hand.source,
    )  # fmt: skip
    _close(row, Result.SWAPPED, hand, "", {"serial": new.serial, "tablet": new.id})
    return new


def _newcomer(serial: str, asset_tag: str, old: Tablet, hand: Hand) -> Tablet:
    known = Tablet.get_or_none((Tablet.serial == normalise(serial)) & ~Tablet.withdrawn)
    if known is not None and known.mobile_class_id is not None:
        raise Refused(tell("{serial} est déjà dans {cart} : choisir une tablette en stock.", serial=known.serial, cart=known.mobile_class.code))
    if known is not None:
        return known
    new = register_tablet(
        Tablet(serial=serial, asset_tag=asset_tag.strip() or None, model=old.model, purchase_line=old.purchase_line, warranty_end=old.warranty_end), hand
    )
    record_stage(new, Stage.RECEIVED, hand)
    return new


@atomic
def close(row: Incident, result: Result, words: str, hand: Hand) -> None:
    """Close an incident with its result; the tablet stays where it is assigned, and takes the stage that the result tells."""
    _refuse_closed(row)
    if result not in RESULTS[Kind(row.kind)]:
        raise Refused(tell("Un incident « {kind} » ne finit pas par « {result} ».", kind=Kind(row.kind).label, result=result.label))
    said = words.strip()[:LONGEST]
    if result in (Result.WRITTEN_OFF, Result.UNFOUNDED) and not said:
        raise Refused(tell("Dire pourquoi : « {result} ».", result=result.label))
    _close(row, result, hand, said, {})
    if row.tablet is not None and result in STAGE_AFTER:
        _take_stage(row.tablet, STAGE_AFTER[result], hand, said or result.label)


def _close(row: Incident, result: Result, hand: Hand, words: str, detail: dict[str, object]) -> None:
    row.closed = hand.now
    row.save(only=[Incident.closed])
    _say(row, STATE, result.value, hand, words, {"kind": row.kind, **detail})
    where = ("tablet", row.tablet_id) if row.tablet_id is not None else ("mobile_class", row.mobile_class_id)
    append([Entry(*where, INCIDENT, result.value, hand.now, {"id": row.id, "kind": row.kind})], noted=hand.now, actor=hand.by, source=hand.source)


@atomic
def file_complaint(row: Incident, number: str, hand: Hand) -> None:
    """Record the number under which the theft was told to the police: it comes after the theft is told here."""
    _refuse_closed(row)
    filed = " ".join(number.split())[:80]
    if Kind(row.kind) is not Kind.THEFT:
        raise Refused(tell("Cet incident n'est pas un vol."))
    if not filed:
        raise Refused(tell("Indiquer le n° de la plainte, ou du récépissé."))
    _say(row, COMPLAINT, "filed", hand, detail={"number": filed})


def _of_tablet(row: Incident) -> Tablet:
    _refuse_closed(row)
    if row.tablet is None:
        raise Refused(tell("Cet incident n'est pas celui d'une tablette."))
    tablet: Tablet = row.tablet
    return tablet


def _refuse_closed(row: Incident) -> None:
    if Incident.get_by_id(row.id).closed is not None:
        raise Refused(tell("Cet incident est clos : en ouvrir un autre."))


def _say(row: Incident, axis: str, value: str, hand: Hand, words: str = "", detail: dict[str, object] | None = None) -> None:
    append([Entry(INCIDENT, row.id, axis, value, hand.now, detail or {}, words)], noted=hand.now, actor=hand.by, source=hand.source)
