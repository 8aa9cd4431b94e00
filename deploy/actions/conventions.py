"""Loading what an operator writes: a convention with its schools and mobile classes, a baseline."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from typing import Any

from deploy.convention import Convention, parse
from deploy.convention.articles import School as ListedSchool
from deploy.models import LoadedBaseline, LoadedConvention
from deploy.queries.conventions import convention
from deploy.setup.baseline import Baseline
from deploy.setup.baseline import parse as parse_baseline
from deploy.setup.cart import CartTemplate
from inventory.actions.places import register_class, register_school
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.models import MobileClass, School
from inventory.paris import at as paris_at
from inventory.queries.places import class_record
from inventory.spoken import short_day
from inventory.words import tell

NOON = time(12)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What loading a convention did."""

    convention: Convention
    created: int
    changed: int
    classes: tuple[str, ...]


@atomic
def load_baseline(text: str, name: str, hand: Hand) -> Baseline:
    """Load one version of an initial configuration; a version already loaded never changes."""
    baseline = parse_baseline(text, name)
    digest = hashlib.sha256(text.encode()).hexdigest()
    row = LoadedBaseline.get_or_none(LoadedBaseline.key == baseline.key)
    if row is None:
        LoadedBaseline.create(key=baseline.key, source=text, sha256=digest, loaded=hand.now)
    elif row.sha256 != digest:
        raise Refused(
            tell("{name} : la version « {key} » est déjà chargée avec un autre contenu ; une version remise aux écoles ne change plus : donner une autre clé à celle-ci.", name=name, key=baseline.key)
        )
    return baseline


@atomic
def load_convention(text: str, name: str, *, cart: CartTemplate, baseline: str, prefix: str = "", hand: Hand) -> Loaded:
    """Load a convention: its text, its schools, and the mobile classes its list prints; all or nothing.

    Schools and classes are known since the deliberation. Class codes are `<prefix>-CM01`... in the order of the list; `prefix` is the commune's first letters unless said.
    """
    told = parse(text, name)
    digest = hashlib.sha256(text.encode()).hexdigest()
    values = {"title": told.document.title.value, "source": text, "sha256": digest, "loaded": hand.now}
    LoadedConvention.insert(key=told.key, **values).on_conflict(conflict_target=[LoadedConvention.key], update=values).execute()
    decided = paris_at(told.deliberation.session, NOON)
    since = min(decided, hand.now)
    outcomes, codes = [], list[str]()
    for listed in told.schools:
        school, outcome = register_school(_school(listed, told), hand, since)
        outcomes.append(outcome)
        for _ in range(listed.classes.value):
            code = f"{(prefix or letters(listed.commune.value))}-CM{len(codes) + 1:02}"
            register_class(_class(code, school, told, cart, baseline), cart.accessories, hand, since)
            codes.append(code)
    return Loaded(told, outcomes.count("created"), outcomes.count("changed"), tuple(codes))


def letters(commune: str) -> str:
    """The first three letters of a commune's name, without accents: « Aix-en-Provence » gives AIX."""
    plain = unicodedata.normalize("NFD", commune).encode("ascii", "ignore").decode()
    return re.sub(r"[^A-Za-z]", "", plain)[:3].upper() or "CM"


def _school(listed: ListedSchool, told: Convention) -> dict[str, Any]:
    directory = listed.directory
    return {
        "uai": listed.uai,
        "name": listed.name.value,
        "name_printed": listed.name.printed,
        "address": (directory and directory.address) or listed.address.value,
        "commune": listed.commune.value,
        "departement": listed.departement.value,
        "nature": (directory and directory.nature) or "",
        "reference_college_uai": listed.reference_college.uai,
        "reference_college_name": listed.reference_college.name.value,
        "zone": told.zone.value,
        "rhythm": told.rhythm.value,
    }


def _class(code: str, school: School, told: Convention, cart: CartTemplate, baseline: str) -> dict[str, Any]:
    row = MobileClass.get_or_none(MobileClass.code == code)
    tablets = told.totals.tablets_per_class.value or cart.tablets
    return {
        "code": code,
        "school": school,
        "convention": told.key,
        "slots": row.slots if row else max(cart.slots, tablets),
        "expected": row.expected if row else tablets,
        "baseline": row.baseline if row else baseline,
    }


@atomic
def plan_class(
    row: MobileClass, *, expected: int, slots: int, first: date | None, last: date | None, name: str, hand: Hand
) -> bool:
    """Set a class's tablets expected, slots, and own dates inside the convention's window (article 6.1)."""
    window = convention(row.convention).window
    start, end = first or window.first, last or window.last
    if not window.first <= start <= end <= window.last:
        raise Refused(
            tell("{code} : du {start} au {end} sort de la fenêtre de la convention ; choisir deux dates du {first} au {last}, dans l'ordre.", code=row.code, start=short_day(start), end=short_day(end), first=short_day(window.first), last=short_day(window.last))
        )
    if slots < (highest := max((tablet.slot or 0 for tablet in row.tablets), default=0)):
        raise Refused(tell("{code} : l'alvéole {highest} est occupée ; garder au moins {highest} alvéoles.", code=row.code, highest=highest))
    values: Mapping[str, Any] = {
        "code": row.code, "expected": expected, "slots": slots, "window_first": first, "window_last": last, "name": name.strip(),
    }  # fmt: skip
    before = class_record(row)
    register_class(values, (), hand)
    return class_record(row) != before
