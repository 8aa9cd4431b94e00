"""What the worker does of commands, some seconds apart: it sends what two persons allowed, and looks for what became of it. It decides nothing.

A command is marked as leaving before it leaves, once: a process killed in between, or an answer that never came, makes it *to verify*,
never sent again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Refused
from inventory.mdm_status import MdmStatus
from inventory.models import Person, Sighting, Tablet
from inventory.roles import OFFICE, Role
from inventory.scope import EVERYWHERE
from inventory.words import later, tell
from mdm import terms
from mdm.commands import queries
from mdm.commands.actions import ASKERS, move, voice_of
from mdm.commands.change import change_of, place_change_of
from mdm.commands.order import LIFE, TWO_PERSONS, WAITING, WATCHED, Action, State, looked_at_again, room
from mdm.driver import MdmError
from mdm.models import Command
from mdm.vault import Vault
from mdm.voice import Declined, Order, Voice

ANSWERED_BY = timedelta(minutes=5)
"""A process that has said nothing of what it sends for so long will say nothing more."""
LONGEST_SAID = 250


def carry_out(vault: Vault, clock: Callable[[], datetime], stopped: Callable[[], bool] = lambda: False) -> str:
    """One turn: what is over is ended, what is due is sent, what was sent is looked for. Returns what was done, in French."""
    now = clock()
    _end_what_is_over(now)
    cancel_changed(now)
    sent = looked = 0
    for row in queries.of_state(EVERYWHERE, (State.APPROVED, State.COOLING)):
        if row.leaves <= now and not stopped():
            sent += send_one(row, vault, clock)
    for row in queries.of_state(EVERYWHERE, (State.SENT, State.TO_VERIFY)):
        if looked_at_again(row.sent, row.looked) <= now < row.sent + WATCHED and not stopped():
            looked += _look(row, vault, clock)
    return f"{sent} envoyées, {looked} constatées"


@atomic
def _end_what_is_over(now: datetime) -> None:
    for row in queries.waiting(EVERYWHERE):
        if now - row.requested >= LIFE:
            _end(row, State.EXPIRED, now, "plus de 24 heures")
    for row in queries.of_state(EVERYWHERE, (State.SENDING,)):
        if now - row.sent >= ANSWERED_BY:
            move(row, State.TO_VERIFY, _by_itself(now), later("le programme s'est arrêté pendant l'envoi"))
    for row in queries.of_state(EVERYWHERE, (State.SENT,)):
        if now - row.sent >= LIFE:
            move(row, State.TO_VERIFY, _by_itself(now), later("aucune réponse en 24 heures"))


@atomic
def cancel_changed(now: datetime) -> int:
    """Cancel what waits for a tablet that was enrolled again, or moved, since; returns how many."""
    found = [(row, change) for row in queries.waiting(EVERYWHERE) if (change := _change_heard(row))]
    for row, change in found:
        _end(row, State.CANCELLED, now, change)
    return len(found)


def _change_heard(row: Command) -> str:
    """What the last readings of the servers tell: whether the device is still the one that the command is for."""
    record = Sighting.get_or_none((Sighting.connector == row.connector.name) & (Sighting.mdm_id == row.mdm_id))
    if record is None or record.status != MdmStatus.ENROLLED.value or record.serial != row.serial:
        return tell("le serveur ne dit plus cet appareil enrôlé")
    again = (Sighting.serial == row.serial) & (Sighting.status == MdmStatus.ENROLLED.value) & (Sighting.enrolled_at > row.requested)
    if Sighting.select().where(again).exists():
        return tell("l'appareil a été enrôlé de nouveau")
    return place_change_of(row, Tablet.get_by_id(row.tablet_id))


def send_one(row: Command, vault: Vault, clock: Callable[[], datetime]) -> int:
    """Send one command that is due; 1 if it left. The record is read again, and compared, just before."""
    try:
        voice = voice_of(row, vault, clock)
        report = voice.find(row.mdm_id, row.number)
    except (MdmError, Refused) as fault:
        Command.update(said=f"pas encore partie : {fault}"[:LONGEST_SAID]).where(Command.id == row.id).execute()
        return 0
    changed = change_of(row, Tablet.get_by_id(row.tablet_id), report)
    if changed:
        _cancel(row, changed, clock())
        return 0
    claimed = _claim(row, clock())
    if claimed is None:
        return 0
    _speak(voice, claimed, clock)
    return 1


@atomic
def _cancel(row: Command, changed: str, now: datetime) -> None:
    fresh = queries.command(EVERYWHERE, row.id)
    if State(fresh.state) in WAITING:
        _end(fresh, State.CANCELLED, now, changed)


@atomic
def _claim(row: Command, now: datetime) -> Command | None:
    """Mark a command as leaving, if it still may; None otherwise. Of two processes one gets it."""
    fresh = queries.command(EVERYWHERE, row.id)
    action, state = Action(fresh.action), State(fresh.state)
    grave = action in TWO_PERSONS
    due = fresh.leaves is not None and fresh.leaves <= now < fresh.requested + LIFE
    if not due or state is not (State.COOLING if grave else State.APPROVED):
        return None
    change = place_change_of(fresh, Tablet.get_by_id(fresh.tablet_id)) or _right_lost(fresh, action)
    if change:
        _end(fresh, State.CANCELLED, now, change)
        return None
    if grave and not room(queries.left_since(EVERYWHERE, now), fresh.school_id, now):
        return None
    fresh.sent = now
    move(fresh, State.SENDING, _by_itself(now))
    return fresh


def _right_lost(row: Command, action: Action) -> str:
    """Whether those who asked and allowed may still, and the operator's file still allows it."""
    if action not in terms.of(row.connector.name).commands:
        return tell("le fichier des connecteurs ne permet plus cette commande")
    rights = [(row.requested_by_id, ASKERS[action])]
    if action in TWO_PERSONS:
        if row.approved_by_id is None or row.approved_by_id == row.requested_by_id:
            return tell("elle n'a pas l'accord d'une autre personne")
        rights.append((row.approved_by_id, OFFICE))
    people = {person.id: person for person in Person.select().where(Person.id.in_([one for one, _ in rights]))}
    if all(people[one].active and Role(people[one].role) in roles for one, roles in rights):
        return ""
    return tell("une des personnes qui l'ont voulue n'en a plus le droit")


