"""The worker: it holds a lease, looks at the timetable often, and runs what is due; the only importer of APScheduler.

APScheduler only ticks, in UTC, from memory: what makes a period run once is the unique row `(job, period)`, and what makes it run
late rather than never is that each tick asks which period is due, not which hour it is.
"""

from __future__ import annotations

import logging
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.interval import IntervalTrigger

from config import lease, presence
from config.clock import now
from config.runs import forget_old, run_due
from config.schema import refuse_other_schema
from config.settings import Settings
from config.timetable import Job, timetable
from inventory.db import database, held_open

LEASE = "worker"
ERRANDS = ("deliveries", "commands")
LEASE_SECONDS, TICK_SECONDS = 60, 15
HABITS = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
Work = Callable[[datetime], str]
log = logging.getLogger(__name__)


class Worker:
    """One process at the timetable: it keeps or seeks the lease, and runs lines only under its token."""

    def __init__(self, jobs: tuple[Job, ...], work: Mapping[str, Work], clock: Callable[[], datetime] = now, errands: Mapping[str, Work] | None = None) -> None:
        self.jobs, self.work, self.clock, self.errands = jobs, work, clock, errands or {}
        self.holder = lease.this_process()
        self.token: int | None = None

    def keep(self) -> None:
        """Seek the lease, or hold on to it."""
        with database.connection_context():
            if self.token is not None and lease.renew(LEASE, self.token, self.clock(), LEASE_SECONDS):
                return
            lost, self.token = self.token, lease.acquire(LEASE, self.holder, self.clock(), LEASE_SECONDS)
            if self.token != lost:
                log.info("worker lease: token %s", self.token)
            if self.token is not None:
                forget_old(self.clock())

    def tick(self, job: Job) -> None:
        """Run the period of one line that is due, if this worker has the lease."""
        token = self.token
        if token is None:
            return
        with database.connection_context():
            for ran in run_due(self.clock, {job: self.work[job.name]}, token):
                log.info("%s %s: %s", ran.job, ran.period, ran.state)

    def run_errand(self, name: str) -> None:
        """Do what has no period, if this worker has the lease: its own rows say what is left to do."""
        if self.token is not None:
            with database.connection_context():
                self.errands[name](self.clock())

    def leave(self) -> None:
        """Give the lease back."""
        if self.token is not None:
            with database.connection_context():
                lease.release(LEASE, self.token)
            self.token = None


def run_worker(
    settings: Settings, work: Mapping[str, Work], stop: threading.Event | None = None,
    clock: Callable[[], datetime] = now,
) -> None:  # fmt: skip
    """Run the timetable until `stop` is set or the process is asked to end; what is running then is finished first.

    The verbs of `work` may look at the same `stop` to finish early: a reading of an MDM ends at the border of a page.
    """
    stop = stop or threading.Event()
    jobs = timetable(settings.sync_minutes)
    worker = Worker(jobs, {job.name: work[job.name] for job in jobs}, clock, {name: work[name] for name in ERRANDS if name in work})
    refuse_other_schema()
    with presence.at_work(settings.database_file), held_open(), _ended_by_signals(stop):
        scheduler = scheduled(worker)
        worker.keep()
        scheduler.start()
        try:
            stop.wait()
        finally:
            scheduler.shutdown(wait=True)
            worker.leave()


class AtOnce(IntervalTrigger):
    """At the start, then at each interval: a job of a single run is removed after it, which a stop at that very moment makes a fault."""

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:
        return super().get_next_fire_time(previous_fire_time, now) if previous_fire_time else now


def scheduled(worker: Worker) -> Any:
    """A scheduler, not started yet, that ticks each line of the timetable on its own: a long one holds up no other."""
    executors = {"default": ThreadPoolExecutor(2 * len(worker.jobs) + 1 + len(ERRANDS))}
    scheduler = BackgroundScheduler(timezone=UTC, executors=executors, job_defaults=HABITS, daemon=False)
    every = IntervalTrigger(seconds=TICK_SECONDS, timezone=UTC)
    scheduler.add_job(worker.keep, IntervalTrigger(seconds=LEASE_SECONDS // 3, timezone=UTC), id="lease")
    for name in worker.errands:
        scheduler.add_job(worker.run_errand, every, args=[name], id=name)
    for job in worker.jobs:
        scheduler.add_job(worker.tick, AtOnce(seconds=TICK_SECONDS, timezone=UTC), args=[job], id=job.name)
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
    return scheduler


@contextmanager
def _ended_by_signals(stop: threading.Event) -> Iterator[None]:
    """SIGINT and SIGTERM set `stop`, where signals can be caught (in the main thread)."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    kept = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
