"""Each period of each job runs once, late rather than never, whoever falls asleep and whatever the wall clocks show."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from databases import address

from config import schema
from config.models import JobRun
from config.runs import KEPT, claim, forget_old, run_due
from config.timetable import MOST_ATTEMPTS, Job, JobState, day
from inventory import db
from inventory.errors import Refused

BACKUP = time(2, 30)
MORNING = datetime(2017, 11, 15, 8, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[None]:
    db.connect(address(tmp_path))
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
    waits = [after - before for before, after in itertools.pairwise(tries)]
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
