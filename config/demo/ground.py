"""What was done on the ground in autumn 2017: labels stuck, records signed, carts checked and counted, incidents from the crack to the exchange.

The demonstration alone tells it; the autumn of `story` is whole without.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from datetime import date, time

from peewee import fn
from PIL import Image, ImageDraw

from config.demo.story import CM01, CM02, Line, cart, on, tablets
from deploy.actions.steps import tick
from deploy.field.act import Act
from deploy.field.act import Kind as Gesture
from deploy.field.actions.receive import receive
from deploy.handover import actions as handover
from deploy.handover.record import GENERAL, Reservation
from deploy.incidents import actions as incidents
from deploy.incidents.kind import Kind, Result
from deploy.incidents.queries import open_of
from deploy.models import Handover, Incident, Stocktake
from deploy.rollcall.actions import record_check
from deploy.rollcall.sight import Whereabouts
from deploy.setup.checklist import DONE, WAIVED
from deploy.stocktake import actions as stocktake
from deploy.stocktake.difference import Decided
from inventory.actions import labels
from inventory.actions.records import Hand
from inventory.actions.tablets import record_stage
from inventory.lifecycle import Stage
from inventory.models import Event, MobileClass, Person, Tablet
from inventory.paris import at
from inventory.scope import EVERYWHERE

GLASS = (600, 200)
SIGNATURE = [(40, 150), (90, 40), (120, 160), (170, 70), (210, 140), (260, 90), (300, 130), (380, 80), (560, 120)]
NEW_SERIAL = "R52J90TEST7"
PHONE = str(uuid.UUID(int=2))
MORNING = date(2018, 1, 8)


def ground() -> Iterator[Line]:
    """Every line, cart after cart."""
    yield from _granettes()
    yield from _floriales()


def _granettes() -> Iterator[Line]:
    yield Line(on(10, 5, 15), "technicien", labelled(CM01))
    yield Line(on(10, 16, 10, 10), "technicien", prepared(CM01, "Luc Morel", "directeur", Reservation(5, "housse déchirée"), Reservation(GENERAL, "il manque un câble de charge")))
    yield Line(on(10, 16, 10, 20), "technicien", signed)
    yield Line(on(10, 16, 10, 30), "technicien", opened(Kind.ACCESSORY, CM01, None, "un câble de charge manque à la livraison"))
    yield Line(on(11, 6, 8, 40), "ecole", checked(CM01, {7: Whereabouts.UNKNOWN}))
    yield Line(on(11, 8, 9), "ecole", checked(CM01, {}))
    yield Line(on(11, 8, 17, 10), "technicien", lifted(0, "housse remplacée"))
    yield Line(on(11, 8, 17, 20), "technicien", closed(Kind.ACCESSORY, CM01, Result.SUPPLIED, "câble posé"))
    yield Line(on(11, 28, 9, 40), "technicien", opened(Kind.FAILURE, CM01, 3, "ne démarre plus"))
    yield Line(on(11, 28, 11, 10), "technicien", closed(Kind.FAILURE, CM01, Result.REPAIRED, "remise à zéro, enrôlée de nouveau"))
    yield Line(on(12, 13, 9, 10), "technicien", opened(Kind.THEFT, CM01, 9, "vol dans la nuit du 12 au 13", "2017/004512"))
    yield Line(on(12, 19, 16), "ecole", opened(Kind.BREAKAGE, CM01, 6, "écran fendu dans un coin, elle marche encore"))
    yield Line(on(12, 20, 14), "technicien", counted(CM01, without=(2,), also=("R52H70TEST99",)))
    yield Line(on(12, 20, 15), "technicien", settled(CM01))
    yield Line(at(MORNING, time(8, 40)), "ecole", checked(CM01, {2: Whereabouts.OTHER_CLASS}))


def _floriales() -> Iterator[Line]:
    yield Line(on(11, 20, 9), "dsi", lambda hand: labels.make_blank(24, hand))
    yield Line(on(11, 23, 15, 30), "technicien", labelled(CM02))
    yield Line(on(11, 27, 11, 40), "technicien", opened(Kind.WARRANTY, CM02, 14, "ne s'allume pas au déballage", "RMA-2017-0311"))
    yield Line(on(12, 18, 10, 10), "technicien", prepared(CM02, "Nadia Kaci", "directrice", Reservation(GENERAL, "trois tablettes (alvéoles 12 à 14) à livrer")))
    yield Line(on(12, 18, 10, 20), "technicien", signed)
    yield Line(on(12, 21, 10), "technicien", exchanged(CM02))
    yield Line(on(12, 21, 11), "dsi", waived(CM02, 12, "charged", "batterie à changer par le fournisseur"))
    yield Line(on(12, 21, 16, 30), "technicien", come_back(CM02, 12, "charged"))
    yield Line(at(MORNING, time(9, 10)), "technicien", counted(CM02, without=(11, 13), also=("AIX-CM01-T02",)))


def inside(code: str, slot: int) -> Tablet:
    return Tablet.get((Tablet.mobile_class == cart(code)) & (Tablet.slot == slot))


def thing(code: str, slot: int | None) -> Tablet | MobileClass:
    """The tablet of a slot, or the cart itself."""
    return inside(code, slot) if slot else cart(code)


def labelled(code: str) -> Callable[[Hand], object]:
    return lambda hand: labels.prepare(cart(code), tablets(code), hand)


def prepared(code: str, signer: str, quality: str, *reservations: Reservation) -> Callable[[Hand], object]:
    return lambda hand: handover.prepare(cart(code), reservations, signer, quality, hand)


def last_record() -> Handover:
    return Handover.select().order_by(Handover.id.desc()).get()


def signed(hand: Hand) -> None:
    """Sign the last record with a finger."""
    glass, out = Image.new("RGB", GLASS, "white"), io.BytesIO()
    ImageDraw.Draw(glass).line(SIGNATURE, fill="black", width=5, joint="curve")
    glass.save(out, "PNG")
    handover.sign(last_record(), last_record().sha256, out.getvalue(), handover.GLASS, hand)


def lifted(number: int, words: str) -> Callable[[Hand], object]:
    return lambda hand: handover.lift(last_record(), number, words, hand)


def checked(code: str, missing: dict[int, Whereabouts]) -> Callable[[Hand], object]:
    return lambda hand: record_check(cart(code), {inside(code, slot).id: why for slot, why in missing.items()}, hand)


def opened(kind: Kind, code: str, slot: int | None, words: str, reference: str = "") -> Callable[[Hand], object]:
    return lambda hand: incidents.open_incident(kind, thing(code, slot), words, hand, reference=reference)


def one_open(kind: Kind, code: str) -> Incident:
    return next(row for row in open_of(EVERYWHERE, class_id=cart(code).id) if row.kind == kind.value)


def closed(kind: Kind, code: str, result: Result, words: str) -> Callable[[Hand], object]:
    return lambda hand: incidents.close(one_open(kind, code), result, words, hand)


def exchanged(code: str) -> Callable[[Hand], object]:
    """The supplier's new tablet takes the slot of the one sent back, and waits for its configuration."""

    def act(hand: Hand) -> None:
        new = incidents.swap(one_open(Kind.WARRANTY, code), NEW_SERIAL, hand, asset_tag=f"{code}-T14B")
        labels.prepare(cart(code), [new], hand)
        for stage in (Stage.CHECKED, Stage.LABELLED):
            record_stage(new, stage, hand)

    return act


