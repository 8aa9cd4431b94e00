"""The list of tablets: now by the database, in the past by the fold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import islice, repeat
from typing import Any

from peewee import fn

from inventory.columns import MomentField
from inventory.contact import ContactState
from inventory.db import read_many
from inventory.journal import When
from inventory.mdm_status import MdmStatus
from inventory.models import Sighting, Tablet
from inventory.paris import read_local
from inventory.queries import listing
from inventory.queries.changes import CHANGED
from inventory.queries.counters import holders, speaking, tablets_in_carts
from inventory.queries.listed_places import carts
from inventory.queries.listing import Ask, Page
from inventory.queries.past import NEVER, STAGES, WORDS, rows_then
from inventory.queries.school_times import time_of
from inventory.queries.silences import silence_means, state_of
from inventory.queries.tablet_rows import TABLET_ORDERS, TabletRow, made_of
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.serials import normalise

MOST_CARTS, WHOLE = 500, 2**31
COUNTED = frozenset({"etape", "mdm", "ecole", "classe"})
A_PART = 4000
UNKNOWN = MdmStatus.UNKNOWN.value
_moment = MomentField().python_value
_seen_at = lru_cache(maxsize=4096)(_moment)
_ROWS = (
    "SELECT t.id, COALESCE(t.asset_tag, t.serial), t.serial, t.model, COALESCE(c.code, ''), t.slot, COALESCE(h.name, ''), COALESCE(h.uai, ''), "  # noqa: S608 our own words
    f"t.stage, t.stage_at, COALESCE(s.status, '{UNKNOWN}'), s.last_contact, s.enrolled_at, s.id FROM tablet t LEFT JOIN mobile_class c ON c.id = t.mobile_class_id "
    "LEFT JOIN school h ON h.id = c.school_id LEFT JOIN sighting s ON s.serial = t.serial WHERE "
)


def tablets(ask: Ask, when: When | None, *, scope: Scope) -> Page[TabletRow]:
    """One page of the tablets, filtered by `etape`, `mdm`, `ecole` (UAI) and `classe` (code)."""
    order = TABLET_ORDERS[ask.sort]
    if when is None:
        return listing.cut(_tablets(ask, scope), Tablet.id, order, ask, _read_tablets, lambda row: row.id)
    if order.whole:
        return listing.cut_folded(_tablets_then(Ask(ask.words, ask.filters, "nom"), when, scope), order, ask, lambda row: row.id)
    return listing.cut_walked(_tablets_then(ask, when, scope), order, ask, lambda row: row.id)


def parts(ask: Ask, when: When | None, contacts: bool, *, scope: Scope) -> Iterator[Sequence[TabletRow]]:
    """The whole list in its order, some thousand tablets at a time; without `contacts`, their last contact is not looked for."""
    order, ask = TABLET_ORDERS[ask.sort], replace(ask, cursor=None, size=A_PART)
    if when is None:
        for ids in listing.walked(_tablets(ask, scope), Tablet.id, order, ask):
            yield _read_tablets(ids, contacts=contacts)
    elif order.whole:
        yield tablets(replace(ask, size=WHOLE), when, scope=scope).rows
    else:
        yield from _parts_then(ask, when, scope, contacts=contacts)


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


def _read_tablets(ids: Sequence[int], *, contacts: bool = True) -> list[TabletRow]:
    """Some tablets in the order of their ids told; of several MDM records of one, the newest enrolment speaks, one that is gone last."""
    found = list(read_many(_ROWS + listing.numbered("t.id", ids)))
    rows = {row[0]: row for row in found}
    if len(rows) < len(found):
        rows = {row[0]: row for row in sorted(found, key=lambda row: (row[10] != MdmStatus.GONE.value, row[12] or NEVER, row[13] or 0))}
    if not ids:
        return []
    *plain, stages, moments, words, contact, _, _ = zip(*map(rows.__getitem__, ids), strict=True)
    heard = map(_moment, contact) if contacts else repeat(None)
    return made_of(*plain, map(STAGES.__getitem__, stages), map(_seen_at, moments), map(WORDS.__getitem__, words), heard)


def _tablets_then(ask: Ask, when: When, scope: Scope) -> Iterator[TabletRow]:
    """The tablets as they stood, from where a page begins and in its direction, read as they are asked for."""
    for part in _parts_then(ask, when, scope):
        yield from part


def _parts_then(ask: Ask, when: When, scope: Scope, *, contacts: bool = True) -> Iterator[list[TabletRow]]:
    query = visible(scope, Tablet).where(~Tablet.withdrawn)
    for name, changed in CHANGED.items():
        if ask.filter(name):
            query = query.where(changed(read_local(ask.filter(name)), when))
    for ids in listing.walked(query, Tablet.id, TABLET_ORDERS[ask.sort], ask):
        rows = rows_then(ids, when, scope, contacts=contacts or bool(ask.filter("contact")))
        narrowed = ask.words or any(ask.filters.values())
        yield [row for row in rows if _fits(row, ask) and _silent_so(row, ask, when)] if narrowed else list(rows)


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
