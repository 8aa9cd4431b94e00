"""The school time of each school: its zone's holidays, its weekly rhythm and its exceptional closings."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from inventory.calendars import Holidays, load
from inventory.contact import Thresholds
from inventory.errors import Refused
from inventory.models import School
from inventory.queries.places import closings
from inventory.school_time import Closing, Rhythm, SchoolTime
from inventory.scope import EVERYWHERE
from inventory.words import tell

_settings: dict[str, object] = {}


def use(folder: Path, thresholds: Thresholds) -> None:
    """Say where the calendars are, and from how many silent school days on a tablet is looked at."""
    _settings.update(folder=folder, thresholds=thresholds)
    _holidays.cache_clear()
    _time.cache_clear()


def thresholds() -> Thresholds:
    """The silence, in school days, that is watched and that is an alarm."""
    found = _settings.get("thresholds")
    return found if isinstance(found, Thresholds) else Thresholds()


def of_school(school: School) -> SchoolTime:
    """The school time of one school; raises `Refused` when its zone or rhythm is not said."""
    if not school.zone or not school.rhythm:
        raise Refused(
            tell("{school} ({uai}) : zone de vacances ou rythme de la semaine non renseigné ; charger sa convention, ou compléter la fiche de l'école.", school=school.name, uai=school.uai)
        )
    declared = tuple(Closing(row.first, row.last, row.reason) for row in closings(EVERYWHERE, school.id))
    return _time(school.zone, school.rhythm, declared)


def time_of(uai: str) -> SchoolTime | None:
    """The school time of a school by its UAI; None when there is none, or nothing says its zone or its rhythm."""
    school = School.get_or_none(School.uai == uai) if uai else None
    return of_school(school) if school and school.zone and school.rhythm else None


def of_zone(zone: str, rhythm: str) -> SchoolTime:
    """The school time of a zone, without any school's own closings."""
    return _time(zone, rhythm, ())


@lru_cache(maxsize=512)
def _time(zone: str, rhythm: str, declared: tuple[Closing, ...]) -> SchoolTime:
    return SchoolTime(_holidays(zone), Rhythm(rhythm), declared)


@lru_cache(maxsize=8)
def _holidays(zone: str) -> Holidays:
    folder = _settings.get("folder")
    if not isinstance(folder, Path):
        raise Refused(tell("Aucun dossier de calendriers scolaires n'est indiqué : régler CARTABLE_CALENDARS."))
    return load(folder, zone)