def waived(code: str, slot: int, item: str, why: str) -> Callable[[Hand], object]:
    return lambda hand: tick([inside(code, slot)], [item], hand, value=WAIVED, note=why)


def come_back(code: str, slot: int, item: str) -> Callable[[Hand], object]:
    """A phone that left in the morning, and says in the evening what it did without network."""

    def act(hand: Hand) -> None:
        left = Event.select(fn.MAX(Event.position)).where(Event.noted < at(hand.now.date(), time(8))).scalar()
        told, who = {"items": [item], "value": DONE}, Person.get(Person.login == "technicien").id
        done = Act(str(uuid.UUID(int=1)), who, PHONE, 1, left, "2017-12-21T09:40:00.000Z", Gesture.TICK, f"tablet:{inside(code, slot).id}", told)
        receive([done], hand, EVERYWHERE, 1)

    return act


def counted(code: str, without: tuple[int, ...], also: tuple[str, ...]) -> Callable[[Hand], object]:
    """Scan the cart: all but some slots, and what is not of it."""

    def act(hand: Hand) -> None:
        row = stocktake.open_stocktake(cart(code), hand)
        there = [tablet.serial for tablet in tablets(code, without) if tablet.stage != Stage.STOLEN.value]
        stocktake.see(row, [*there, *also], hand, EVERYWHERE)

    return act


def settled(code: str) -> Callable[[Hand], object]:
    """Decide of what the count found, and close it."""

    def act(hand: Hand) -> None:
        row = Stocktake.get(Stocktake.mobile_class == cart(code))
        stocktake.decide(row, f"tablet:{inside(code, 2).id}", Decided.ELSEWHERE, hand, words="prêtée à la classe de CE2")
        stocktake.decide(row, "text:R52H70TEST99", Decided.NOTHING, hand, words="tablette personnelle d'une enseignante")
        stocktake.close(row, hand)

    return act
