"""The life of one simulated tablet through autumn 2017: what it is, when things happen to it, when it is switched on."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from inventory.paris import at

DAY = timedelta(days=1)
LOOK_BACK = 120
HOLIDAYS = (
    (date(2017, 7, 8), date(2017, 9, 3)),
    (date(2017, 10, 21), date(2017, 11, 5)),
    (date(2017, 12, 23), date(2018, 1, 7)),
    (date(2018, 2, 24), date(2018, 3, 11)),
    (date(2018, 4, 21), date(2018, 5, 6)),
)


@dataclass(frozen=True, slots=True)
class Cart:
    """A cart, the start of its tablets' serial numbers and the days of its preparation."""

    code: str
    school: str
    series: str
    received: date
    labelled: date
    enrolled: date
    configured: date
    delivered: date


@dataclass(frozen=True, slots=True)
class Life:
    """One tablet: its true serial number, the one on the delivery note, and what happens to it."""

    number: int
    cart: Cart
    slot: int
    serial: str
    noted_serial: str
    mdm_id: int
    enrolled: datetime | None
    configured: datetime | None
    stolen: datetime | None = None
    reenrolled: datetime | None = None
    renamed: tuple[datetime, str] | None = None
    outdated_since: datetime | None = None
    salt: tuple[int, ...] = ()

    @property
    def asset_tag(self) -> str:
        return f"{self.cart.code}-T{self.slot:02}"

    def id_at(self, moment: datetime) -> int:
        """A tablet enrolled again is another record for its server."""
        return self.mdm_id + 500_000 if self.reenrolled and moment >= self.reenrolled else self.mdm_id

    def name_at(self, moment: datetime) -> str:
        return self.renamed[1] if self.renamed and moment >= self.renamed[0] else self.asset_tag

    def listed(self, moment: datetime) -> bool:
        """Its record is created in the MDM when its label is stuck on."""
        return self.enrolled is not None and moment >= at(self.cart.labelled, time(16))

    def enrolled_at(self, moment: datetime) -> datetime | None:
        """Its enrolment, the last one."""
        if self.reenrolled and moment >= self.reenrolled:
            return self.reenrolled
        return self.enrolled if self.enrolled and moment >= self.enrolled else None

    def last_contact(self, moment: datetime) -> datetime | None:
        """The last time it was switched on within reach of a network, on or before a moment."""
        start = self.enrolled_at(moment)
        if start is None:
            return None
        until = min(moment, self.stolen) if self.stolen else moment
        used = self._last_use(until)
        marks = [mark for mark in (start, self.configured) if mark and mark <= until]
        return max([*marks, *([used] if used else [])])

    def _last_use(self, until: datetime) -> datetime | None:
        day = until.astimezone(UTC).date()
        for _ in range(LOOK_BACK):
            if day < self.cart.delivered:
                return None
            moment = self._use(day)
            if moment and moment <= until:
                return moment
            day -= DAY
        return None

    def _use(self, day: date) -> datetime | None:
        """Used on three school days of four, in the morning."""
        if day.weekday() > 4 or any(first <= day <= last for first, last in HOLIDAYS):
            return None
        dice = chance(self.serial, day.toordinal(), *self.salt)
        return at(day, time(8, 45)) + timedelta(minutes=dice % 150, seconds=dice % 60) if dice % 4 else None


def chance(*parts: object) -> int:
    """A number that only its parts decide."""
    return int.from_bytes(hashlib.blake2b(repr(parts).encode(), digest_size=4).digest(), "big")