def _speak(voice: Voice, row: Command, clock: Callable[[], datetime]) -> None:
    """Say it to the server, once, and write what is known of it: taken, declined, or nothing."""
    try:
        receipt = voice.send(_order(row))
    except Declined as fault:
        _after(row, State.FAILED, clock(), str(fault))
    except MdmError as fault:
        _after(row, State.TO_VERIFY, clock(), f"envoyée sans réponse sûre : {fault}")
    else:
        row.uuid = receipt
        _after(row, State.SENT, clock(), "")


@atomic
def _after(row: Command, state: State, now: datetime, said: str) -> None:
    row.said, row.ended = said[:LONGEST_SAID], now if state is State.FAILED else None
    move(row, state, Hand(None, now, f"mdm:{row.connector.name}"), said)


def _look(row: Command, vault: Vault, clock: Callable[[], datetime]) -> int:
    """Look for what became of a command; 1 if it is known."""
    try:
        outcome = voice_of(row, vault, clock).outcome(_order(row))
    except (MdmError, Refused):
        outcome = None
    now = clock()
    with atomic():
        fresh = queries.command(EVERYWHERE, row.id)
        if outcome is None or State(fresh.state) not in (State.SENT, State.TO_VERIFY):
            Command.update(looked=now).where(Command.id == row.id).execute()
            return 0
        fresh.looked, fresh.ended, fresh.said = now, now, outcome.said
        move(fresh, State.CONFIRMED if outcome.done else State.FAILED, Hand(None, now, f"mdm:{row.connector.name}"), outcome.said)
        return 1


def _order(row: Command) -> Order:
    return Order(Action(row.action), row.mdm_id, row.number, row.uuid, row.words, row.sent)


def _end(row: Command, state: State, now: datetime, why: str) -> None:
    row.ended, row.said = now, why
    move(row, state, _by_itself(now), why)


def _by_itself(now: datetime) -> Hand:
    return Hand(None, now, "job:commands")
