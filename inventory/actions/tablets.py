"""What a person does to a tablet: register it, put it in a slot, record its stage."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from inventory.actions.bulk import save_all
from inventory.actions.counting import recount
from inventory.actions.outbox import announce
from inventory.actions.records import Hand, refuse_earlier, register_all, withdraw_all
from inventory.columns import canonical_words
from inventory.db import atomic
from inventory.errors import Conflict, Refused
from inventory.guards import objection
from inventory.journal import Entry, Line, append, facts, lines
from inventory.lifecycle import NEEDS_NOTE, Stage, latest_told, moves_from, prepared
from inventory.models import MobileClass, School, Tablet
from inventory.outbox import EventKind
from inventory.serials import complaint, normalise, usual
from inventory.words import tell

STAGE = "stage"
PLACE = "place"
CLOCK_TOLERANCE = timedelta(minutes=5)
NOTE_LENGTH = 1000
SOME = 500
Move = tuple[Tablet, MobileClass | None, int | None]


@atomic
def register_tablet(tablet: Tablet, hand: Hand, at: datetime | None = None) -> Tablet:
    """Register a tablet under its normalised serial number; raises `Refused` on a serial that names nothing."""
    register_tablets([tablet], hand, at)
    return tablet


@atomic
def register_tablets(tablets: Sequence[Tablet], hand: Hand, at: datetime | None = None) -> None:
    """Register several tablets, new or changed, all or none."""
    for tablet in tablets:
        if not usual(tablet.serial):
            _take_serial(tablet)
    register_all(tablets, hand, at)
    recount(tablet.mobile_class_id for tablet in tablets)


def _take_serial(tablet: Tablet) -> None:
    tablet.serial = normalise(tablet.serial)
    fault = complaint(tablet.serial)
    if fault:
        raise Refused(fault)


@atomic
def place(tablet: Tablet, mobile_class: MobileClass | None, slot: int | None, hand: Hand, at: datetime | None = None) -> bool:
    """Put a tablet in a numbered slot of a cart, or take it out (`None`); False if it is there already."""
    return bool(place_all([(tablet, mobile_class, slot)], hand, at))


@atomic
def place_all(moves: Iterable[Move], hand: Hand, at: datetime | None = None) -> int:
    """Make several moves, all or none; returns how many were new. The slots left are free for the others: two tablets may swap."""
    new = [move for move in moves if (move[0].mobile_class_id, move[0].slot) != (move[1].id if move[1] else None, move[2])]
    touched = [tablet.mobile_class_id for tablet, _, _ in new]
    _refuse_past_places([tablet for tablet, _, _ in new], at)
    _move([(tablet, None, None) for tablet, _, _ in new if tablet.mobile_class_id])
    _refuse_slots(new)
    _move(new)
    entries = [_place_entry(move, at or hand.now) for move in new]
    refuse_earlier(entries, hand)
    append(entries, noted=hand.now, actor=hand.by, source=hand.source)
    recount([*touched, *(tablet.mobile_class_id for tablet, _, _ in new)])
    return len(entries)


@atomic
def withdraw_tablets(tablets: Sequence[Tablet], hand: Hand) -> None:
    """Take back tablets that should never have been: their slots and their asset tags are free for others."""
    place_all([(tablet, None, None) for tablet in tablets], hand)
    for tablet in tablets:
        tablet.asset_tag = None
    withdraw_all(tablets, hand)


def _move(moves: Sequence[Move]) -> None:
    for tablet, mobile_class, slot in moves:
        tablet.mobile_class, tablet.slot = mobile_class, slot if mobile_class else None
    save_all([tablet for tablet, _, _ in moves], only=("mobile_class", "slot"))


def _place_entry(move: Move, at: datetime) -> Entry:
    tablet, mobile_class, slot = move
    if mobile_class is None:
        return Entry("tablet", tablet.id, PLACE, "", at, canonical_words({"mobile_class": None, "slot": None}))
    return Entry("tablet", tablet.id, PLACE, f"{mobile_class.id}/{slot}", at, canonical_words({"mobile_class": mobile_class.id, "slot": slot}))


def _refuse_past_places(tablets: Sequence[Tablet], at: datetime | None) -> None:
    told = facts("tablet", axes=[PLACE], ids=[tablet.id for tablet in tablets]) if at else {}
    for tablet in tablets:
        line = told.get((tablet.id, PLACE))
        if line is not None and at is not None and line.at > at:
            raise Refused(tell("{name} a changé de place depuis : indiquer le moment présent.", name=tablet.asset_tag or tablet.serial))


def _refuse_slots(moves: Sequence[Move]) -> None:
    """Raise `Refused` unless each slot exists and holds no other tablet, of the inventory or of an earlier move."""
    holders = _holders(moves)
    for tablet, mobile_class, slot in moves:
        if mobile_class is None:
            continue
        if slot is None or not 1 <= slot <= mobile_class.slots:
            raise Refused(
                tell("L'alvéole {slot} n'existe pas dans {code} : choisir un numéro de 1 à {slots}.", slot=slot, code=mobile_class.code, slots=mobile_class.slots)
            )
        taken = holders.setdefault((mobile_class.id, slot), tablet)
        if taken != tablet:
            raise Refused(
                tell("L'alvéole {slot} de {code} contient déjà {other} : la vider d'abord, ou choisir une autre alvéole.", slot=slot, code=mobile_class.code, other=taken.asset_tag or taken.serial)
            )


def _holders(moves: Sequence[Move]) -> dict[tuple[int, int], Tablet]:
    """Which tablet is in each slot of the carts of these moves."""
    carts = sorted({mobile_class.id for _, mobile_class, _ in moves if mobile_class})
    held: dict[tuple[int, int], Tablet] = {}
    for start in range(0, len(carts), SOME):
        query = Tablet.select().where(Tablet.mobile_class.in_(carts[start : start + SOME]))
        held.update({(tablet.mobile_class_id, tablet.slot): tablet for tablet in query})
    return held


def record_stage(tablet: Tablet, stage: Stage, hand: Hand, *, at: datetime | None = None, note: str = "") -> bool:
    """Append what was seen of a tablet and refresh its current stage; False if it was known already.

    `at` is when it was true (default: now). Raises `Refused` for a move the life cycle does not know, a moment in the future, or a
    missing reason.
    """
    return bool(record_stages([tablet], stage, hand, at=at, note=note))


@atomic
def record_stages(tablets: Sequence[Tablet], stage: Stage, hand: Hand, *, at: datetime | None = None, note: str = "") -> int:
    """Record one stage for several tablets, all or none; returns how many it was new for."""
    at, note = at or hand.now, unicodedata.normalize("NFC", note.strip())
    stories = _stories(tablets)
    new = {tablet.id: tablet for tablet in tablets if _refuse_stage(tablet, stories[tablet.id], stage, at, note, hand)}
    entries = [
        Entry("tablet", tablet_id, STAGE, stage.value, at, canonical_words({"after": _prepared_before(stories[tablet_id], at).value}), note)
        for tablet_id in new
    ]
    append(entries, noted=hand.now, actor=hand.by, source=hand.source)
    refresh_stages(list(new.values()))
    announce(EventKind.STAGE_CHANGED, lambda: tellings(list(new.values()), stage, at), hand.now)
    return len(entries)


def tellings(tablets: Sequence[Tablet], stage: Stage, at: datetime) -> Iterator[dict[str, Any]]:
    """What a program is told of each tablet that took a stage."""
    ids = {tablet.mobile_class_id for tablet in tablets if tablet.mobile_class_id}
    rows: Any = MobileClass.select(MobileClass.id, MobileClass.code, School.uai).join(School).where(MobileClass.id.in_(sorted(ids))).tuples()
    carts = {class_id: (code, uai) for class_id, code, uai in rows}
    for tablet in tablets:
        code, uai = carts.get(tablet.mobile_class_id, (None, None))
        yield {
            "tablet": tablet.id, "serial": tablet.serial, "asset_tag": tablet.asset_tag, "class": code, "school": uai, "stage": stage.value, "at": at,
        }  # fmt: skip


def refresh_stages(tablets: Sequence[Tablet]) -> None:
    """Copy the fold of the tablets' stages onto their rows."""
    told = facts("tablet", axes=[STAGE], ids=[tablet.id for tablet in tablets])
    for tablet in tablets:
        line = told.get((tablet.id, STAGE))
        tablet.stage = line.value if line else Stage.EXPECTED.value
        tablet.stage_at = line.at if line else None
    save_all(tablets, only=("stage", "stage_at"))
    recount(tablet.mobile_class_id for tablet in tablets)


