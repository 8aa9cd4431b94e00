"""One reading of one server: stage all, prove it complete, guard it, then write only the difference.

A machine's silence is not a fact: a device missing from a list is only looked for by its id after two complete readings without
it, an hour apart at least, and then marked as gone from the MDM, never from the inventory. A reading of what changed only says nothing of what it does not list.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta

import msgspec

from inventory import collector
from inventory.actions.outbox import announce
from inventory.actions.sightings import Counts, count_absence, mark_gone, take_in
from inventory.courtesy import Courtesy
from inventory.db import atomic
from inventory.errors import Conflict
from inventory.growth import Growth
from inventory.models import School, Sighting
from inventory.outbox import EventKind
from inventory.queries.places import classes_of_serials
from inventory.queries.sightings import LIVE, LastReading, absentees, managed
from inventory.scope import EVERYWHERE
from inventory.words import tell
from mdm.driver import Changing, Driver, MdmError
from mdm.guard import suspicion
from mdm.models import Connector, SyncRun
from mdm.readings import counted
from mdm.run_state import Extent, RunState
from mdm.staging import Last, Staged

BELIEVED_ABSENT, APART = 2, timedelta(hours=1)
READINGS = 2
ABANDONED = timedelta(hours=2)
Tell = Callable[[int, int | None], None]


def read_server(
    connector: Connector, driver: Driver, *, now: datetime, tell: Tell | None = None, since: datetime | None = None
) -> SyncRun:  # fmt: skip
    """Sync one connector, whole, or what changed `since` a moment where its server can tell; the outcome, good or bad, is the run that is
    returned. Raises `Refused` if one is under way."""
    last = LastReading(connector.name)
    return read_and(lambda run, staged: _settle(run, connector, driver, staged, now), connector, driver, last, now=now, tell=tell, since=since)


def read_and(
    settle: Callable[[SyncRun, Staged], None], connector: Connector, driver: Driver, last: Last, *, now: datetime,
    tell: Tell | None, since: datetime | None,
) -> SyncRun:  # fmt: skip
    """Open a run, read the server and settle what was read; a fault of the server ends the run, any other goes on up."""
    run, staged = _open_run(connector, now), Staged()
    try:
        staged = _stage(run, driver, last, since, tell)
        settle(run, staged)
    except MdmError as fault:
        note_reading(run, staged)
        run.state, run.message = RunState.FAILED.value, str(fault)
    except BaseException:
        run.state, run.message = RunState.FAILED.value, "lecture interrompue"
        raise
    finally:
        run.requests, run.ended = driver.requests, now
        run.save()
        staged.close()
    return run


@atomic
def _open_run(connector: Connector, now: datetime) -> SyncRun:
    """Begin a run, the only one of its connector; raises `Refused` if another is under way."""
    refuse_during_a_reading(connector, now)
    for run in _running(connector):
        run.state, run.message, run.ended = RunState.FAILED.value, "lecture interrompue", now
        run.save()
    return SyncRun.create(connector=connector, started=now, holder=f"{platform.node()}:{os.getpid()}")


def refuse_during_a_reading(connector: Connector, now: datetime) -> None:
    """Raise `Refused` while a process reads this server: it compares with what the last reading left."""
    if any(_alive(run, now) for run in _running(connector)):
        raise Conflict(tell("Une lecture de « {connector} » est déjà en cours ; attendre sa fin.", connector=connector.name))


def _running(connector: Connector) -> list[SyncRun]:
    return list(SyncRun.select().where((SyncRun.connector == connector) & (SyncRun.state == RunState.RUNNING.value)))


def _alive(run: SyncRun, now: datetime) -> bool:
    host, _, process = run.holder.rpartition(":")
    if host != platform.node():
        return bool(now - run.started < ABANDONED)
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _stage(run: SyncRun, driver: Driver, last: Last, since: datetime | None, tell: Tell | None) -> Staged:
    """Read every page, of what changed if that was asked and can be told; once more if the list moved while it was being read."""
    driver.sign_in()
    for reading in range(READINGS):
        staged = Staged(last)
        changes = driver.changed(since) if since and isinstance(driver, Changing) else None
        run.kind = (Extent.FULL if changes is None else Extent.CHANGES).value
        for page in driver.pages() if changes is None else changes:
            staged.add(page)
            if tell:
                tell(len(staged.ids), page.declared)
        if staged.fault() is None or reading + 1 == READINGS:
            break
        staged.close()
    return staged


def _settle(run: SyncRun, connector: Connector, driver: Driver, staged: Staged, now: datetime) -> None:
    note_reading(run, staged)
    fault = staged.fault()
    if fault:
        run.state, run.message = RunState.PARTIAL.value, fault
        return
    whole = run.kind == Extent.FULL.value
    doubt = _doubt(connector, staged) if whole else _doubt_of_changes(connector, staged)
    if doubt:
        _quarantine(run, staged, doubt, now)
        return
    apply(run, connector, staged, now)
    run.gone = _look_for_absentees(run, connector, driver, staged, now) if whole else 0
    run.state = RunState.COMPLETE.value
    supersede(connector, run, now)


def note_reading(run: SyncRun, staged: Staged) -> None:
    """Write in a run what was read, whatever comes of it."""
    run.declared, run.seen = staged.total, len(staged.ids) + staged.refused
    run.refused, run.dropped = staged.refused, staged.dropped
    run.refusals = [{"record": refusal.record, "reason": refusal.reason} for refusal in staged.refusals]


def _doubt(connector: Connector, staged: Staged) -> str | None:
    """Compare with what the connector managed at the last reading, device by device and school by school."""
    still = len(staged.same) + len(staged.alive)
    if managed(connector.name) == still:
        return None
    rows_still = {*staged.same, *staged.alive}
    return _suspect(connector, staged, lambda row_id: row_id not in rows_still)


def _doubt_of_changes(connector: Connector, staged: Staged) -> str | None:
    """The same of what changed: those that it lists as managed no more are all that is lost."""
    left = {*staged.left} - {*staged.same, *staged.alive}
    return _suspect(connector, staged, lambda row_id: row_id in left) if left else None


def _suspect(connector: Connector, staged: Staged, missing: Callable[[int], bool]) -> str | None:
    devices_still = set(staged.devices)
    rows = Sighting.select(Sighting.id, Sighting.serial, Sighting.mdm_id).where(
        (Sighting.connector == connector.name) & (Sighting.absent_runs == 0) & Sighting.status.in_(LIVE)
    )
    names = {row.id: row.name for row in School.select(School.id, School.name)}
    places = classes_of_serials(EVERYWHERE)
    known, kept, lost, schools = set[str](), set[str](), set[str](), dict[str, str]()
    for row_id, serial, mdm_id in rows.tuples().iterator():
        device = serial or mdm_id
        known.add(device)
        if serial in places:
            schools[device] = names[places[serial][1]]
        if not missing(row_id):
            kept.add(device)
        elif hash(device) not in devices_still:
            lost.add(device)
    return suspicion(known, lost - kept, schools)


@atomic
def _quarantine(run: SyncRun, staged: Staged, doubt: str, now: datetime) -> None:
    supersede(run.connector, run, now)
    run.state, run.message, run.staged = RunState.QUARANTINED.value, doubt, staged.packed()
    run.save()
    told = {"run": run.id, "connector": run.connector.name, "message": doubt, "declared": run.declared, "seen": run.seen}
    announce(EventKind.SYNC_QUARANTINED, lambda: [told], now)


@atomic
def supersede(connector: Connector, by: SyncRun, now: datetime) -> None:
    """Put aside the older quarantines of a connector: a newer reading of the same server speaks in their place."""
    waiting = (SyncRun.connector == connector) & (SyncRun.state == RunState.QUARANTINED.value) & (SyncRun.id != by.id)
    reason = f"remplacée par la lecture n° {by.id}"
    SyncRun.update(state=RunState.REJECTED.value, staged=None, decided_at=now, reason=reason).where(waiting).execute()


@collector.paused()
def apply(run: SyncRun, connector: Connector, staged: Staged, now: datetime) -> None:
    """Take the reading into the inventory, in transactions of at most a thousand devices, and count who was absent."""
    counts, seen, courtesy, growth = Counts(unchanged=len(staged.same)), staged.same, Courtesy(), Growth("sighting")
    for batch in staged.batches():
        done, rows = take_in(connector.name, batch, now=now)
        counts.add(done)
        seen.extend(rows)
        growth.wrote(done.fresh)
        courtesy.give_way()
    growth.ended("event", "fact")
    run.changed, run.heard, run.unchanged = counts.changed, counts.heard, counts.unchanged
    refused = {refusal.record for refusal in staged.refusals}
    if run.kind != Extent.FULL.value:
        return
    absent = [row for row in absentees(connector.name, seen) if row.mdm_id not in refused]
    count_absence([] if staged.refused > len(staged.refusals) else absent)
    run.absent = len(absent)


def _absent_enough(connector: Connector, missing: Sequence[Sighting], now: datetime) -> Iterator[Sighting]:
    """Those whose absence may mean something: the first of the readings that counted it, this one the last, is old enough."""
    most = max((row.absent_runs for row in missing), default=0)
    began = [now, *(run.started for run in counted(connector, SyncRun.started).limit(most))]
    return (row for row in missing if row.absent_runs >= BELIEVED_ABSENT and now - began[min(row.absent_runs, len(began)) - 1] >= APART)


def _look_for_absentees(run: SyncRun, connector: Connector, driver: Driver, staged: Staged, now: datetime) -> int:
    """Ask the server by id for each device absent of two complete readings and for an hour; returns how many it knows no more."""
    gone = 0
    for row in _absent_enough(connector, absentees(connector.name, staged.same), now):
        try:
            found = driver.find(row.mdm_id, row.number)
        except MdmError as fault:
            run.message = f"recherche de {row.number or row.mdm_id} : {fault}"
            continue
        if found is None:
            mark_gone(row, now=now, runs=row.absent_runs)
            gone += 1
        else:
            mine = found if found.mdm_id == row.mdm_id else msgspec.structs.replace(found, mdm_id=row.mdm_id, told=None)
            take_in(connector.name, [mine], now=now)  # a digest is that of the device that it was made of, and of no other
    return gone
