"""The list of tablets: now by the database, in the past by the fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from peewee import JOIN, fn

from inventory.columns import MomentField
from inventory.contact import ContactState
from inventory.journal import When
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.models import MobileClass, School, Sighting, Tablet
from inventory.paris import read_local
from inventory.queries import listing
from inventory.queries.changes import CHANGED
from inventory.queries.counters import holders, speaking, tablets_in_carts
from inventory.queries.listed_places import carts
from inventory.queries.listing import Ask, Page
from inventory.queries.past import rows_then
from inventory.queries.school_times import time_of
from inventory.queries.silences import silence_means, state_of
from inventory.queries.tablet_rows import LABEL, TABLET_ORDERS, TabletRow
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.serials import normalise

MOST_CARTS = 500
COUNTED = frozenset({"etape", "mdm", "ecole", "classe"})
_stored = MomentField().db_value


def tablets(ask: Ask, when: When | None, *, scope: Scope) -> Page[TabletRow]:
    """One page of the tablets, filtered by `etape`, `mdm`, `ecole` (UAI) and `classe` (code)."""
    order = TABLET_ORDERS[ask.sort]
    if when is None:
        return listing.cut(_tablets(ask, scope), Tablet.id, order, ask, _read_tablets, lambda row: row.id)
    if order.whole:
        return listing.cut_folded(_tablets_then(Ask(ask.words, ask.filters, "nom"), when, scope), order, ask, lambda row: row.id)
    return listing.cut_walked(_tablets_then(ask, when, scope), order, ask, lambda row: row.id)


def count_tablets(ask: Ask, when: When | None, *, scope: Scope) -> int:
    """How many tablets, at most one more than `MOST_COUNTED`; those in carts are counted already, unless words or dates narrow them."""
    if when is not None:
        return sum(1 for _ in islice(_tablets_then(Ask(ask.words, ask.filters, "nom"), when, scope), listing.MOST_COUNTED + 1))
    if ask.words or any(value and name not in COUNTED for name, value in ask.filters.items()):
        return listing.counted_to(_tablets(ask, scope))
    inside = carts(ask, scope=scope)
    stock = listing.counted_to(_tablets(ask, scope).where(Tablet.mobile_class.is_null())) if inside is None else 0
    return min(stock + tablets_in_carts(inside, stage=ask.filter("etape"), mdm=ask.filter("mdm")), listing.MOST_COUNTED + 1)


def _tablets(ask: Ask, scope: Scope) -> Any:
    query = Tablet.select(Tablet.id).where(~Tablet.withdrawn)
    if ask.words:
        query = query.where(listing.holding(Tablet, (Tablet.serial, Tablet.asset_tag, Tablet.model), ask.words))
    if ask.filter("etape"):
        query = query.where(Tablet.stage == ask.filter("etape"))
    if ask.filter("mdm"):
        query = query.where(_told_by_mdm(ask.filter("mdm")))
    if ask.filter("contact") and ask.now:
        query = query.where(silence_means(ContactState(ask.filter("contact")), ask.now))
    for name, changed in CHANGED.items():
        if ask.filter(name):
            query = query.where(changed(read_local(ask.filter(name))))
    inside = carts(ask, scope=scope)
    return query if inside is None else query.where(Tablet.mobile_class.in_(inside))


def _told_by_mdm(status: str) -> Any:
    """Tablets of which the MDM record that speaks says `status`: a few are found first, many are met by walking the sorted list."""
    if status == MdmStatus.UNKNOWN:
        says = ~fn.EXISTS(Sighting.select(Sighting.serial).where(Sighting.serial == Tablet.serial))
        near, most = Tablet.mobile_class.in_(holders(status)) | Tablet.mobile_class.is_null(), MOST_CARTS
    else:
        says = speaking() == status
        near, most = Tablet.serial.in_(Sighting.select(Sighting.serial).where(Sighting.status == status)), listing.MOST_SORTED
    if tablets_in_carts(mdm=status) > most:
        return says
    return listing.few(Tablet.select(Tablet.id).where(near & says), Tablet.id) or says


def _read_tablets(ids: Sequence[int]) -> list[TabletRow]:
    rows = list(
        Tablet.select(Tablet.id, LABEL, Tablet.serial, Tablet.model, MobileClass.code, Tablet.slot, School.name, School.uai, Tablet.stage, Tablet.stage_at)
        .join(MobileClass, JOIN.LEFT_OUTER).join(School, JOIN.LEFT_OUTER).where(listing.among(Tablet.id, ids)).tuples()
    )  # fmt: skip
    heard = _heard([row[2] for row in rows])
    return [
        TabletRow(one, name, serial, model, code or "", slot, school or "", uai or "", Stage(stage), at, *heard.get(serial, (MdmStatus.UNKNOWN, None)))
        for one, name, serial, model, code, slot, school, uai, stage, at in rows
    ]


def _heard(serials: Sequence[str]) -> dict[str, tuple[MdmStatus, datetime | None]]:
    """What the MDM record that speaks says of each serial: gone ones first, the newest enrolment last, so that it stays."""
    rows = Sighting.select(Sighting.serial, Sighting.status, Sighting.last_contact, Sighting.enrolled_at, Sighting.id).where(Sighting.serial.in_(list(serials)))
    ranked = sorted(rows.tuples(), key=lambda row: (row[1] != MdmStatus.GONE.value, _stored(row[3]) or -(2**62), row[4]))
    return {serial: (MdmStatus(status), contact) for serial, status, contact, _, _ in ranked}


def _tablets_then(ask: Ask, when: When, scope: Scope) -> Iterator[TabletRow]:
    """The tablets as they stood, from where a page begins and in its direction, read as they are asked for."""
    query = visible(scope, Tablet).where(~Tablet.withdrawn)
    for name, changed in CHANGED.items():
        if ask.filter(name):
            query = query.where(changed(read_local(ask.filter(name)), when))
    for ids in listing.walked(query, Tablet.id, TABLET_ORDERS[ask.sort], ask):
        yield from (row for row in rows_then(ids, when, scope) if _fits(row, ask) and _silent_so(row, ask, when))


def _silent_so(row: TabletRow, ask: Ask, when: When) -> bool:
    wanted = ask.filter("contact")
    return not wanted or state_of(row.last_contact, when.moment, time_of(row.uai)).value == wanted


def _fits(row: TabletRow, ask: Ask) -> bool:
    wanted = ask.words.casefold()
    return (
        (not wanted or wanted in row.serial.casefold() or wanted in row.name.casefold() or wanted in row.model.casefold())
        and ask.filter("etape") in ("", row.stage.value)
        and ask.filter("mdm") in ("", row.mdm.value)
        and ask.filter("ecole").upper() in ("", row.uai)
        and ask.filter("classe").upper() in ("", row.class_code)
    )


def exact(words: str, *, scope: Scope) -> int | None:
    """The tablet whose serial number or asset tag is exactly this, however typed."""
    named = (Tablet.serial == normalise(words)) | (Tablet.asset_tag == words)
    row = _tablets(Ask(), scope).where(named).tuples().first()
    return row[0] if row else None
