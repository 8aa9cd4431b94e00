"""The plan of 5 000 classes by 50 technicians over the real half-days of autumn 2017 in zone B, against the ten seconds that are wanted. Its size is its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from bench.harness import Row, timed
from deploy.schedule.planner import Plan, plan
from deploy.schedule.queries import _open
from deploy.schedule.remaining import DEPOT
from deploy.schedule.work import Job, Presence, Work
from inventory.contact import Thresholds
from inventory.queries import school_times

CLASSES, TECHNICIANS, WANTED = 5_000, 50, 10.0
FIRST, LAST, END = date(2017, 10, 2), date(2017, 12, 22), date(2018, 2, 28)
CALENDARS = Path(__file__).parents[2] / "config" / "calendars"


def jobs() -> list[Job]:
    """Classes of fourteen tablets in 2 500 schools, whose gates open through October; one in a hundred has a gate without a date."""
    found = []
    for number in range(CLASSES):
        school = f"ECOLE-{number // 2:05}"
        works = (
            Work("preparation", DEPOT, 210), Work("network", school, 90), Work("delivery", school, 60, Presence.TEACHERS),
            Work("training", school, 120, Presence.TEACHERS),
        )  # fmt: skip
        ready = {"preparation": date(2017, 10, 2 + number % 28), "network": None if number % 100 == 0 else date(2017, 10, 9)}
        found.append(Job(f"B-CM{number:05}", works, FIRST, LAST, ready, {"network": "débit ou conseil d'école en attente"}))
    return found


def made(told: list[Job]) -> Plan:
    school_times.use(CALENDARS, Thresholds(10, 20))
    time = school_times.of_zone("B", "4.5-wednesday")
    times = {work.place: time for job in told for work in job.works}
    return plan(told, [f"technicien {n:02}" for n in range(TECHNICIANS)], (FIRST, END), lambda place, presence, slot: _open(times, place, presence, slot))


def measure(size: int, runs: int) -> Iterator[Row]:
    """Once, whatever the size asked."""
    told = jobs()
    yield Row("plan of 5 000 classes, 50 technicians / ten seconds", CLASSES, timed(lambda: made(told)), WANTED, 1.0)
