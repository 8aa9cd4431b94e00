"""The school holidays of a zone, read from the rows that the ministry publishes.

A row's end is the day classes resume, so it is excluded; its moments carry offsets that change with summer time, so they are
turned into dates of Europe/Paris (read as UTC, they would fall on the day before). Days that no row covers are unknown, never guessed.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from inventory.errors import Refused
from inventory.paris import local_date
from inventory.spoken import short_day
from inventory.words import later, tell

DAY = timedelta(days=1)
Span = tuple[date, date]

# The columns of the ministry's export by their names, and by their labels where these differ; in lower case.
_LABELS = {"date de début": "start_date", "date de fin": "end_date"}
_PUBLISHED = {"description", "population", "start_date", "end_date", "zones", "annee_scolaire"}
_DAILY = {"date", "nom_vacances"}
# What a year's rows must name before they are believed to leave no holiday out.
_OF_A_YEAR = ("toussaint", "noël", "hiver", "printemps", "été")
_COMMON_NOUNS = {"Hiver": "hiver", "Printemps": "printemps", "Été": "été"}
_YEAR = re.compile(r"[12][0-9]{3}-[12][0-9]{3}")
_AWAY = {"True": True, "False": False}


_HOLIDAYS = (
    later("Vacances de la Toussaint"), later("Vacances de Noël"), later("Vacances d'hiver"), later("Vacances de printemps"),
    later("Vacances d'été"), later("Pont de l'Ascension"), later("vacances de la Toussaint"), later("vacances de Noël"),
    later("vacances d'hiver"), later("vacances de printemps"), later("vacances d'été"), later("pont de l'Ascension"),
)  # fmt: skip
"""The ministry's names as they are kept, alone and inside a sentence: told by who shows them."""


class UnknownCalendar(Refused):
    """A zone or a day for which no calendar was given."""


@dataclass(frozen=True, slots=True, order=True)
class Break:
    """A school holiday; both dates included, pupils are away."""

    first: date
    last: date
    name: str


@dataclass(frozen=True)
class Holidays:
    """The school holidays of a zone over the days that its calendars cover: spans apart and in order, both ends included."""

    zone: str
    covered: tuple[Span, ...]
    breaks: tuple[Break, ...]

    @property
    def first(self) -> date:
        return self.covered[0][0]

    @property
    def last(self) -> date:
        return self.covered[-1][1]

    def require(self, first: date, last: date | None = None) -> None:
        """Raise `UnknownCalendar` unless every day from `first` to `last` (or that one day) is covered."""
        missing = first
        for start, end in self.covered:
            if start <= missing <= end:
                if (last or first) <= end:
                    return
                missing = end + DAY
        raise UnknownCalendar(self._unknown(missing))

    def _unknown(self, day: date) -> str:
        known = ", ".join(tell("du {start} au {end}", start=short_day(start), end=short_day(end)) for start, end in self.covered)
        year = day.year if day.month >= 9 else day.year - 1
        return (
            tell("Aucun calendrier scolaire de la zone {zone} ne couvre le {day} (connu {known}) : ajouter celui de {year}, que publie data.education.gouv.fr, au dossier des calendriers.", zone=self.zone, day=short_day(day), known=known, year=f"{year}-{year + 1}")
        )


def load(folder: Path, zone: str) -> Holidays:
    """Read every `*.csv` of a folder for one zone; `UnknownCalendar` when none speaks of it, `Refused` for a faulty file."""
    years: dict[str, set[Break]] = defaultdict(set)
    breaks, covered = list[Break](), list[Span]()
    for path in sorted(folder.glob("*.csv")):
        rows = list(_rows(path))
        if rows and set(rows[0]) >= _DAILY:
            found, spans = _daily(rows, zone, path.name)
            breaks, covered = breaks + found, covered + spans
        else:
            _published(rows, zone, path.name, years)
    breaks += [one for of_year in years.values() for one in of_year if one.first <= one.last]
    covered += [(one.first, one.last) for one in breaks]
    covered += [span for year, of_year in years.items() if (span := _school_year(year, of_year, breaks))]
    if not covered:
        raise UnknownCalendar(
            tell("Aucun calendrier scolaire de la zone {zone} dans {folder} : y ajouter celui que publie data.education.gouv.fr, ou corriger la zone (A, B ou C).", zone=zone, folder=folder)
        )
    return Holidays(zone, _joined(covered), _merged(breaks))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    """The rows of a file under the columns' own names; `Refused` if it is no school calendar."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as fault:
        raise Refused(tell("{path} : ce calendrier n'est pas en UTF-8 ; l'enregistrer en CSV UTF-8.", path=path.name)) from fault
    header = lines[0] if lines else ""
    cells_of = csv.reader(lines, delimiter=";" if ";" in header else ",")
    names = [_LABELS.get(name, name) for name in (cell.strip().lower() for cell in next(cells_of, []))]
    if not (set(names) >= _PUBLISHED or set(names) >= _DAILY):
        raise Refused(
            tell("{path} : colonnes non reconnues ({header}) ; déposer l'export CSV du jeu « calendrier scolaire » de data.education.gouv.fr, ou retirer ce fichier du dossier des calendriers.", path=path.name, header=header[:80])
        )
    for cells in cells_of:
        filled = [unicodedata.normalize("NFC", cell.strip()) for cell in cells] + [""] * len(names)
        yield dict(zip(names, filled, strict=False))


def _published(rows: Iterable[Mapping[str, str]], zone: str, file: str, years: dict[str, set[Break]]) -> None:
    """The ministry's own rows: one per holiday and académie; those of teachers alone are left out."""
    for number, row in enumerate(rows, start=2):
        if row["zones"] in (zone, f"Zone {zone}") and row["population"] != "Enseignants":
            first, resumes = (_day(row, name, f"{file}, ligne {number}") for name in ("start_date", "end_date"))
            if resumes < first:
                raise Refused(tell("{file}, ligne {number} : la reprise ({resumes}) vient avant le début ({first}).", file=file, number=number, resumes=short_day(resumes), first=short_day(first)))
            years[row["annee_scolaire"]].add(Break(first, resumes - DAY, _named(row["description"])))


