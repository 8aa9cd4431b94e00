"""Each period of each job runs once, late rather than never, whoever falls asleep and whatever the wall clocks show."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from config import schema
from config.jobs import LEASE_SECONDS, Worker, run_worker, scheduled
from config.models import JobRun
from config.runs import KEPT, claim, forget_old, run_due
from config.settings import read
from config.timetable import MOST_ATTEMPTS, Job, JobState, day, quarter, retry_at, slot, timetable
from inventory import db
from inventory.errors import Refused
from inventory.paris import at

BACKUP = time(2, 30)
MORNING = datetime(2017, 11, 15, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TWO_WORKERS = """
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
names = ("sync", "lateness", "backup", "quarter")
threading.Thread(target=lambda: (sys.stdin.readline(), stop.set())).start()
run_worker(settings, {name: work(name) for name in names}, stop, lambda: settings.as_of)
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/cartable.db"


@pytest.fixture
def tables(url: str) -> Iterator[None]:
    db.connect(url)
    schema.migrate()
    with db.database.connection_context():
        yield


def minutes(first: datetime, last: datetime) -> Iterator[datetime]:
    while first < last:
        yield first
        first += MINUTE


def nightly(done: list[datetime]) -> dict[Job, Callable[[datetime], str]]:
    def verb(now: datetime) -> str:
        done.append(now)
        return "fait"

    return {Job("backup", "sauvegarde", lambda now: day(now, BACKUP)): verb}


def run(now: datetime, jobs: dict[Job, Callable[[datetime], str]], token: int = 1) -> list[JobRun]:
    return list(run_due(lambda: now, jobs, token))


def test_the_night_of_25_hours_has_one_backup() -> None:
    """29 October 2017 shows 02:30 twice: at 00:30 and at 01:30 UTC."""
    night = [day(moment, BACKUP) for moment in minutes(datetime(2017, 10, 28, 20, tzinfo=UTC), datetime(2017, 10, 30, tzinfo=UTC))]
    assert sorted(set(night)) == ["2017-10-28", "2017-10-29"]
    assert night == sorted(night), "once a night is due, the night before is never due again"
    assert day(datetime(2017, 10, 29, 0, 30, tzinfo=UTC), BACKUP) == "2017-10-29"
    assert day(datetime(2017, 10, 29, 0, 29, tzinfo=UTC), BACKUP) == "2017-10-28"


def test_the_night_of_23_hours_has_one_too() -> None:
    """25 March 2018 goes from 02:00 to 03:00."""
    night = [day(moment, BACKUP) for moment in minutes(datetime(2018, 3, 24, 20, tzinfo=UTC), datetime(2018, 3, 26, tzinfo=UTC))]
    assert sorted(set(night)) == ["2018-03-24", "2018-03-25"] and night == sorted(night)


def test_every_day_of_three_years_has_its_night_and_no_other() -> None:
    first = datetime(2017, 9, 1, 12, tzinfo=UTC)
    nights = [day(first + 30 * MINUTE * half, BACKUP) for half in range(3 * 365 * 48)]
    assert nights == sorted(nights)
    assert len(set(nights)) == 3 * 365 + 1


def test_slots_follow_utc_so_that_none_is_doubled_when_summer_ends() -> None:
    slots = Counter(slot(moment, 60) for moment in minutes(datetime(2017, 10, 28, 22, tzinfo=UTC), datetime(2017, 10, 29, 23, tzinfo=UTC)))
    assert len(slots) == 25 and set(slots.values()) == {60}
    assert slot(datetime(2017, 10, 29, 1, 44, 59, tzinfo=UTC), 15) == "2017-10-29T01:30Z"
    assert slot(MORNING, 0) is None, "a town that reads its servers by hand"


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(date(2018, 1, 1), time(4, 59)), "2017-Q3"),
        (at(date(2018, 1, 1), time(5)), "2017-Q4"),
        (at(date(2018, 3, 31), time(23, 59)), "2017-Q4"),
        (at(date(2018, 4, 1), time(5)), "2018-Q1"),
        (at(date(2017, 10, 1), time(5)), "2017-Q3"),
        (at(date(2017, 12, 31), time(23, 59)), "2017-Q3"),
    ],
)
def test_a_quarter_is_due_on_the_day_after_its_last_day(moment: datetime, expected: str) -> None:
    assert quarter(moment, time(5)) == expected


def test_the_timetable_says_what_is_due_this_morning() -> None:
    due = {job.name: job.period_of(MORNING) for job in timetable(60)}
    assert due == {"sync": "2017-11-15T08:00Z", "lateness": "2017-11-15", "backup": "2017-11-15", "quarter": "2017-Q3"}


def test_a_period_runs_once(tables: None) -> None:
    done: list[datetime] = []
    jobs = nightly(done)
    assert [ran.state for ran in run(MORNING, jobs)] == [JobState.DONE.value]
    assert run(MORNING, jobs) == run(MORNING + 2 * HOUR, jobs, token=9) == []
    assert done == [MORNING]


def test_a_worker_stopped_for_three_days_wakes_to_one_late_run(tables: None) -> None:
    done: list[datetime] = []
    jobs = nightly(done)
    run(MORNING, jobs)
    (late,) = run(MORNING + 3 * DAY + 11 * HOUR, jobs, token=2)
    assert (late.period, len(done)) == ("2017-11-18", 2)