def _stories(tablets: Sequence[Tablet]) -> dict[int, list[Line]]:
    """The stages of each tablet in the order of their moments."""
    stories: dict[int, list[Line]] = {tablet.id: [] for tablet in tablets}
    for line in lines("tablet", axes=[STAGE], ids=stories):
        stories[line.subject_id].append(line)
    return stories


def _prepared_before(story: Sequence[Line], at: datetime) -> Stage:
    line = latest_told(story, at)
    return prepared(Stage(line.value), Stage(line.detail["after"])) if line else Stage.EXPECTED


def _refuse_stage(tablet: Tablet, story: Sequence[Line], stage: Stage, at: datetime, note: str, hand: Hand) -> bool:
    """Raise `Refused` unless the tablet may take this stage at this moment; False if it had it already."""
    line = latest_told(story, at)
    before = Stage(line.value) if line else Stage.EXPECTED
    if stage is before:
        return False
    after = next((Stage(later.value) for later in story if later.at > at), None)
    _refuse_move(tablet, before, stage, after, at, note, hand)
    reason = objection(tablet, stage, at)
    if reason:
        raise Conflict(tell("{name} : {reason}", name=tablet.asset_tag or tablet.serial, reason=reason))
    return True


def _refuse_move(
    tablet: Tablet, before: Stage, stage: Stage, after: Stage | None, at: datetime, note: str, hand: Hand
) -> None:
    name = tablet.asset_tag or tablet.serial
    if at > hand.now + CLOCK_TOLERANCE:
        raise Refused(tell("{name} : le moment indiqué est dans l'avenir ; vérifier l'heure du téléphone.", name=name))
    if stage not in moves_from(before):
        possible = ", ".join(tell("« {stage} »", stage=move.label) for move in moves_from(before)) or tell("aucune : son histoire est close")
        raise Conflict(tell("{name} est « {before} » et ne peut devenir « {stage} » ; étapes possibles : {possible}.", name=name, before=before.label, stage=stage.label, possible=possible))
    if after is not None and after is not stage and after not in moves_from(stage):
        raise Conflict(
            tell("{name} est devenue « {after} » plus tard, ce que « {stage} » à ce moment ne permet pas : indiquer le moment présent, ou corriger d'abord l'étape suivante.", name=name, after=after.label, stage=stage.label)
        )
    if stage in NEEDS_NOTE and not note:
        raise Refused(tell("{name} : indiquer le motif de « {stage} » (ce qui s'est passé, n° de plainte ou de dossier).", name=name, stage=stage.label))
    if len(note) > NOTE_LENGTH:
        raise Refused(tell("La note compte {count} caractères : la limiter à {most}.", count=len(note), most=NOTE_LENGTH))
