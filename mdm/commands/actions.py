"""What persons do of a command: ask it, allow it, stop it, say what they found. Each is one transaction and a line of the journal.

No door leads here but the pages: a hand without a person, a program's account or a job's is refused whatever it holds.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import datetime
from typing import Any

from inventory.actions.outbox import announce
from inventory.actions.records import Hand
from inventory.db import atomic
from inventory.errors import Conflict, Refused
from inventory.journal import Entry, append
from inventory.models import Person, Tablet
from inventory.outbox import EventKind
from inventory.queries.people import PROGRAM
from inventory.roles import FIELD, OFFICE, Role
from inventory.scope import EVERYWHERE
from inventory.words import tell
from mdm.actions import voice_access
from mdm.commands import proof, queries
from mdm.commands.change import change_of
from mdm.commands.order import (
    COOLING,
    LIFE,
    LONGEST_WORDS,
    MOVES,
    PER_SCHOOL,
    PER_TOWN,
    SHOWS_WORDS,
    TWO_PERSONS,
    WAITING,
    Action,
    State,
    room,
)
from mdm.commands.words import AXIS
from mdm.driver import MdmError
from mdm.models import Command
from mdm.vault import Vault
from mdm.voice import Voice
from mdm.voices import speak_to

SHORTEST_REASON = 5
ALERTED = frozenset({State.REQUESTED, State.COOLING, State.STOPPED, State.SENT})
"""The states of a grave command of which programs are told at once: somebody may still stop it, or must know that it left."""
ASKERS = {action: OFFICE if action is Action.UNLOCK else FIELD for action in Action}


def request(
    tablet: Tablet, action: Action, reason: str, hand: Hand, *, words: str = "", code: str = "", vault: Vault, clock: Callable[[], datetime]
) -> Command:
    """Ask something of one tablet. What needs two persons waits for the other one; the rest may leave at once.

    The server is asked for its record first. Raises `Refused` when it may not be asked, by this person, of this tablet, or now.
    """
    person, said, shown = _a_person(hand, ASKERS[action]), reason.strip()[:LONGEST_WORDS], _shown(action, words)
    offer = next((one for one in queries.offers(EVERYWHERE, tablet.id) if action in one.actions), None)
    if offer is None:
        raise Refused(tell("« {action} » n'est pas permis pour cette tablette : aucun serveur qui la gère ne le propose, ou le fichier des connecteurs ne l'a pas mis en marche.", action=action.label))
    if len(said) < SHORTEST_REASON:
        raise Refused(tell("Dire pourquoi, en quelques mots : c'est ce que lira l'autre personne."))
    _refuse_twice(tablet, action)
    row = Command(
        connector=offer.connector, tablet=tablet, mobile_class=tablet.mobile_class_id, school=tablet.mobile_class.school_id if tablet.mobile_class else None,
        mdm_id=offer.sighting.mdm_id, number=offer.sighting.number, serial=tablet.serial, action=action.value, words=shown, uuid=str(uuid.uuid4()),
        requested=hand.now, requested_by=person,
    )  # fmt: skip
    _read_first(row, tablet, vault, clock)
    if action in TWO_PERSONS:
        proof.ask(person, code, hand.now)
    return _requested(row, action, said, hand)


@atomic
def _requested(row: Command, action: Action, reason: str, hand: Hand) -> Command:
    _refuse_twice(row.tablet, action)
    row.save(force_insert=True)
    tell_of(row, State.REQUESTED, hand, reason)
    if action not in TWO_PERSONS:
        row.leaves = hand.now
        move(row, State.APPROVED, hand)
    return row


def _read_first(row: Command, tablet: Tablet, vault: Vault, clock: Callable[[], datetime]) -> None:
    """Take from the server itself which enrolment the command is for."""
    try:
        report = voice_of(row, vault, clock).find(row.mdm_id, row.number)
    except MdmError as fault:
        raise Refused(tell("Le serveur n'a pas pu être interrogé, rien n'est demandé : {fault}.", fault=fault)) from fault
    row.enrolled_at, row.number = (report.enrolled_at, report.number) if report else (None, row.number)
    changed = change_of(row, tablet, report)
    if changed:
        raise Refused(tell("Rien n'est demandé : {changed}.", changed=changed))


def voice_of(row: Command, vault: Vault, clock: Callable[[], datetime]) -> Voice:
    """The voice of a command's server, signed in by the account of commands."""
    voice = speak_to(row.connector.kind, voice_access(row.connector, vault), clock=clock)
    voice.sign_in()
    return voice


def approve(row: Command, hand: Hand, *, code: str) -> Command:
    """Allow what somebody else asked; it leaves when it has cooled. Raises `Refused` without the other person's own code."""
    person = _a_person(hand, OFFICE)
    _refuse_approval(row, person, hand.now)
    proof.ask(person, code, hand.now)
    return _approved(row, person, hand)


@atomic
def _approved(row: Command, person: Person, hand: Hand) -> Command:
    fresh = queries.command(EVERYWHERE, row.id)
    _refuse_approval(fresh, person, hand.now)
    fresh.approved, fresh.approved_by, fresh.leaves = hand.now, person, hand.now + COOLING
    move(fresh, State.APPROVED, hand)
    move(fresh, State.COOLING, hand)
    return fresh


