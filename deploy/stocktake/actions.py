"""What is done of a stock-take: opened, fed by what several people scan, decided point by point, closed."""

from __future__ import annotations

from collections.abc import Sequence

from deploy.incidents.actions import open_incident
from deploy.incidents.kind import Kind
from deploy.models import Stocktake, StocktakeSight
from deploy.stocktake.difference import OF_MISSING, OF_UNEXPECTED, OF_UNKNOWN, Decided
from deploy.stocktake.queries import DECISION, STOCKTAKE, TEXT, decisions, difference
from inventory.actions.records import Hand
from inventory.actions.tablets import place
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.journal import Entry, append
from inventory.models import MobileClass, Tablet
from inventory.queries.labels import thing
from inventory.scope import Scope
from inventory.serials import normalise
from inventory.words import tell, tell_count

MOST, LONGEST = 200, 60


@atomic
def open_stocktake(cart: MobileClass, hand: Hand) -> Stocktake:
    """Open the stock-take of a cart, or return the one that is open: everybody counts in the same one."""
    known = Stocktake.get_or_none((Stocktake.mobile_class == cart) & Stocktake.closed.is_null())
    if known is not None:
        return known
    row: Stocktake = Stocktake.create(mobile_class=cart, opened=hand.now)
    append([Entry(STOCKTAKE, row.id, STOCKTAKE, "open", hand.now)], noted=hand.now, actor=hand.by, source=hand.source)
    return row


@atomic
def see(row: Stocktake, texts: Sequence[str], hand: Hand, scope: Scope) -> int:
    """Take down what was scanned or typed; returns how many things are new. The same thing told twice, by anybody, is one."""
    _refuse_closed(row)
    if len(texts) > MOST:
        raise Refused(tell("{count} lignes d'un coup : en envoyer {most} au plus.", count=len(texts), most=MOST))
    new = 0
    for text in texts:
        tablet, plain = _tablet(text, scope), normalise(text)[:LONGEST]
        told = tablet.serial if tablet is not None else plain
        if told:
            new += not StocktakeSight.select().where((StocktakeSight.stocktake == row) & (StocktakeSight.text == told)).exists()
            StocktakeSight.insert(stocktake=row, text=told, tablet=tablet, at=hand.now, person=hand.by).on_conflict_ignore().execute()
    return new


def _tablet(text: str, scope: Scope) -> Tablet | None:
    """The tablet that a text names for whoever scans it: a label, a serial, an asset tag; None for anything else."""
    try:
        found, _ = thing(scope, text)
    except NotFound:
        return None
    return found if isinstance(found, Tablet) else None


@atomic
def decide(row: Stocktake, key: str, decided: Decided, hand: Hand, *, slot: int | None = None, words: str = "") -> None:
    """Decide of one thing that is missing, unexpected or unknown, and do it: an incident opened, a tablet moved; else it is said."""
    _refuse_closed(row)
    found = difference(row)
    kind, _, name = key.partition(":")
    tablet = _of(name) if kind == "tablet" else None
    allowed: tuple[Decided, ...] = OF_UNKNOWN if kind == TEXT and name in found.unknown else ()
    if tablet is not None:
        allowed = OF_MISSING if tablet.id in found.missing else OF_UNEXPECTED if tablet.id in found.unexpected else ()
    if decided not in allowed:
        raise Refused(tell("Cette décision ne va pas à ce qui a été trouvé : recharger la page et choisir dans la liste."))
    if tablet is not None:
        _carry_out(row, tablet, decided, hand, slot, words)
    detail = {"name": (tablet.asset_tag or tablet.serial) if tablet is not None else name}
    append([Entry(STOCKTAKE, row.id, DECISION + key, decided.value, hand.now, detail, words.strip()[:1000])], noted=hand.now, actor=hand.by, source=hand.source)


def _of(name: str) -> Tablet | None:
    return Tablet.get_or_none(Tablet.id == int(name)) if name.isdecimal() and len(name) < 18 else None


def _carry_out(row: Stocktake, tablet: Tablet, decided: Decided, hand: Hand, slot: int | None, words: str) -> None:
    if decided is Decided.SEARCH:
        open_incident(Kind.LOSS, tablet, words.strip() or f"Absente à l'inventaire n° {row.id}", hand, certain=False)
    elif decided is Decided.TAKE_OUT:
        place(tablet, None, None, hand)
    elif decided is Decided.PLACE:
        if slot is None:
            raise Refused(tell("Dire dans quelle alvéole elle est rangée."))
        place(tablet, row.mobile_class, slot, hand)


@atomic
def close(row: Stocktake, hand: Hand) -> None:
    """Close a stock-take; refused while something waits for a decision."""
    _refuse_closed(row)
    found = difference(row)
    left = found.undecided(decisions(row))
    if left:
        raise Refused(tell_count("{count} point attend une décision : rien n'est clos.", "{count} points attendent une décision : rien n'est clos.", len(left)))
    row.closed = hand.now
    row.save(only=[Stocktake.closed])
    detail = {"id": row.id, "found": len(found.found), "missing": len(found.missing), "unexpected": len(found.unexpected) + len(found.unknown)}
    append([Entry("mobile_class", row.mobile_class_id, STOCKTAKE, "closed", hand.now, detail)], noted=hand.now, actor=hand.by, source=hand.source)


def _refuse_closed(row: Stocktake) -> None:
    if Stocktake.get_by_id(row.id).closed is not None:
        raise Refused(tell("Cet inventaire est clos : en ouvrir un autre."))

