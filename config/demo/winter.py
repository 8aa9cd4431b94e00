"""The winter after: the cart that was late is finished, validated and observed, the balance asked and paid, and the next meetings prepared.

The demonstration alone tells it, after `ground` and `closing`; it opens on its last morning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, time

from config.demo.closing import certified
from config.demo.ground import NEW_SERIAL, checked, counted, inside, lifted, opened
from config.demo.meetings import STEERING, TECHNICAL, closed, decided, held, notice, plan
from config.demo.money import paid
from config.demo.story import CM01, CM02, Line, cart, one, stage, step, ticks, visa
from deploy.funding.ledger import Move
from deploy.incidents.kind import Kind
from deploy.models import ReportingRequest, Stocktake
from deploy.queries.conventions import convention
from deploy.rollcall.sight import Whereabouts
from deploy.stocktake import actions as stocktake
from deploy.stocktake.difference import Decided
from deploy.term import actions as term
from deploy.term.request import Request, RequestKind
from inventory.actions.records import Hand
from inventory.lifecycle import Stage
from inventory.paris import at
from inventory.scope import EVERYWHERE
from mdm.simulator import Fleet
from mdm.simulator.fleet import NOT_CONFIGURED

LAST_SYNC = date(2018, 2, 16)
MORNING = date(2018, 2, 19)
FINISHED = date(2018, 1, 9)
LATE = (12, 13, 14)
BALANCE = "3900.00"
VISIT = "vérifié sur place : quatorze tablettes, Wi-Fi et dépôt essayés"


def fleet() -> Fleet:
    """The tablets as the MDM knows them that winter: those that waited are configured, the exchanged one enrolled."""
    played = Fleet()
    late = [life for life in played.lives if life.cart.code == CM02 and life.slot in LATE]
    ready = {life.number: at(FINISHED, time(14, life.slot)) for life in late}
    swapped = next(life for life in late if life.slot not in NOT_CONFIGURED)
    newcomer = replace(
        swapped, number=swapped.number + 1, serial=NEW_SERIAL, noted_serial=NEW_SERIAL, mdm_id=swapped.mdm_id + 1,
        enrolled=at(FINISHED, time(9)), configured=ready[swapped.number],
    )  # fmt: skip
    played.lives = [replace(life, configured=ready[life.number]) if life.number in ready and life is not swapped else life for life in played.lives]
    played.lives = [*played.lives, newcomer]
    return played


def winter() -> Iterator[Line]:
    """Every line in the order of its moment."""
    yield from _floriales()
    yield from _committees()
    yield from _money()
    yield from _this_morning()


def _on(month: int, day: int, hour: int = 10, minute: int = 0) -> datetime:
    return at(date(2018, month, day), time(hour, minute))


def _floriales() -> Iterator[Line]:
    yield Line(_on(1, 9, 9, 30), "technicien", one(CM02, 14, Stage.ENROLLED))
    for minute, slot in enumerate(LATE):
        yield Line(_on(1, 9, 16, minute), "technicien", one(CM02, slot, Stage.CONFIGURED))
    yield Line(_on(1, 10), "technicien", late(ticks, "wifi_profile"))
    yield Line(_on(1, 11, 9), "technicien", late(ticks, "charged", "tested"))
    for minute, slot in enumerate(LATE):
        yield Line(_on(1, 11, 10, minute), "technicien", one(CM02, slot, Stage.DELIVERED, "avenant au PV de mise à disposition"))
    yield Line(_on(1, 11, 10, 20), "technicien", lifted(0, "les trois tablettes sont remises à la directrice"))
    yield Line(_on(1, 11, 11), "technicien", step(CM02, "storage", "essai de dépôt"))
    yield Line(_on(1, 11, 14), "technicien", recounted)
    yield Line(_on(1, 12, 9), "technicien", stage(CM02, Stage.IN_SERVICE))
    yield Line(_on(1, 16, 17), "academie", step(CM02, "training", "deux heures dans l'école", present="7"))
    yield Line(_on(2, 6, 15), "technicien", opened(Kind.WIFI, CM02, None, "la borne de la salle polyvalente ne répond plus depuis ce matin"))


def _committees() -> Iterator[Line]:
    yield Line(_on(1, 9, 10), "academie", plan(TECHNICAL, date(2018, 1, 25), "09:30"))
    yield Line(_on(1, 9, 11), "academie", notice(TECHNICAL))
    yield Line(_on(1, 25, 10), "comite", visa(CM02, VISIT))
    yield Line(_on(1, 25, 10, 10), "comite-academie", visa(CM02, VISIT))
    yield Line(_on(1, 25, 11), "academie", closed("remises et en service depuis le 12 janvier"))
    yield Line(_on(1, 25, 14), "academie", held(TECHNICAL, (0, 2), "AIX-CM02 est entière et en service.\nLes deux signataires valident son intégration."))
    yield Line(_on(1, 25, 15), "academie", decided(TECHNICAL, "Rendre compte des usages des deux classes mobiles au comité de pilotage", "académie", date(2018, 3, 15)))
    yield Line(_on(1, 25, 15, 10), "academie", decided(TECHNICAL, "Relever au dos de AIX-CM02-T06 son numéro de série, et corriger l'inventaire", "technicien de terrain", date(2018, 3, 2)))
    yield Line(_on(1, 29), "academie", step(CM02, "service_done", "constaté sur place, quatorze tablettes"))
    yield Line(_on(2, 12), "academie", plan(STEERING, date(2018, 3, 15), "14:00"))
    yield Line(_on(2, 13), "academie", plan(TECHNICAL, date(2018, 3, 29), "09:30"))
    yield Line(_on(2, 13, 11), "academie", notice(TECHNICAL))


def _money() -> Iterator[Line]:
    yield Line(_on(1, 15), "dsi", paid(Move.RESOURCES, date(2018, 1, 15), "1000.00", "attestation des deux collèges de référence"))
    yield Line(_on(1, 30), "dsi", certified)
    yield Line(_on(1, 30, 11), "dsi", paid(Move.BALANCE_CLAIMED, date(2018, 1, 30), BALANCE, "courrier 2018-0091"))
    yield Line(_on(2, 14), "dsi", paid(Move.BALANCE_RECEIVED, date(2018, 2, 14), BALANCE, "titre de recette 2018-0203"))
    yield Line(_on(2, 1), "academie", asked(RequestKind.SURVEY, "rectorat, délégation académique au numérique", date(2018, 2, 9), "Combien d'enseignants ont suivi une prise en main ?"))
    yield Line(_on(2, 8), "academie", answered("Treize : six aux Granettes le 8 novembre, sept aux Floriales le 16 janvier."))
    yield Line(_on(2, 15), "academie", asked(RequestKind.REPORTING, "préfecture de région, suivi du PIA", date(2018, 3, 2), "Quel est l'avancement de l'opération, et que reste-t-il à payer ?"))


def _this_morning() -> Iterator[Line]:
    yield Line(at(MORNING, time(8, 40)), "ecole", checked(CM01, {2: Whereabouts.OTHER_CLASS}))
    yield Line(at(MORNING, time(9, 10)), "technicien", counted(CM01, without=(2, 11), also=("AIX-CM02-T03",)))


def late(act: Callable[..., Callable[[Hand], object]], *items: str) -> Callable[[Hand], object]:
    """The same act on the tablets that were late, and no other."""
    return act(CM02, *items, without=[slot for slot in range(1, 15) if slot not in LATE])


def recounted(hand: Hand) -> None:
    """The count left open on the first school day is taken up again: the two that lacked are there, the visitor goes home."""
    row = Stocktake.get((Stocktake.mobile_class == cart(CM02)) & Stocktake.closed.is_null())
    stocktake.see(row, [inside(CM02, slot).serial for slot in (11, 13)], hand, EVERYWHERE)
    stocktake.decide(row, f"tablet:{inside(CM01, 2).id}", Decided.RETURN, hand, words="empruntée par le remplaçant, rendue ce jour")
    stocktake.close(row, hand)


def asked(kind: RequestKind, sender: str, due: date, question: str) -> Callable[[Hand], object]:
    return lambda hand: term.receive_request(convention(), Request(kind, sender, hand.now.date(), due, question), hand)


def answered(words: str) -> Callable[[Hand], object]:
    """Answer the last request."""
    return lambda hand: term.answer(ReportingRequest.select().order_by(ReportingRequest.id.desc()).get(), words, hand)
