"""Schools and mobile classes: what a person registers and changes of them, and the things noted about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from inventory import uai
from inventory.actions.records import Hand, assign, change, register, register_all
from inventory.db import atomic
from inventory.errors import Refused
from inventory.journal import Entry, append, value_at
from inventory.models import Accessory, Closing, MobileClass, School
from inventory.spoken import short_day
from inventory.words import tell

SOME = 500


@atomic
def register_school(values: Mapping[str, Any], hand: Hand, since: datetime | None = None) -> tuple[School, str]:
    """Create (or revive) or update the school of `values["uai"]`; says `created`, `changed` or `same`.

    `since` is the moment from which a new one is known, if it is before now. Raises `Refused` on an impossible UAI.
    """
    return register_schools([values], hand, since)[0]


@atomic
def register_schools(several: Sequence[Mapping[str, Any]], hand: Hand, since: datetime | None = None) -> list[tuple[School, str]]:
    """`register_school` for several, all or none."""
    told = [{**values, "uai": _code(values)} for values in several]
    known = _known({str(values["uai"]) for values in told})
    found = [_written(values, known) for values in told]
    register_all([school for school, _, is_new in found if is_new], hand, since)
    register_all([school for school, verdict, is_new in found if verdict != "same" and not is_new], hand)
    return [(school, verdict) for school, verdict, _ in found]


def _code(values: Mapping[str, Any]) -> str:
    try:
        return uai.normalise(str(values["uai"]))
    except ValueError as fault:
        raise Refused(str(fault)) from fault


def _known(codes: set[str]) -> dict[str, School]:
    if len(codes) > SOME:
        return {school.uai: school for school in School.select()}
    return {school.uai: school for school in School.select().where(School.uai.in_(sorted(codes)))}


def _written(values: Mapping[str, Any], known: dict[str, School]) -> tuple[School, str, bool]:
    """The school with its values, not saved yet; `created`, `changed` or `same`; True if it was never there."""
    code = str(values["uai"])
    if code not in known:
        known[code] = School(**values)
        return known[code], "created", True
    school = known[code]
    if school.withdrawn:
        assign(school, {**values, "withdrawn": False})
        return school, "created", False
    return school, "changed" if assign(school, values) else "same", False


@atomic
def register_class(values: Mapping[str, Any], accessories: Sequence[tuple[str, str, int]], hand: Hand, since: datetime | None = None) -> MobileClass:
    """Create or update the mobile class of `values["code"]`, with its accessories (kind, label, quantity) by template."""
    if values["expected"] > values["slots"]:
        raise Refused(
            tell("{code} : {expected} tablettes attendues pour {slots} alvéoles ; agrandir la valise ou baisser le nombre attendu.", **values)
        )
    mobile_class = MobileClass.get_or_none(MobileClass.code == values["code"])
    if mobile_class is None:
        mobile_class = MobileClass(**values)
        register(mobile_class, hand, since)
    else:
        change(mobile_class, {**values, "withdrawn": False}, hand)
    for kind, label, expected in accessories:
        Accessory.insert(mobile_class=mobile_class, kind=kind, label=label, expected=expected).on_conflict(
            conflict_target=[Accessory.mobile_class, Accessory.kind],
            update={Accessory.label: label, Accessory.expected: expected},
        ).execute()
    return mobile_class


@atomic
def close_school(school: School | None, first: date, last: date, reason: str, hand: Hand) -> Closing:
    """Declare an exceptional closing of a school (or of all: None), both dates included."""
    if last < first:
        raise Refused(tell("La fermeture finit le {last} avant de commencer le {first} : inverser les dates.", last=short_day(last), first=short_day(first)))
    if not reason.strip():
        raise Refused(tell("Indiquer le motif de la fermeture (neige, grève, travaux)."))
    closing = Closing.create(school=school, first=first, last=last, reason=reason.strip())
    detail = {"first": first.isoformat(), "last": last.isoformat(), "reason": closing.reason}
    subject_id = school.id if school else 0
    append(
        [Entry("school", subject_id, f"closing:{closing.id}", "declared", hand.now, detail)],
        noted=hand.now,
        actor=hand.by,
        source=hand.source,
    )
    return closing


@atomic
def note_fact(
    row: School | MobileClass | Any,
    axis: str,
    value: str,
    hand: Hand,
    *,
    at: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
    note: str = "",
) -> bool:
    """Append one fact about a thing (a step done, a measure taken); False if the same was told already for that moment."""
    at = at or hand.now
    if at > hand.now:
        raise Refused(tell("Le moment indiqué est dans l'avenir : vérifier la date."))
    before = value_at(row._meta.table_name, row.id, axis, at)
    detail = dict(detail or {})
    if before is not None and before.value == value and dict(before.detail) == detail and not note:
        return False
    entry = Entry(row._meta.table_name, row.id, axis, value, at, detail, unicodedata.normalize("NFC", note.strip()))
    append([entry], noted=hand.now, actor=hand.by, source=hand.source)
    return True
