"""What is done of a hand-over record: prepared as it will be shown, signed on the glass or on paper, its reservations lifted."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from deploy.handover import record as text
from deploy.handover.photo import kind_of
from deploy.handover.queries import HANDOVER, LIFTED, SIGNED, places_of, reservations_left
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
from inventory.queries.places import accessories
from inventory.scope import EVERYWHERE
from inventory.words import FRENCH, speaking, tell

GLASS, PAPER = "glass", "paper"
LONGEST_NAME = 120
LARGEST = 10 * 1024 * 1024


@atomic
def prepare(cart: MobileClass, reservations: Sequence[Reservation], signer: str, quality: str, hand: Hand) -> Handover:
    """Keep a record of what the cart holds now, whole, as it will be shown and signed; with its paper's code."""
    name, part = _said(signer, tell("Nom du signataire")), _said(quality, tell("Qualité du signataire"))
    places = places_of(EVERYWHERE, cart)
    if not places:
        raise Refused(tell("{cart} n'a aucune tablette : rien à mettre à disposition.", cart=cart.code))
    if not all(0 <= one.slot <= cart.slots for one in reservations):
        raise Refused(tell("Une réserve porte sur une alvéole que {cart} n'a pas : choisir de 1 à {most}.", cart=cart.code, most=cart.slots))
    shown = Record(
        cart.code, cart.school.name, cart.school.uai, hand.now.isoformat(), day(local_date(hand.now)), hand.by.name if hand.by else "",
        places, tuple((row.expected, row.label) for row in accessories(EVERYWHERE, cart.id)), _services(cart, hand), tuple(reservations),
        name, part, mention(),
    )  # fmt: skip
    content = text.told(shown)
    row = Handover.create(mobile_class=cart, content=content, sha256=text.digest(content), at=hand.now, person=hand.by)
    prepare_paper(cart, row.id, hand)
    return row


def _said(value: str, field: str) -> str:
    plain = " ".join(value.split())
    if not 2 <= len(plain) <= LONGEST_NAME:
        raise Refused(tell("{field} = « {value} » : écrire de 2 à {most} caractères.", field=field, value=plain, most=LONGEST_NAME))
    return plain


@speaking(FRENCH)
def _services(cart: MobileClass, hand: Hand) -> tuple[tuple[str, str], ...]:
    """The five services of article 6.1, as they stand."""
    shown = on_board(EVERYWHERE, cart.id, None, hand.now).progress.services
    return tuple((one.service.label, one.state.label) for one in shown)


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
