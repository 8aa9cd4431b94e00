"""Seats, not accounts: who holds which, when a substitute counts, and whether a meeting may decide (articles 4.1.3 and 4.2.1)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from deploy.convention.articles import Committee, Seat

SUBSTITUTE = "substitute"


@dataclass(frozen=True, slots=True)
class Absence:
    """The days, both included, on which the holder of a seat is recorded absent."""

    first: date
    last: date

    def covers(self, day: date) -> bool:
        return self.first <= day <= self.last


def holders_of(committee: Committee, seat: Seat) -> list[int]:
    """The places of the full members that a substitute stands in for: those of the same signatory."""
    return [place for place, other in enumerate(committee.seats) if other.party == seat.party and other.rank != SUBSTITUTE]


def counts(committee: Committee, place: int, absent: Collection[int]) -> bool:
    """Whether the voice of a seat counts: a substitute's only while a full member of its signatory is recorded absent."""
    seat = committee.seats[place]
    return seat.rank != SUBSTITUTE or bool(set(holders_of(committee, seat)) & set(absent))


def voices(committee: Committee, present: Collection[int]) -> Mapping[str, int]:
    """How many seats count for each signatory, of those present; the full members who are not present are absent."""
    absent = [place for place in range(len(committee.seats)) if place not in present]
    found = dict.fromkeys(sorted({seat.party for seat in committee.seats}), 0)
    for place in present:
        if counts(committee, place, absent):
            found[committee.seats[place].party] += 1
    return found


def quorate(committee: Committee, present: Collection[int]) -> bool:
    """Whether each signatory has as many voices as the quorum asks."""
    least = committee.meetings.quorum_per_signatory.value
    return all(count >= least for count in voices(committee, present).values())


def places_of(holders: Mapping[int, int], person_id: int) -> Sequence[int]:
    """The seats that a person holds, by place."""
    return [place for place, holder in sorted(holders.items()) if holder == person_id]