def _daily(rows: Iterable[Mapping[str, str]], zone: str, file: str) -> tuple[list[Break], list[Span]]:
    """One line a day, a column for each zone; a zone without a column is not spoken of."""
    column, days = f"vacances_zone_{zone.lower()}", dict[date, str]()
    for number, row in enumerate(rows, start=2):
        if not row.get(column):
            continue
        if row[column] not in _AWAY:
            raise _unreadable(f"{file}, ligne {number}", column, row[column], tell("True ou False"))
        days[_day(row, "date", f"{file}, ligne {number}")] = _named(row["nom_vacances"]) if _AWAY[row[column]] else ""
    covered = [(first, last) for first, last, _ in _runs((day, "") for day in days)]
    return [Break(first, last, name) for first, last, name in _runs(days.items()) if name], covered


def _day(row: Mapping[str, str], name: str, where: str) -> date:
    """A date, or a moment with its offset as the date that it is in Paris."""
    try:
        moment = datetime.fromisoformat(row[name])
    except ValueError as fault:
        raise _unreadable(where, name, row[name], tell("2017-10-21 ou 2017-10-21T00:00:00+02:00")) from fault
    return local_date(moment) if moment.tzinfo else moment.date()


def _unreadable(where: str, name: str, text: str, remedy: str) -> Refused:
    return Refused(tell("{where} : {name} = « {text} » est illisible ; écrire {remedy}.", where=where, name=name, text=text, remedy=remedy))


def _named(published: str) -> str:
    """`Vacances d'Hiver` as French writes it: `Vacances d'hiver`."""
    for capital, plain in _COMMON_NOUNS.items():
        published = published.replace(capital, plain)
    return published


def _school_year(name: str, found: Iterable[Break], breaks: Iterable[Break]) -> Span | None:
    """The days of a school year that its rows speak of; None if a holiday is missing, for then the others prove no class.

    A year begins where the summer before it ends; without that row it is believed from 15 September on, by when classes have resumed.
    The next summer published by its first day alone ("Début des vacances d'été") ends the year on the eve.
    """
    told = list(found)
    if not _YEAR.fullmatch(name) or not all(any(word in one.name.lower() for one in told) for word in _OF_A_YEAR):
        return None
    autumn = int(name[:4])
    resumed = [one.last + DAY for one in breaks if date(autumn, 8, 15) <= one.last < date(autumn, 9, 15)]
    return max(resumed, default=date(autumn, 9, 15)), max(one.last for one in told)


def _runs(days: Iterable[tuple[date, str]]) -> Iterator[tuple[date, date, str]]:
    """Days that follow one another under the same name, as first, last and name."""
    run: tuple[date, date, str] | None = None
    for day, name in sorted(days):
        if run and (run[1] + DAY, run[2]) == (day, name):
            run = (run[0], day, name)
            continue
        if run:
            yield run
        run = (day, day, name)
    if run:
        yield run


def _joined(covered: Iterable[Span]) -> tuple[Span, ...]:
    """The same days in as few spans as can be."""
    joined: list[Span] = []
    for first, last in sorted(covered):
        if joined and first <= joined[-1][1] + DAY:
            joined[-1] = (joined[-1][0], max(joined[-1][1], last))
        else:
            joined.append((first, last))
    return tuple(joined)


def _merged(breaks: Iterable[Break]) -> tuple[Break, ...]:
    """Overlapping rows of the same holiday as one."""
    merged: list[Break] = []
    for one in sorted(breaks):
        if merged and one.first <= merged[-1].last:
            merged[-1] = Break(merged[-1].first, max(merged[-1].last, one.last), merged[-1].name)
        else:
            merged.append(one)
    return tuple(merged)
