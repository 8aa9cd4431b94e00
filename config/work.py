"""What each line of the timetable does: the same verbs as the buttons."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime

from config import backups, clock, post, retention
from config.settings import Settings
from config.vault import Vault
from deploy.actions.quarter import issue
from deploy.letters.actions import write_digests
from deploy.queries.board import board
from deploy.queries.conventions import loaded
from deploy.reports.quarter import Quarter
from deploy.schedule.pace import Phase
from inventory.actions.gaps import survey
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.french import counted, moment
from inventory.paris import local_date
from inventory.scope import EVERYWHERE
from mdm import actions
from mdm.commands.errand import carry_out
from mdm.deliveries import deliver_due
from mdm.models import Connector
from mdm.run_state import RunState

Work = Callable[[datetime], str]


def work(settings: Settings, stop: threading.Event | None = None) -> Mapping[str, Work]:
    """The verbs of the timetable by name; each is given its moment and answers what it did, in French.

    Once `stop` is set, a reading of an MDM ends at the border of a page, having written nothing of it.
    """
    stop = stop or threading.Event()
    return {
        "sync": lambda now: _sync(settings, now, stop),
        "reconciliation": _compare,
        "lateness": _lateness,
        "backup": lambda now: backups.nightly(settings.backups, keep=settings.backups_kept, now=now),
        "retention": retention.erase_old,
        "quarter": _quarter,
        "commands": lambda now: carry_out(Vault(settings.key_file), clock.now, stop.is_set),
        "letters": lambda now: write_digests(now, settings.public_url),
        "deliveries": lambda now: _outboxes(settings, stop),
    }


def _outboxes(settings: Settings, stop: threading.Event) -> str:
    """Send what waits: events to programs, letters to people."""
    told = deliver_due(Vault(settings.key_file), settings.webhook_hosts, clock.now, stop.is_set)
    return f"{told} ; {post.send_due(settings, clock.now, stop.is_set)}"


def _sync(settings: Settings, now: datetime, stop: threading.Event) -> str:
    """Read every connector; one that fails does not stop the others, but the period is told as failed."""
    vault, told, failed = Vault(settings.key_file), [], False
    for row in list(Connector.select().where(Connector.active).order_by(Connector.name)):
        alone = actions.left_alone(row, now)
        if alone:
            told.append(f"{row.name} : pas avant le {moment(alone)}")
            continue
        good, said = _read(row, vault, now, stop)
        failed = failed or not good
        told.append(f"{row.name} : {said}")
    if failed:
        raise Refused(*told)
    return " ; ".join(told) or "aucun connecteur"


def _read(row: Connector, vault: Vault, now: datetime, stop: threading.Event) -> tuple[bool, str]:
    """Read one connector; whether it went well, and what came of it."""
    try:
        run = actions.sync(row, vault=vault, now=now, clock=clock.now, tell=lambda *_: _go_on(stop), changes=True)
    except Refused as refusal:
        if stop.is_set():
            raise
        return False, " ".join(refusal.sentences)
    good = run.state not in (RunState.FAILED.value, RunState.PARTIAL.value)
    return good, f"{RunState(run.state).label}{f' ({run.message})' if run.message else ''}"


def _go_on(stop: threading.Event) -> None:
    if stop.is_set():
        raise Refused("Lecture arrêtée entre deux pages avec le calendrier ; elle sera reprise du début.")


def _compare(now: datetime) -> str:
    """Compare papers, inventory and MDMs: what people and imports wrote since the last reading counts too."""
    done = survey(now)
    return f"{counted(done.standing, 'écart en cours', 'écarts en cours')} : {done.opened} ouverts, {done.changed} changés, {done.closed} refermés"


def _lateness(now: datetime) -> str:
    """Look at every class in the morning: who is late, who is forecast to be. Lateness is told, never stored."""
    late = [one for one in board(EVERYWHERE, None, now) if one.phase is Phase.LATE or one.late_forecast]
    names = ", ".join(one.record.code for one in late)
    return f"{counted(len(late), 'classe en retard ou menacée', 'classes en retard ou menacées')}{f' : {names}' if names else ''}"


def _quarter(now: datetime) -> str:
    """Issue the last quarter that is over, for each convention whose window had begun."""
    period = Quarter.of(local_date(now)).before()
    hand = Hand(None, now, "job:quarter")
    issued = [issue(period, hand, key=row.key) for row in loaded()]
    return f"{period.key} : {counted(len(issued), 'convention', 'conventions')}"
