"""What is done of a hand-over record: prepared as it will be shown, signed on the glass or on paper, its reservations lifted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from deploy.handover import record as text
from deploy.handover.photo import kind_of
from deploy.handover.queries import (
    HANDOVER,
    LIFTED,
    SIGNED,
    accessories_of,
    places_of,
    reservations_left,
    services_of,
)
from deploy.handover.record import Record, Reservation, differences
from deploy.models import EvidenceFile, Handover, HandoverSignature
from deploy.queries.board import on_board
from deploy.queries.conventions import mention
from inventory.actions.labels import prepare_paper
from inventory.actions.records import Hand
from inventory.actions.tablets import record_stages
from inventory.db import atomic
from inventory.errors import Refused
from inventory.french import day
from inventory.journal import Entry, append
from inventory.lifecycle import Stage
from inventory.models import MobileClass, Tablet
from inventory.paris import local_date
from inventory.scope import EVERYWHERE
from inventory.words import tell

GLASS, PAPER = "glass", "paper"
LONGEST_NAME = 120
LARGEST = 10 * 1024 * 1024


@atomic
def prepare(cart: MobileClass, reservations: Sequence[Reservation], signer: str, quality: str, hand: Hand) -> Handover:
    """Keep a record of what the cart holds now, whole, as it will be shown and signed; with its paper's code."""
    return _keep(cart, replace(_blank(cart, hand), reservations=tuple(reservations), signer=_plain(signer), quality=_plain(quality)), hand)


@atomic
def take_signed(cart: MobileClass, content: str, image: bytes, hand: Hand) -> HandoverSignature:
    """Keep and seal a record that was shown and signed on a phone without network, word for word.

    Raises `Refused` when it says of the cart, its school or its accessories something else than what is known here, and when the tablets are not
    those that it names. When it was prepared, by whom, and how far the services were, is as it was shown.
    """
    shown, known = _read_told(content), _blank(cart, hand)
    firm = (known.cart, known.school, known.uai, known.accessories, known.mention)
    if (shown.cart, shown.school, shown.uai, shown.accessories, shown.mention) != firm:
        raise Refused(tell("Ce procès-verbal ne dit pas la valise ou l'école comme elles sont connues ici : le faire signer de nouveau."))
    row = _keep(cart, shown, hand)
    return sign(row, row.sha256, image, GLASS, hand)


def _read_told(content: str) -> Record:
    """The record of a text that came from elsewhere; raises `Refused` unless it is, word for word, what `told` writes of one."""
    unreadable = Refused(tell("Procès-verbal illisible : recharger l'application, puis le faire signer de nouveau."))
    try:
        found = msgspec.json.decode(content, type=Record)
    except (msgspec.MsgspecError, UnicodeEncodeError, RecursionError) as fault:
        raise unreadable from fault
    if text.told(found) != content or not all(0 < len(one.words) <= text.LONGEST for one in found.reservations):
        raise unreadable
    return found


def _blank(cart: MobileClass, hand: Hand) -> Record:
    """What can be said of a cart now, before anybody signs."""
    return Record(
        cart.code, cart.school.name, cart.school.uai, hand.now.isoformat(), day(local_date(hand.now)), hand.by.name if hand.by else "",
        places_of(EVERYWHERE, cart), accessories_of(EVERYWHERE, cart.id), services_of(on_board(EVERYWHERE, cart.id, None, hand.now)), (), "", "", mention(),
    )  # fmt: skip


def _keep(cart: MobileClass, shown: Record, hand: Hand) -> Handover:
    _refuse_said(shown.signer, tell("Nom du signataire"))
    _refuse_said(shown.quality, tell("Qualité du signataire"))
    if not shown.places:
        raise Refused(tell("{cart} n'a aucune tablette : rien à mettre à disposition.", cart=cart.code))
    if not all(0 <= one.slot <= cart.slots for one in shown.reservations):
        raise Refused(tell("Une réserve porte sur une alvéole que {cart} n'a pas : choisir de 1 à {most}.", cart=cart.code, most=cart.slots))
    content = text.told(shown)
    row: Handover = Handover.create(mobile_class=cart, content=content, sha256=text.digest(content), at=hand.now, person=hand.by)
    prepare_paper(cart, row.id, hand)
    return row


