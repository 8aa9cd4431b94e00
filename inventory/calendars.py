"""The school holidays of a zone, read from the rows that the ministry publishes.

A row's end is the day classes resume, so it is excluded; its moments carry offsets that change with summer time, so they are turned
into dates of Europe/Paris (a naive reading shifts them to the day before). Days that no row covers are unknown, never guessed.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from inventory.errors import Refused
from inventory.paris import local_date

ZONES = ("A", "B", "C")
DAY = timedelta(days=1)


class UnknownCalendar(Refused):
    """A zone or a day for which no calendar was given."""


@dataclass(frozen=True, slots=True)
class Break:
    """A school holiday; both dates included, pupils are away."""

    first: date
    last: date
    name: str


@dataclass(frozen=True)
class Holidays:
    """The school holidays of a zone over the days that its calendars cover, both included."""

    zone: str
    first: date
    last: date
    breaks: tuple[Break, ...]

    def require(self, day: date) -> None:
        """Raise `UnknownCalendar` for a day outside what is covered."""
        if not self.first <= day <= self.last:
            raise UnknownCalendar(
                f"Aucun calendrier scolaire de la zone {self.zone} ne couvre le {day:%d/%m/%Y} (connu du {self.first:%d/%m/%Y} au "
                f"{self.last:%d/%m/%Y}) : ajouter celui de l'année voulue au dossier des calendriers."
            )


def load(folder: Path, zone: str) -> Holidays:
    """Read every calendar of a folder for one zone; raises `UnknownCalendar` when none speaks of it."""
    covered: list[tuple[date, date]] = []
    breaks: list[Break] = []
    for path in sorted(folder.glob("*.csv")):
        found, spans = _read(path, zone)
        breaks += found
        covered += spans
    if not covered:
        raise UnknownCalendar(f"Aucun calendrier scolaire de la zone {zone} dans {folder} : y ajouter le fichier de l'année voulue.")
    first, last = _joined(covered)
    return Holidays(zone, first, last, _merged(breaks))


def _read(path: Path, zone: str) -> tuple[list[Break], list[tuple[date, date]]]:
    text = path.read_text(encoding="utf-8-sig")
    header = text.partition("\n")[0]
    if "Date de début" in header:
        return _published(csv.DictReader(text.splitlines(), delimiter=";"), zone)
    if "nom_vacances" in header:
        return _daily(csv.DictReader(text.splitlines()), zone)
    return [], []


def _published(rows: Iterable[dict[str, str]], zone: str) -> tuple[list[Break], list[tuple[date, date]]]:
    """The ministry's own rows: one per holiday and académie; those of teachers alone are left out."""
    breaks, covered = set[Break](), list[tuple[date, date]]()
    years: dict[str, list[Break]] = {}
    for row in rows:
        if row["Zones"] != f"Zone {zone}" or row["Population"] == "Enseignants":
            continue
        first, resumes = (local_date(datetime.fromisoformat(row[name])) for name in ("Date de début", "Date de fin"))
        found = Break(first, resumes - DAY, row["Description"])
        breaks.add(found)
        years.setdefault(row["annee_scolaire"], []).append(found)
    for year, found_in_year in years.items():
        covered.append((min(one.first for one in found_in_year), max(one.last for one in found_in_year)))
        if any(one.name.startswith("Vacances d'Été") for one in found_in_year):
            covered.append((date(int(year[:4]), 9, 4), covered[-1][0]))
    return sorted(breaks, key=lambda one: one.first), covered


def _daily(rows: Iterable[dict[str, str]], zone: str) -> tuple[list[Break], list[tuple[date, date]]]:
    """One line a day, a column for each zone."""
    column = f"vacances_zone_{zone.lower()}"
    days = [(date.fromisoformat(row["date"]), row[column] == "True", row["nom_vacances"]) for row in rows if column in row]
    if not days:
        return [], []
    return list(_runs(days)), [(days[0][0], days[-1][0])]


def _runs(days: list[tuple[date, bool, str]]) -> Iterator[Break]:
    start: tuple[date, str] | None = None
    for day, away, name in days:
        if away and start is None:
            start = (day, name)
        elif not away and start is not None:
            yield Break(start[0], day - DAY, start[1])
            start = None
    if start is not None:
        yield Break(start[0], days[-1][0], start[1])


def _joined(covered: list[tuple[date, date]]) -> tuple[date, date]:
    """The stretch of days covered without a hole, from the first."""
    first, last = min(covered)
    for start, end in sorted(covered):
        if start <= last + DAY:
            last = max(last, end)
    return first, last


def _merged(breaks: list[Break]) -> tuple[Break, ...]:
    """Overlapping rows of the same holiday as one."""
    merged: list[Break] = []
    for one in sorted(breaks, key=lambda each: (each.first, each.last)):
        if merged and one.first <= merged[-1].last:
            merged[-1] = Break(merged[-1].first, max(merged[-1].last, one.last), merged[-1].name)
        else:
            merged.append(one)
    return tuple(merged)
