"""What the check writes: who saw what in a cart, and the guesses of its short code."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from datetime import datetime

from deploy.incidents.actions import close, open_incident
from deploy.incidents.kind import Kind, Result
from deploy.incidents.queries import open_of
from deploy.models import CheckGuess
from deploy.rollcall.short_code import MOST_FAILURES, lock_for
from deploy.rollcall.sight import CHECK, LOCK, NOT_ASKED, SIGHT, Sight, Whereabouts
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.journal import Entry, append
from inventory.lifecycle import Stage
from inventory.models import MobileClass, Tablet
from inventory.scope import EVERYWHERE
from inventory.spoken import moment
from inventory.words import tell, tell_count

BY_LABEL = "label"
"""The source of what somebody without an account said, by the label of a cart and the short code of its school."""


@atomic
def record_check(cart: MobileClass, missing: Mapping[int, Whereabouts], hand: Hand) -> int:
    """Record that all the tablets of a cart were seen now, but the `missing` ones (by id); returns how many were seen.

    Raises `Refused` when one of them is not in this cart, or when nothing is there to be seen.
    """
    inside = Tablet.select().where((Tablet.mobile_class == cart) & ~Tablet.withdrawn).order_by(Tablet.slot)
    asked = [tablet for tablet in inside if Stage(tablet.stage) not in NOT_ASKED]
    if not asked:
        raise Refused(tell("{cart} n'a aucune tablette à pointer.", cart=cart.code))
    if not missing.keys() <= {tablet.id for tablet in asked}:
        raise Refused(tell("Une des tablettes cochées n'est plus dans {cart} : recharger la page et recommencer.", cart=cart.code))
    entries = [_sight(tablet, cart, missing.get(tablet.id), hand.now) for tablet in asked]
    here = len(asked) - len(missing)
    detail = {"here": here, "missing": sorted(missing)}
    entries.append(Entry("mobile_class", cart.id, CHECK, "missing" if missing else "complete", hand.now, detail))
    append(entries, noted=hand.now, actor=hand.by, source=hand.source)
    _follow(cart, asked, missing, hand)
    return here


def _follow(cart: MobileClass, asked: Sequence[Tablet], missing: Mapping[int, Whereabouts], hand: Hand) -> None:
    """A tablet that nobody knows where to find opens an incident, only suspected; seen again, it closes it."""
    sought = {row.tablet_id: row for row in open_of(EVERYWHERE, class_id=cart.id) if row.kind == Kind.LOSS.value}
    for tablet in asked:
        if missing.get(tablet.id) is Whereabouts.UNKNOWN and tablet.id not in sought:
            open_incident(Kind.LOSS, tablet, "Pas dans la valise au pointage.", hand, certain=False)
        elif tablet.id not in missing and tablet.id in sought:
            close(sought[tablet.id], Result.FOUND, "Vue dans la valise au pointage.", hand)


def _sight(tablet: Tablet, cart: MobileClass, why: Whereabouts | None, now: datetime) -> Entry:
    detail = {"cart": cart.code, "slot": tablet.slot, **({"why": why.value} if why else {})}
    return Entry("tablet", tablet.id, SIGHT, (Sight.MISSING if why else Sight.HERE).value, now, detail)


@atomic
def guess(cart: MobileClass, typed: str, right: str, now: datetime) -> str | None:
    """Try a short code on the check of a cart: None when it opens, else why not, in French.

    Five wrong ones in a row shut it for an hour, then for twice as long each time, and the journal says so; a right one forgets them.
    """
    row = CheckGuess.get_or_none(CheckGuess.mobile_class == cart) or CheckGuess.create(mobile_class=cart)
    if row.locked_until is not None and now < row.locked_until:
        return tell("Trop de codes faux : le pointage sans compte rouvre le {moment}. Une personne qui a un compte peut pointer.", moment=moment(row.locked_until))
    plain = "".join(sign for sign in typed if sign.isdigit())
    if hmac.compare_digest(plain.encode(), right.encode()):
        CheckGuess.update(failures=0, locks=0, locked_until=None).where(CheckGuess.mobile_class == cart).execute()
        return None
    return _counted(cart, row, now)


def _counted(cart: MobileClass, row: CheckGuess, now: datetime) -> str:
    failures = row.failures + 1
    if failures < MOST_FAILURES:
        CheckGuess.update(failures=failures).where(CheckGuess.mobile_class == cart).execute()
        return tell_count(
            "Ce n'est pas le code de cette semaine. Encore {count} essai ; le code est sur la page de l'école.",
            "Ce n'est pas le code de cette semaine. Encore {count} essais ; le code est sur la page de l'école.", MOST_FAILURES - failures,
        )  # fmt: skip
    until = now + lock_for(row.locks)
    CheckGuess.update(failures=0, locks=row.locks + 1, locked_until=until).where(CheckGuess.mobile_class == cart).execute()
    append([Entry("mobile_class", cart.id, LOCK, "locked", now, {"until": until.isoformat()})], noted=now, actor=None, source=BY_LABEL)
    return tell("Cinq codes faux : le pointage sans compte est fermé jusqu'au {moment}, et c'est noté.", moment=moment(until))
