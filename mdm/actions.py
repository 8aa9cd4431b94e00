"""What a person or the timetable does to a connector: add it, read its server, decide on a quarantine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from inventory.actions.gaps import survey
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.journal import Entry, append
from inventory.words import tell
from mdm import terms
from mdm.breaker import FAILURES, opens_again
from mdm.details import fetch
from mdm.driver import Access, Detailed
from mdm.drivers import KINDS, connect
from mdm.listening import Recalled
from mdm.models import Connector, SyncRun
from mdm.readings import listed_last
from mdm.registers import read_register
from mdm.run_state import Extent, RunState
from mdm.secret import context, voice_context
from mdm.since import A_MINUTE, COUNTED, since
from mdm.staging import unpacked
from mdm.sync import Tell, apply, read_server, refuse_during_a_reading, supersede
from mdm.trial import Step, trial
from mdm.vault import Vault
from mdm.voices import actions_of

NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,38}")
SHORTEST_REASON = 5
FIRST_PAGE = 50


@atomic
def add_connector(name: str, *, kind: str, url: str, login: str, password: str, vault: Vault, hand: Hand) -> Connector:
    """Create a connector, or change it; its password is kept encrypted for this very address, and erased with it."""
    _refuse_connector(name, kind, url)
    row = Connector.get_or_none(Connector.name == name) or Connector(name=name, created=hand.now)
    if row.id and (row.url, row.kind) != (url, kind):
        row.command_login, row.command_secret = "", None
    if row.id and row.url != url and not password:
        row.secret = None
    row.kind, row.url, row.login, row.active = kind, url, login, True
    if password:
        row.secret = vault.seal(password, context(row))
    row.save()
    told = {"name": name, "kind": kind, "url": url, "login": login}
    entry = Entry("connector", row.id, "record", "registered", hand.now, told)
    append([entry], noted=hand.now, actor=hand.by, source=hand.source)
    return row


@atomic
def give_voice(name: str, *, login: str, password: str, vault: Vault, hand: Hand) -> Connector:
    """Keep the account of commands of a connector, apart from the one that reads; without a password, forget it. Raises `Refused`."""
    row = connector(name)
    if not actions_of(row.kind):
        raise Refused(tell("« {name} » ({kind}) ne reçoit aucune commande : il est seulement lu.", name=name, kind=row.kind))
    row.command_login, row.command_secret = (login, vault.seal(password, voice_context(row))) if password else ("", None)
    row.save(only=[Connector.command_login, Connector.command_secret])
    told = {"name": name, "login": login, "given": bool(password)}
    append([Entry("connector", row.id, "voice", "given" if password else "taken", hand.now, told)], noted=hand.now, actor=hand.by, source=hand.source)
    return row


def _refuse_connector(name: str, kind: str, url: str) -> None:
    if not NAME.fullmatch(name):
        raise Refused(tell("Nom de connecteur « {name} » : écrire des minuscules, chiffres et tirets, par exemple « mdm-ville ».", name=name))
    if kind not in KINDS:
        raise Refused(tell("Genre de MDM « {kind} » inconnu ; choisir : {kinds}.", kind=kind, kinds=', '.join(sorted(KINDS))))
    parts = urlsplit(url)
    if (parts.scheme == "file") is not (kind == "export_file"):
        raise Refused(tell("Adresse « {url} » : un export de console, et lui seul, est lu à une adresse file:///chemin/du/fichier.csv.", url=url))
    if kind == "export_file":
        return
    local = parts.hostname in ("127.0.0.1", "localhost", "::1")
    if not parts.hostname or not (parts.scheme == "https" or (parts.scheme == "http" and local)):
        raise Refused(tell("Adresse « {url} » : écrire une adresse en https:// (http seulement sur cette machine).", url=url))
    if parts.username or parts.password:
        raise Refused(tell("L'adresse ne doit contenir ni identifiant ni mot de passe : les donner à part."))


def connector(name: str | None = None) -> Connector:
    """The connector of this name, or the only one; raises `Refused` when that is not one."""
    rows = list(Connector.select().where(Connector.active).order_by(Connector.name))
    if name is not None:
        rows = [row for row in rows if row.name == name]
        if not rows:
            raise Refused(tell("Aucun connecteur ne s'appelle « {name} » : le créer par « cartable connector add {name} … ».", name=name))
    if len(rows) != 1:
        names = ", ".join(row.name for row in rows)
        raise Refused(tell("Plusieurs connecteurs : en nommer un ({names}).", names=names) if rows else tell("Aucun connecteur : en créer un d'abord."))
    return rows[0]


def sync(
    row: Connector, *, vault: Vault, now: datetime, clock: Callable[[], datetime], tell: Tell | None = None, changes: bool = False
) -> SyncRun:
    """Read one server, take in what is new and compare the town with it; the outcome, good or bad, is in the run returned.

    With `changes`, only what changed since the last reading is asked of a server that can tell it, until a whole reading is due.
    """
    read = read_register if KINDS[row.kind].capabilities.peer else read_server
    begin = changes_since(row, now) if changes else None
    driver = connect(row.kind, access(row, vault), clock=clock)
    run = read(row, driver, now=now, tell=tell, since=begin)
    if run.state == RunState.COMPLETE.value:
        survey(now)
        if isinstance(driver, Detailed):
            fetch(run, row, driver, terms.of(row.name).detail_requests, clock=clock, tell=tell)
    return run


def changes_since(row: Connector, now: datetime) -> datetime | None:
    """Since when the next reading of the timetable asks for changes only; None if it is to be a whole one."""
    mine = SyncRun.select().where(SyncRun.connector == row).order_by(SyncRun.id.desc())
    last = mine.first()
    full = mine.where((SyncRun.kind == Extent.FULL.value) & SyncRun.state.in_(COUNTED)).first()
    told = (last.state, last.started) if last else None
    return since(told, full.started if full else None, timedelta(hours=terms.of(row.name).full_every_hours), now)


def left_alone(row: Connector, now: datetime) -> datetime | None:
    """Until when the timetable leaves a connector alone, by its pace or after failures; None if it is to be read."""
    every = timedelta(minutes=terms.of(row.name).every_minutes)
    runs = list(SyncRun.select().where(SyncRun.connector == row).order_by(SyncRun.id.desc()).limit(FAILURES))
    failed = [run.ended if run.state == RunState.FAILED.value else None for run in runs]
    paced = runs[0].started + every - A_MINUTE if runs and every and failed[0] is None else None
    return max((moment for moment in (opens_again(row.name, failed), paced) if moment and moment > now), default=None)


def attempt(row: Connector, *, vault: Vault, clock: Callable[[], datetime], stopped: bool = False) -> Iterator[Step]:
    """Try a connector step by step, writing nothing; a clock that is stopped is compared with none."""
    told = replace(access(row, vault), expected=0)
    return trial(connect(row.kind, told, clock=clock, page_size=FIRST_PAGE), told, None if stopped else clock)


def access(row: Connector, vault: Vault) -> Access:
    """How a connector's server is read; raises `Refused` when its password is missing, or its host is not allowed by the operator."""
    told = terms.of(row.name)
    if row.secret is None and not KINDS[row.kind].capabilities.keyless:
        raise Refused(tell("« {name} » n'a pas de mot de passe (effacé quand son adresse change) : le redonner.", name=row.name))
    password = "" if row.secret is None else vault.open(bytes(row.secret), context(row))
    terms.refuse_host(row.name, row.url, told)
    return Access(row.url, row.login, password, told.zone, told.ca, told.options, Recalled(row), listed_last(row))


