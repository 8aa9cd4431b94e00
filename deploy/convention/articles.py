"""The articles of a convention that hold no euro, as types: schools, committees, duties, dates. No person is named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from deploy.convention.stated import Sourced, Stated
from inventory.uai import normalise


@dataclass(frozen=True)
class Party:
    """A signatory body, under the short key that the other articles use for it."""

    key: str
    name: Stated[str]
    representative: Stated[str]


@dataclass(frozen=True)
class Document:
    """What the document says of itself; `euro_per_euro` is the State's promise for each euro of the commune."""

    title: Stated[str]
    call: Stated[str]
    programme: Stated[str]
    euro_per_euro: Stated[Decimal | None]


@dataclass(frozen=True)
class Deliberation:
    """The council's decision to sign, which is not the signature; `schools_called` is its word for the schools."""

    number: str
    session: date
    received: date
    schools_called: Stated[str | None]


@dataclass(frozen=True)
class Connectivity:
    """The internet rate owed in classrooms (article 3.1): printed words, the day they mean, Mbit/s if any was set."""

    words: Stated[str]
    due: Sourced[date]
    threshold_mbps: Stated[int | None]


@dataclass(frozen=True)
class Directory:
    """What the public directory of schools says of a school; not a word of the convention."""

    source: str
    name: str
    address: str | None
    nature: str | None


@dataclass(frozen=True)
class College:
    """The reference collège of a school (articles 3.2 and 5)."""

    printed_uai: Stated[str]
    name: Stated[str]

    @property
    def uai(self) -> str:
        """The identifier in capitals, check letter verified when the file was read."""
        return normalise(self.printed_uai.value)


@dataclass(frozen=True)
class School:
    """A line of article 5's list: the school is its UAI, never its name."""

    printed_uai: Stated[str]
    name: Stated[str]
    address: Stated[str]
    commune: Stated[str]
    departement: Stated[str]
    reference_college: College
    classes: Stated[int]
    subsidy: Stated[Decimal]
    resources: Stated[Decimal]
    directory: Directory | None

    @property
    def uai(self) -> str:
        """The identifier in capitals, check letter verified when the file was read."""
        return normalise(self.printed_uai.value)

    @property
    def directory_name(self) -> str | None:
        """The school's name in the public directory, None when it was not looked up."""
        return self.directory.name if self.directory else None


@dataclass(frozen=True)
class Service:
    """A service that comes with the equipment (article 6.1), under a stable key."""

    key: str
    words: Stated[str]


@dataclass(frozen=True)
class Deployment:
    """The forecast first and last day of deployment in the schools, both included (article 6.1)."""

    first: Stated[date]
    last: Stated[date]


@dataclass(frozen=True)
class Seat:
    """A seat, never a person: `rank` is holder or substitute, `represented` says « ou son représentant »."""

    party: str
    words: str
    rank: str
    represented: bool


@dataclass(frozen=True)
class Meetings:
    """How a committee meets: months between two meetings at most, quorum per signatory, calendar days of notice."""

    every_months: Stated[int]
    quorum_per_signatory: Stated[int]
    notice_days: Stated[int]
    notice_is_minimum: Stated[bool]
    notice_by: Stated[str]


@dataclass(frozen=True)
class Committee:
    """A committee of article 4: its seats, its roles in words, its meetings."""

    key: str
    name: Stated[str]
    roles: Stated[tuple[str, ...]]
    seats: tuple[Seat, ...]
    meetings: Meetings


@dataclass(frozen=True)
class Duty:
    """Something a body owes (articles 3, 8 and 12): `by` is a signatory's key or another body in words."""

    key: str
    by: str
    words: Stated[str]
    due_months: Stated[int | None]


@dataclass(frozen=True)
class Ending:
    """How the convention lives and ends (articles 10 and 11): years of validity, months of notice, court."""

    years: Stated[int]
    notice_months: Stated[int]
    notice_form: Stated[str]
    amended_by: Stated[str]
    court: Stated[str]


@dataclass(frozen=True)
class Signature:
    """The signature (article 12); place and day are None while the document leaves them blank."""

    place: Stated[str | None]
    day: Stated[date | None]
    originals: Stated[int]
    pages: Stated[int]