def _plain(value: str) -> str:
    return " ".join(value.split())


def _refuse_said(value: str, field: str) -> None:
    if not 2 <= len(value) <= LONGEST_NAME:
        raise Refused(tell("{field} = « {value} » : écrire de 2 à {most} caractères.", field=field, value=value, most=LONGEST_NAME))


@atomic
def sign(row: Handover, shown: str, image: bytes, manner: str, hand: Hand) -> HandoverSignature:
    """Seal a record under the image of its signature; the tablets that are configured become delivered.

    `shown` is the SHA-256 of what the signer had before their eyes. Raises `Refused` when it is another record, when the cart has
    changed since, or when the record is signed already.
    """
    record = text.read(row.content)
    _refuse(row, record, shown)
    kind = kind_of(image)
    if kind is None or len(image) > LARGEST:
        raise Refused(tell("La signature est une image PNG ou JPEG, de 10 Mo au plus : la refaire, ou photographier la feuille de nouveau."))
    digest = hashlib.sha256(image).hexdigest()
    EvidenceFile.insert(sha256=digest, name=f"signature.{kind}", content=image, at=hand.now, person=hand.by).on_conflict_ignore().execute()
    seal = text.seal(row.content, record.signer, record.quality, manner, digest, hand.now)
    signature = HandoverSignature.create(
        handover=row, signer=record.signer, quality=record.quality, manner=manner, image=digest, at=hand.now, person=hand.by, seal=seal
    )
    detail = {"record": row.id, "sha256": row.sha256, "seal": seal, "reservations": len(record.reservations)}
    append([Entry("mobile_class", row.mobile_class_id, SIGNED, "signed", hand.now, detail)], noted=hand.now, actor=hand.by, source=hand.source)
    _deliver(row.mobile_class, hand)
    return signature


def _refuse(row: Handover, record: Record, shown: str) -> None:
    if HandoverSignature.get_or_none(HandoverSignature.handover == row) is not None:
        raise Refused(tell("Ce procès-verbal est déjà signé : en préparer un autre si la valise a changé."))
    if shown != row.sha256 or text.digest(row.content) != row.sha256:
        raise Refused(tell("Ce n'est pas le procès-verbal qui était affiché : recharger la page, relire, puis signer."))
    changed = differences(record.places, places_of(EVERYWHERE, row.mobile_class))
    if changed:
        raise Refused(tell("La valise a changé depuis que ce procès-verbal est préparé : en préparer un autre."), *changed)


def _deliver(cart: MobileClass, hand: Hand) -> None:
    """Signing is the delivery of what was ready (step 10); what was not stays as it is."""
    ready = list(Tablet.select().where((Tablet.mobile_class == cart) & (Tablet.stage == Stage.CONFIGURED.value) & ~Tablet.withdrawn))
    record_stages(ready, Stage.DELIVERED, hand)


@atomic
def lift(row: Handover, number: int, note: str, hand: Hand) -> None:
    """Lift one reservation of a signed record: a new act with its words, the record stays as it was signed."""
    if HandoverSignature.get_or_none(HandoverSignature.handover == row) is None:
        raise Refused(tell("Ce procès-verbal n'est pas signé : ses réserves se corrigent en le préparant de nouveau."))
    if number not in reservations_left(row):
        raise Refused(tell("Cette réserve n'existe pas, ou elle est déjà levée."))
    if not note.strip():
        raise Refused(tell("Dire comment la réserve est levée (réparation, échange, pièce livrée)."))
    entry = Entry(HANDOVER, row.id, f"reservation:{number}", LIFTED, hand.now, {}, note.strip()[:1000])
    append([entry], noted=hand.now, actor=hand.by, source=hand.source)