def voice_access(row: Connector, vault: Vault) -> Access:
    """How a connector's server is spoken to, by the account of commands alone; raises `Refused` where there is none, or the host is not allowed."""
    told = terms.of(row.name)
    if row.command_secret is None:
        raise Refused(
            tell("« {name} » n'a pas de compte pour les commandes : le donner par « cartable connector voice {name} » (celui de lecture n'en envoie pas).", name=row.name)
        )
    terms.refuse_host(row.name, row.url, told)
    password = vault.open(bytes(row.command_secret), voice_context(row))
    return Access(row.url, row.command_login, password, told.zone, told.ca, told.options, Recalled(row))


@atomic
def release(run_id: int, reason: str, hand: Hand) -> SyncRun:
    """Believe a quarantined reading after all: it is applied as it was read, and the decision is journalled."""
    run = _quarantined(run_id, reason)
    refuse_during_a_reading(run.connector, hand.now)
    staged = unpacked(bytes(run.staged))
    apply(run, run.connector, staged, hand.now)
    _decide(run, RunState.RELEASED, reason, hand)
    supersede(run.connector, run, hand.now)
    survey(hand.now)
    return run


@atomic
def reject(run_id: int, reason: str, hand: Hand) -> SyncRun:
    """Put a quarantined reading aside: nothing of it is ever taken in."""
    run = _quarantined(run_id, reason)
    _decide(run, RunState.REJECTED, reason, hand)
    return run


def _quarantined(run_id: int, reason: str) -> SyncRun:
    run = SyncRun.get_or_none(SyncRun.id == run_id)
    if run is None:
        raise NotFound
    if run.state != RunState.QUARANTINED.value:
        raise Refused(tell("La lecture n° {run_id} n'attend pas de décision : elle est « {label} ».", run_id=run_id, label=RunState(run.state).label))
    if len(reason.strip()) < SHORTEST_REASON:
        raise Refused(tell("Indiquer la raison de la décision (ce qui a été vérifié dans le MDM)."))
    return run


def _decide(run: SyncRun, state: RunState, reason: str, hand: Hand) -> None:
    run.state, run.staged, run.reason = state.value, None, reason.strip()
    run.decided_by, run.decided_at = hand.by, hand.now
    run.save()
    entry = Entry("sync_run", run.id, "decision", state.value, hand.now, {"connector": run.connector.name}, run.reason)
    append([entry], noted=hand.now, actor=hand.by, source=hand.source)
