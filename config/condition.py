"""How the house stands: its disk, its database, its timetable, its connectors; for the administrator's page and for a monitor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import fn

from config import schema
from config.health import has_room, room
from config.jobs import LEASE
from config.models import JobRun, Lease, WebSession
from config.settings import Settings
from config.timetable import JobState, timetable
from inventory import journal
from inventory.db import DatabaseError, can_write, engine_version
from inventory.scope import EVERYWHERE
from inventory.spoken import ago, moment, number
from inventory.status import Status
from inventory.words import tell
from mdm.queries import listened, quarantines

GIGABYTE = 10**9
STALE = timedelta(days=1)


class Condition(Status):
    """How one thing of the house stands."""

    GOOD = "good", "en ordre", "circle-check", "good"
    WATCH = "watch", "à surveiller", "circle-alert", "watch"
    BAD = "bad", "à traiter", "octagon-x", "bad"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing of the house: what it is, how it stands, what is known of it and what to do."""

    label: str
    condition: Condition
    said: str


def condition(settings: Settings, now: datetime) -> list[Fact]:
    """Everything that an administrator looks at, what asks for a hand first."""
    facts = [_disk(settings), _writing(), _worker(now), *_jobs(settings, now), *_connectors(settings, now)]
    order = [Condition.BAD, Condition.WATCH, Condition.GOOD]
    return sorted(facts, key=lambda fact: order.index(fact.condition))


def figures(settings: Settings, now: datetime) -> dict[str, dict[str, float]]:
    """The same as numbers, by name and by what they are of: seconds since 1970, bytes, counts, 1 for yes."""
    heard = listened(EVERYWHERE)
    done = JobRun.select(JobRun.job, fn.MAX(JobRun.ended).alias("ended")).where(JobRun.state == JobState.DONE.value)
    return {
        "disk_free_bytes": {"": room(settings.database_file.parent)[2]},
        "write_possible": {"": _write_possible()},
        "worker_alive": {"": _worker(now).condition is Condition.GOOD},
        "job_last_done_timestamp_seconds": {row.job: row.ended.timestamp() for row in done.group_by(JobRun.job)},
        "reading_last_complete_timestamp_seconds": {
            one.connector.name: one.last_counted.ended.timestamp() for one in heard if one.last_counted
        },
        "devices": {one.connector.name: one.devices for one in heard},
        "quarantines": {"": len(quarantines(EVERYWHERE))},
        "journal_lines": {"": journal.head()[0]},
        "sessions_open": {"": WebSession.select().where(WebSession.ended.is_null()).count()},
    }


def _disk(settings: Settings) -> Fact:
    total, used, free = room(settings.database_file.parent)
    said = tell(
        "{free} Go libres sur {total} Go ; il en faut un dixième et 0,5 Go.",
        free=number(free // GIGABYTE), total=number(total // GIGABYTE),
    )  # fmt: skip
    return Fact(tell("Disque de la base"), Condition.GOOD if has_room(total, used, free) else Condition.BAD, said)


def _writing() -> Fact:
    said = tell("{engine}, schéma {schema}.", engine=engine_version(), schema=schema.applied()[-1])
    if _write_possible():
        return Fact(tell("Base de données"), Condition.GOOD, said)
    return Fact(tell("Base de données"), Condition.BAD, tell("{said} L'écriture est refusée, ou n'a pas eu son tour en une seconde : voir le disque.", said=said))


def _write_possible() -> bool:
    try:
        return can_write()
    except DatabaseError:
        return False


def _worker(now: datetime) -> Fact:
    row = Lease.get_or_none(Lease.name == LEASE)
    if row is not None and row.holder and row.expires > now:
        return Fact(tell("Calendrier"), Condition.GOOD, tell("Un calendrier tourne."))
    return Fact(tell("Calendrier"), Condition.BAD, tell("Aucun calendrier ne tourne : lancer « cartable worker »."))


def _jobs(settings: Settings, now: datetime) -> list[Fact]:
    facts = []
    for job in timetable(settings.sync_minutes):
        last = JobRun.select().where(JobRun.job == job.name).order_by(JobRun.id.desc()).first()
        label = tell(job.label)[:1].upper() + tell(job.label)[1:]
        if last is None:
            facts.append(Fact(label, Condition.WATCH, tell("Jamais faite.")))
            continue
        late = last.state == JobState.DONE.value and last.ended < now - STALE and last.period != job.period_of(now)
        bad = last.state == JobState.FAILED.value
        stands = Condition.BAD if bad else Condition.WATCH if late else Condition.GOOD
        when, state = moment(last.ended or last.started), JobState(last.state).label
        said = tell("{when} : {state}. {outcome}", when=when, state=state, outcome=last.outcome)
        facts.append(Fact(label, stands, said.strip()))
    return facts


def _connectors(settings: Settings, now: datetime) -> list[Fact]:
    facts = []
    for one in listened(EVERYWHERE):
        label = tell("MDM « {name} »", name=one.connector.name)
        if one.last_counted is None:
            facts.append(Fact(label, Condition.BAD, tell("Jamais lu en entier : voir la page Synchronisation.")))
            continue
        age = now - one.last_counted.ended
        fresh = age < max(STALE, timedelta(minutes=2 * settings.sync_minutes))
        said = tell("{count} appareils, lus en entier {ago}.", count=number(one.devices), ago=ago(one.last_counted.ended, now))
        facts.append(Fact(label, Condition.GOOD if fresh else Condition.WATCH, said))
    return facts