def _refuse_approval(row: Command, person: Person, now: datetime) -> None:
    if State(row.state) is not State.REQUESTED or Action(row.action) not in TWO_PERSONS:
        raise Conflict(tell("Cette commande n'attend pas d'accord : elle est « {state} ».", state=State(row.state).label))
    if now - row.requested >= LIFE:
        raise Conflict(tell("Cette commande a plus de 24 heures : la demander de nouveau."))
    if row.requested_by_id == person.id:
        raise Refused(tell("Une autre personne doit donner son accord : celle qui demande ne peut pas le donner."))
    if not room(queries.approved_since(EVERYWHERE, now), row.school_id, now):
        raise Refused(tell("Le plafond est atteint ({school} par heure dans une école, {town} par jour en tout) : attendre.", school=PER_SCHOOL, town=PER_TOWN))


@atomic
def stop(row: Command, reason: str, hand: Hand) -> Command:
    """Stop a command that has not left: anybody who sees the tablet may."""
    _a_person(hand, frozenset(Role))
    fresh = queries.command(EVERYWHERE, row.id)
    if State(fresh.state) not in WAITING:
        raise Conflict(tell("Cette commande ne peut plus être arrêtée : elle est « {state} ».", state=State(fresh.state).label))
    fresh.ended = hand.now
    move(fresh, State.STOPPED, hand, reason.strip()[:LONGEST_WORDS])
    return fresh


@atomic
def settle(row: Command, done: bool, found: str, hand: Hand) -> Command:
    """Say what a person found of a command of which nothing tells what became."""
    _a_person(hand, OFFICE)
    fresh, said = queries.command(EVERYWHERE, row.id), found.strip()[:LONGEST_WORDS]
    if State(fresh.state) is not State.TO_VERIFY:
        raise Conflict(tell("Cette commande n'est pas à vérifier : elle est « {state} ».", state=State(fresh.state).label))
    if len(said) < SHORTEST_REASON:
        raise Refused(tell("Dire ce qui a été constaté, sur la tablette ou dans la console du MDM."))
    fresh.ended = hand.now
    move(fresh, State.CONFIRMED if done else State.FAILED, hand, said)
    return fresh


def move(row: Command, state: State, hand: Hand, note: str = "") -> None:
    """Put a command in another state, within its transaction; a move that its life does not know is a fault of ours."""
    if state not in MOVES.get(State(row.state), set()):
        raise ValueError(f"command {row.id}: {row.state} cannot become {state}")
    _put(row, state, hand, note)


def _put(row: Command, state: State, hand: Hand, note: str = "") -> None:
    row.state = state.value
    row.save()
    tell_of(row, state, hand, note)


def tell_of(row: Command, state: State, hand: Hand, note: str = "") -> None:
    """A line in the journal of the command, and of its tablet; of a grave one, programs are told."""
    detail: dict[str, Any] = {"id": row.id, "action": row.action, "serial": row.serial, "connector": row.connector.name}
    if state is State.REQUESTED:
        detail |= {"mdm_id": row.mdm_id, "words": row.words}
    entries = [Entry(AXIS, row.id, AXIS, state.value, hand.now, detail, note), Entry("tablet", row.tablet_id, AXIS, state.value, hand.now, detail, note)]
    append(entries, noted=hand.now, actor=hand.by, source=hand.source)
    if Action(row.action) in TWO_PERSONS and state in ALERTED:
        told = {key: detail[key] for key in ("id", "action", "serial", "connector")} | {"state": state.value}
        announce(EventKind.COMMAND_CHANGED, lambda: [told], hand.now)


def _a_person(hand: Hand, roles: frozenset[Role]) -> Person:
    """Who acts by their own hand, and may; raises `Refused`."""
    person = Person.get_or_none(Person.id == hand.by.id) if hand.by is not None and hand.source == "person" else None
    if person is None or not person.active or person.login.startswith(PROGRAM) or Role(person.role) not in roles:
        raise Refused(tell("Une commande se demande, s'accorde et s'arrête par une personne, de ses mains, dans les pages ; ce compte ne le peut pas."))
    return person


def _shown(action: Action, words: str) -> str:
    """The words for the screen, on one line; raises `Refused` where some are needed."""
    said = " ".join(words.split())[:LONGEST_WORDS] if action in SHOWS_WORDS else ""
    if action in SHOWS_WORDS and not said:
        raise Refused(tell("« {action} » : écrire ce que la tablette doit afficher.", action=action.label))
    return said


def _refuse_twice(tablet: Tablet, action: Action) -> None:
    """One grave command of a tablet at a time; and not the same light one twice."""
    for other in queries.in_force(EVERYWHERE, tablet.id):
        both = Action(other.action) in TWO_PERSONS and action in TWO_PERSONS and State(other.state) is not State.SENT
        if both or (other.action == action.value and State(other.state) in WAITING):
            raise Conflict(tell("La commande n° {number} de cette tablette n'est pas finie : l'arrêter, ou l'attendre.", number=other.id))
