"""What a person does with labels: have codes made for a cart, have blank ones made, stick one on a thing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from typing import Any

from peewee import fn

from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.journal import Entry, append
from inventory.labels.code import DRAWN, Names, code_of, shown
from inventory.models import Label, MobileClass, Tablet
from inventory.words import tell

MOST_BLANK, SOME = 500, 100
LABEL = "label"


@atomic
def prepare(mobile_class: MobileClass, tablets: Sequence[Tablet], hand: Hand) -> int:
    """Give a code to the cart, to each of its slots and to each of these tablets, where they have none; says how many are new."""
    mine = Label.select().where((Label.mobile_class == mobile_class) | Label.tablet.in_([tablet.id for tablet in tablets]))
    known = {(row.names, row.slot, row.tablet_id) for row in mine}
    wanted: list[dict[str, Any]] = [{"names": Names.CART.value, "mobile_class": mobile_class}]
    wanted += [{"names": Names.SLOT.value, "mobile_class": mobile_class, "slot": slot} for slot in range(1, mobile_class.slots + 1)]
    wanted += [{"names": Names.TABLET.value, "tablet": tablet} for tablet in tablets]
    new = [one for one in wanted if (one["names"], one.get("slot"), one["tablet"].id if "tablet" in one else None) not in known]
    return len(_made(new, hand))


@atomic
def prepare_paper(mobile_class: MobileClass, paper: int, hand: Hand) -> str:
    """The code of a paper of a cart, made at the first need."""
    known = Label.get_or_none((Label.names == Names.PAPER.value) & (Label.paper == paper))
    if known is not None:
        return str(known.code)
    return str(_made([{"names": Names.PAPER.value, "mobile_class": mobile_class, "paper": paper}], hand)[0].code)


@atomic
def make_blank(count: int, hand: Hand) -> int:
    """Make codes that name nothing yet, to be stuck on site; returns their lot."""
    if not 1 <= count <= MOST_BLANK:
        raise Refused(tell("Nombre = « {count} » : demander de 1 à {most} étiquettes vierges.", count=count, most=MOST_BLANK))
    lot = (Label.select(fn.MAX(Label.lot)).scalar() or 0) + 1
    _made([{"lot": lot} for _ in range(count)], hand)
    return int(lot)


def _made(wanted: Iterable[dict[str, Any]], hand: Hand) -> list[Label]:
    rows = [Label(code=code_of(secrets.token_bytes(DRAWN)), made=hand.now, **one) for one in wanted]
    Label.bulk_create(rows, batch_size=SOME)
    return rows


@atomic
def stick(code: str, thing: MobileClass | Tablet, slot: int | None, hand: Hand) -> Label:
    """Say what a blank label is stuck on: a cart, a slot of a cart, a tablet; raises `Refused` unless it is a blank one of ours."""
    row = Label.get_or_none((Label.code == code) & (Label.names == Names.BLANK.value))
    if row is None:
        raise Refused(tell("« {code} » n'est pas une étiquette vierge : en prendre une autre, ou vérifier la saisie.", code=shown(code)))
    if isinstance(thing, Tablet):
        row.names, row.tablet = Names.TABLET.value, thing
    elif slot is None:
        row.names, row.mobile_class = Names.CART.value, thing
    elif 1 <= slot <= thing.slots:
        row.names, row.mobile_class, row.slot = Names.SLOT.value, thing, slot
    else:
        raise Refused(tell("L'alvéole {slot} n'existe pas dans {cart} : choisir de 1 à {most}.", slot=slot, cart=thing.code, most=thing.slots))
    row.save()
    detail = {"slot": slot} if slot else {}
    entry = Entry(thing._meta.table_name, thing.id, LABEL, code, hand.now, detail)
    append([entry], noted=hand.now, actor=hand.by, source=hand.source)
    return row
