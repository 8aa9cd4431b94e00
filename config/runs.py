"""What was run of the timetable: one row for each period of each job, inserted before the work is done."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta

from config.models import JobRun
from config.timetable import Job, JobState, retry_at
from inventory.db import IntegrityError, atomic
from inventory.errors import Refused

KEPT = timedelta(days=400)
LONGEST_OUTCOME = 2000
Work = Callable[[datetime], str]
log = logging.getLogger(__name__)


def run_due(clock: Callable[[], datetime], jobs: Mapping[Job, Work], token: int) -> Iterator[JobRun]:
    """Run each job whose last period is not done yet, under the lease `token`; yields what was run, done or failed.

    A failure is recorded and tried again later, a bounded number of times. A period left running by a holder of a lower token
    was cut off with it, and is tried again too.
    """
    for job, verb in jobs.items():
        moment = clock()
        period = job.period_of(moment)
        run = claim(job.name, period, moment, token) if period else None
        if run is not None:
            yield _finish(run, *_outcome(verb, moment), clock())


@atomic
def claim(job: str, period: str, now: datetime, token: int) -> JobRun | None:
    """The row of a period that the caller, and nobody else, is to run now; None if it is done, running or waiting."""
    row = JobRun.get_or_none((JobRun.job == job) & (JobRun.period == period))
    if row is None:
        try:
            with atomic():
                return JobRun.create(job=job, period=period, state=JobState.RUNNING.value, token=token, started=now)
        except IntegrityError:
            return None
    return _claim_again(row, now, token)


def _claim_again(row: JobRun, now: datetime, token: int) -> JobRun | None:
    if row.state == JobState.DONE.value or token < row.token:
        return None
    if row.state == JobState.RUNNING.value and token == row.token:
        return None
    again = retry_at(row.ended or row.started, row.attempts)
    if again is None or (row.state == JobState.FAILED.value and now < again):
        return None
    tried = {"state": JobState.RUNNING.value, "token": token, "attempts": row.attempts + 1, "started": now, "ended": None}
    unchanged = (JobRun.id == row.id) & (JobRun.attempts == row.attempts)
    return JobRun.get_by_id(row.id) if JobRun.update(tried).where(unchanged).execute() else None


def _outcome(verb: Work, now: datetime) -> tuple[JobState, str]:
    try:
        return JobState.DONE, verb(now)
    except Refused as refusal:
        return JobState.FAILED, " ".join(refusal.sentences)
    except Exception as fault:
        log.exception("a job of the timetable failed")
        return JobState.FAILED, f"erreur inattendue ({type(fault).__name__}), dont le détail est au journal du programme"


@atomic
def _finish(run: JobRun, state: JobState, outcome: str, now: datetime) -> JobRun:
    """Record the outcome, unless another holder has taken the period over since."""
    mine = (JobRun.id == run.id) & (JobRun.token == run.token) & (JobRun.attempts == run.attempts)
    JobRun.update(state=state.value, ended=now, outcome=outcome[:LONGEST_OUTCOME]).where(mine).execute()
    return JobRun.get_by_id(run.id)


@atomic
def forget_old(now: datetime) -> int:
    """Throw away what was run long ago, so that the table does not grow for ever."""
    return int(JobRun.delete().where(JobRun.started < now - KEPT).execute())
