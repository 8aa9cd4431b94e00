"""The worker: it runs under its lease alone, and two of them started together are one."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from databases import address

from config import schema
from config.jobs import LEASE_SECONDS, Worker, run_worker, scheduled
from config.models import JobRun, Lease
from config.settings import read
from config.timetable import Job, JobState, day, timetable
from inventory import db

BACKUP = time(2, 30)
MORNING = datetime(2017, 11, 15, 8, tzinfo=UTC)
NAMES = ("backup", "lateness", "letters", "quarter", "reconciliation", "retention", "sync")
WORKER = """
import sys, threading
from datetime import datetime
from config.jobs import run_worker
from config.settings import read
from inventory import db
settings = read({"CARTABLE_DATABASE": sys.argv[1], "CARTABLE_AS_OF": "2017-11-15T09:00"})
db.connect(settings.database)
print("ready", flush=True)
sys.stdin.readline()
stop = threading.Event()
def work(name):
    def verb(now):
        with open(sys.argv[2], "a") as file:
            file.write(f"{name} {now.isoformat()}\\n")
        return "fait"
    return verb
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set())).start()
run_worker(settings, {name: work(name) for name in ("sync", "reconciliation", "lateness", "backup", "retention", "quarter", "letters")}, stop, lambda: settings.as_of)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return address(tmp_path)


@pytest.fixture
def tables(url: str) -> Iterator[None]:
    db.connect(url)
    schema.migrate()
    with db.database.connection_context():
        yield


def nightly(done: list[datetime]) -> dict[Job, Callable[[datetime], str]]:
    def verb(now: datetime) -> str:
        done.append(now)
        return "fait"

    return {Job("backup", "sauvegarde", lambda now: day(now, BACKUP)): verb}


def test_a_worker_runs_only_under_its_lease(tables: None) -> None:
    done: list[datetime] = []
    ((job, verb),) = nightly(done).items()
    first, second = (Worker((job,), {"backup": verb}, lambda: MORNING) for _ in range(2))
    first.keep()
    second.keep()
    second.tick(job)
    assert (first.token, second.token, done) == (1, None, [])
    first.tick(job)
    first.tick(job)
    assert done == [MORNING]
    first.leave()
    second.keep()
    second.tick(job)
    assert (first.token, second.token, done) == (None, 2, [MORNING])


def test_a_worker_that_lost_its_lease_stops_running(tables: None) -> None:
    ((job, verb),) = nightly([]).items()
    now = [MORNING]
    first = Worker((job,), {"backup": verb}, lambda: now[0])
    second = Worker((job,), {"backup": verb}, lambda: now[0])
    first.keep()
    now[0] += timedelta(seconds=LEASE_SECONDS + 1)
    second.keep()
    first.keep()
    assert (first.token, second.token) == (None, 2)


def test_every_line_ticks_late_rather_than_never_in_utc_and_from_memory() -> None:
    scheduler = scheduled(Worker(timetable(15), {}, lambda: MORNING))
    scheduler.start(paused=True)
    try:
        lines = {job.id: job for job in scheduler.get_jobs()}
        assert {"sync", "lateness", "backup", "quarter", "lease"} <= set(lines)
        assert all(job.misfire_grace_time is None and job.coalesce and job.max_instances == 1 for job in lines.values())
        assert all(str(getattr(job.trigger, "timezone", "UTC")) == "UTC" for job in lines.values())
    finally:
        scheduler.shutdown()


def test_a_job_without_its_verb_is_said_at_the_start(tables: None, url: str) -> None:
    settings = read({"CARTABLE_DATABASE": url})
    with pytest.raises(KeyError, match="lateness"):
        run_worker(settings, {name: lambda now: "" for name in ("sync", "reconciliation")}, threading.Event(), lambda: MORNING)


def started(url: str, told: Path) -> subprocess.Popen[str]:
    """A worker in its own process, waiting for a word to begin."""
    command = [sys.executable, "-c", WORKER, url, str(told)]
    worker = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None and worker.stdout.readline() == "ready\n"
    return worker


def let_go(*workers: subprocess.Popen[str]) -> None:
    """Let workers begin, and wait until the four lines of the timetable are done."""
    for worker in workers:
        print("go", file=worker.stdin, flush=True)
    for _ in range(100_000):
        if JobRun.select().where(JobRun.state == JobState.DONE.value).count() == len(NAMES):
            return
        assert [worker.poll() for worker in workers] == [None] * len(workers)
    raise AssertionError("nothing was run")


def test_two_workers_started_together_run_each_period_once(tables: None, url: str, tmp_path: Path) -> None:
    told = tmp_path / "told.txt"
    workers = [started(url, told) for _ in range(2)]
    let_go(*workers)
    for worker in workers:
        worker.communicate("stop\n")
    assert [worker.returncode for worker in workers] == [0, 0]
    assert sorted(told.read_text().splitlines()) == [f"{name} 2017-11-15T08:00:00+00:00" for name in NAMES]
    assert sorted((ran.job, ran.attempts) for ran in JobRun.select()) == [(name, 1) for name in NAMES]


def test_a_worker_asked_to_end_gives_its_lease_back(tables: None, url: str, tmp_path: Path) -> None:
    worker = started(url, tmp_path / "told.txt")
    let_go(worker)
    assert Lease.get().holder != ""
    worker.terminate()
    worker.communicate("stop\n")
    assert worker.returncode == 0 and Lease.get().holder == ""