def test_autumn_minute_by_minute_has_its_nights_each_once(tables: None) -> None:
    done: list[datetime] = []
    jobs = nightly(done)
    for moment in minutes(datetime(2017, 10, 28, 12, tzinfo=UTC), datetime(2017, 10, 30, 12, tzinfo=UTC)):
        run(moment, jobs)
    assert done == [datetime(2017, 10, 28, 12, tzinfo=UTC), datetime(2017, 10, 29, 0, 30, tzinfo=UTC), datetime(2017, 10, 30, 1, 30, tzinfo=UTC)]


def test_a_failure_is_recorded_and_tried_again_later_but_not_for_ever(tables: None) -> None:
    tries: list[datetime] = []

    def refuse(now: datetime) -> str:
        tries.append(now)
        raise Refused("Le serveur MDM ne répond pas.", "Vérifier son adresse.")

    jobs = {Job("quarter", "export", lambda now: "2017-Q4"): refuse}
    for moment in minutes(MORNING, MORNING + 6 * HOUR):
        run(moment, jobs)
    assert len(tries) == MOST_ATTEMPTS
    waits = [after - before for before, after in zip(tries, tries[1:], strict=False)]
    assert waits == sorted(waits) and waits[0] == 2 * MINUTE
    row = JobRun.get()
    assert (row.state, row.attempts) == ("failed", MOST_ATTEMPTS)
    assert row.outcome == "Le serveur MDM ne répond pas. Vérifier son adresse."


def test_a_job_that_recovers_is_done(tables: None) -> None:
    answers = iter([ValueError("mot de passe : secret"), None])

    def verb(now: datetime) -> str:
        fault = next(answers)
        if fault:
            raise fault
        return "3 classes"

    jobs = {Job("lateness", "retards", lambda now: "2017-11-15"): verb}
    (first,) = run(MORNING, jobs)
    assert first.state == "failed" and "ValueError" in first.outcome and "secret" not in first.outcome
    (second,) = run(MORNING + 5 * MINUTE, jobs)
    assert (second.state, second.outcome, second.attempts) == ("done", "3 classes", 2)
    assert run(MORNING + HOUR, jobs) == []


def test_a_run_cut_off_with_its_worker_is_taken_up_by_the_next(tables: None) -> None:
    cut_off = claim("backup", "2017-11-15", MORNING, 1)
    assert cut_off is not None
    assert claim("backup", "2017-11-15", MORNING, 1) is None, "its own worker does not run it twice"
    again = claim("backup", "2017-11-15", MORNING + HOUR, 2)
    assert again is not None and again.attempts == 2


def test_a_sleeper_that_wakes_up_records_nothing_over_its_successor(tables: None) -> None:
    asleep, done = threading.Event(), list[str]()

    def successor() -> None:
        jobs = {Job("backup", "sauvegarde", lambda now: "2017-11-15"): lambda now: "par le second"}
        done.extend(ran.outcome for ran in run(MORNING + HOUR, jobs, token=2))
        db.database.close()

    def sleeps(now: datetime) -> str:
        other = threading.Thread(target=successor)
        other.start()
        other.join()
        asleep.set()
        return "par le premier"

    run(MORNING, {Job("backup", "sauvegarde", lambda now: "2017-11-15"): sleeps}, token=1)
    assert done == ["par le second"] and JobRun.get().outcome == "par le second"
    assert claim("backup", "2017-11-15", MORNING + DAY, 1) is None


def test_threads_that_claim_at_once_share_nothing(tables: None) -> None:
    won: list[int] = []
    together = threading.Barrier(8)

    def rush(number: int) -> None:
        together.wait()
        for period in range(20):
            if claim("sync", str(period), MORNING, 1):
                won.append(period)
        db.database.close()

    hands = [threading.Thread(target=rush, args=(number,)) for number in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert sorted(won) == list(range(20))


def test_what_was_run_long_ago_is_thrown_away(tables: None) -> None:
    run(MORNING, nightly([]))
    assert (forget_old(MORNING + KEPT), forget_old(MORNING + KEPT + MINUTE)) == (0, 1)


def test_retries_wait_longer_and_longer_up_to_an_hour() -> None:
    waits = [retry_at(MORNING, attempts) for attempts in range(1, MOST_ATTEMPTS + 1)]
    assert waits[-1] is None
    assert [moment - MORNING for moment in waits if moment] == [2 * MINUTE, 4 * MINUTE, 8 * MINUTE, 16 * MINUTE, 32 * MINUTE]


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
        run_worker(settings, {"sync": lambda now: ""}, threading.Event(), lambda: MORNING)


def test_two_workers_started_together_run_each_period_once(tables: None, url: str, tmp_path: Path) -> None:
    told = tmp_path / "told.txt"
    told.touch()
    command = [sys.executable, "-c", TWO_WORKERS, url, str(told)]
    workers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    for worker in workers:
        assert worker.stdout is not None and worker.stdin is not None
        assert worker.stdout.readline() == "ready\n"
    for worker in workers:
        print("go", file=worker.stdin, flush=True)
    for _ in range(100_000):
        if JobRun.select().where(JobRun.state == JobState.DONE.value).count() == 4:
            break
        assert [worker.poll() for worker in workers] == [None, None]
    for worker in workers:
        worker.communicate("stop\n")
    assert [worker.returncode for worker in workers] == [0, 0]
    moment = "2017-11-15T08:00:00+00:00"
    assert sorted(told.read_text().splitlines()) == [f"{name} {moment}" for name in ("backup", "lateness", "quarter", "sync")]
    assert sorted((ran.job, ran.attempts) for ran in JobRun.select()) == [(name, 1) for name in ("backup", "lateness", "quarter", "sync")]
