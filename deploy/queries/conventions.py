"""The conventions and baselines loaded: their text is in the database, read once per content."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from deploy.convention import Convention, parse
from deploy.models import ConventionVersion, LoadedBaseline, LoadedConvention
from deploy.setup.baseline import Baseline
from deploy.setup.baseline import parse as parse_baseline
from inventory.errors import NotFound
from inventory.memory import once
from inventory.models import MobileClass
from inventory.scope import Scope


def loaded() -> list[LoadedConvention]:
    """Every convention loaded, the newest last."""
    return list(LoadedConvention.select().order_by(LoadedConvention.id))


def convention(key: str | None = None) -> Convention:
    """The convention of this key, or the first loaded; raises `NotFound`."""
    told = _loaded(key)
    if told is None:
        raise NotFound
    return told


def convention_at(key: str, day: date) -> Convention:
    """The convention as it was in force on a day: its last version effective then, the first one before that; raises `NotFound`."""
    mine = ConventionVersion.convention == key
    rows = ConventionVersion.select().where(mine & (ConventionVersion.effective <= day)).order_by(ConventionVersion.number.desc())
    row = rows.first() or ConventionVersion.select().where(mine).order_by(ConventionVersion.number).first()
    return _parsed(row.sha256, row.source, key) if row else convention(key)


def versions(key: str) -> list[tuple[ConventionVersion, Convention]]:
    """Every version of an amended convention, the first one first; none while there is no amendment."""
    rows = ConventionVersion.select().where(ConventionVersion.convention == key).order_by(ConventionVersion.number)
    return [(row, _parsed(row.sha256, row.source, key)) for row in rows]


def any_convention() -> Convention | None:
    """The first convention loaded, None before any is."""
    return _loaded(None)


def mention() -> str:
    """The sentence of article 9 that every page and export carries; empty before a convention is loaded."""
    told = any_convention()
    return told.mention if told else ""


def baselines() -> dict[str, Baseline]:
    """The baselines loaded, by key."""
    return {row.key: _baseline(row.sha256, row.source, row.key) for row in once(("baselines",), lambda: list(LoadedBaseline.select()))}


def whole(scope: Scope, key: str) -> bool:
    """Whether every school of a convention is inside the scope: what tells of the whole convention is shown from there only."""
    if scope.everywhere:
        return True
    outside = (MobileClass.convention == key) & MobileClass.school.not_in(sorted(scope.schools))
    return bool(scope.schools) and not MobileClass.select().where(outside).exists()


def _loaded(key: str | None) -> Convention | None:
    query = LoadedConvention.select().order_by(LoadedConvention.id)
    row = once(("convention", key), (query.where(LoadedConvention.key == key) if key else query).first)
    return _parsed(row.sha256, row.source, row.key) if row else None


@lru_cache(maxsize=32)
def _parsed(sha256: str, source: str, name: str) -> Convention:
    return parse(source, name)


@lru_cache(maxsize=32)
def _baseline(sha256: str, source: str, name: str) -> Baseline:
    return parse_baseline(source, name)
