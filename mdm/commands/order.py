"""The rules of commands: which there are, which need two persons, how one lives, how many may leave. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from inventory.status import Status

COOLING = timedelta(minutes=10)
"""How long an approved command waits, for anybody in scope to stop it."""
LIFE = timedelta(hours=24)
"""A command that has not left by then never leaves; one that left without an answer is to be verified."""
WATCHED = timedelta(days=90)
"""How long an answer is still looked for: a tablet may sleep through the summer."""
FIRST_LOOK = timedelta(seconds=30)
PER_SCHOOL, PER_TOWN = 5, 20
"""Commands of two persons an hour in one school, a day in the whole town."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LONGEST_WORDS = 300


class Action(Status):
    """What is asked of a tablet."""

    REFRESH = "refresh", "demander des nouvelles", "refresh-cw", "plain"
    MESSAGE = "message", "afficher un message", "message-circle-question", "plain"
    PUSH = "push", "renvoyer la configuration", "settings", "plain"
    UNLOCK = "unlock", "déverrouiller", "key-round", "watch"
    LOCK = "lock", "verrouiller", "shield-alert", "bad"
    LOST_MODE = "lost_mode", "mettre en mode perdu", "siren", "bad"
    WIPE = "wipe", "effacer", "trash-2", "bad"


TWO_PERSONS = frozenset({Action.LOCK, Action.LOST_MODE, Action.WIPE})
SHOWS_WORDS = frozenset({Action.MESSAGE, Action.LOCK, Action.LOST_MODE})
"""Those that write words on the tablet."""


class State(Status):
    """How a command stands. `SENT` is accepted by the server and nothing more; only what is read back ends it."""

    REQUESTED = "requested", "attend une autre personne", "user-check", "watch"
    APPROVED = "approved", "approuvée", "badge-check", "watch"
    COOLING = "cooling", "part bientôt", "clock", "bad"
    SENDING = "sending", "part à l'instant", "loader", "watch"
    SENT = "sent", "acceptée par le serveur, pas encore faite", "radio", "watch"
    CONFIRMED = "confirmed", "faite, constatée", "circle-check", "good"
    FAILED = "failed", "refusée ou échouée", "circle-x", "bad"
    TO_VERIFY = "to_verify", "à vérifier", "circle-help", "bad"
    EXPIRED = "expired", "périmée, jamais partie", "calendar-x", "rest"
    STOPPED = "stopped", "arrêtée", "octagon-x", "rest"
    CANCELLED = "cancelled", "annulée : la tablette a changé", "undo-2", "rest"


WAITING = (State.REQUESTED, State.APPROVED, State.COOLING)
LEFT = (State.SENDING, State.SENT, State.TO_VERIFY, State.CONFIRMED, State.FAILED)
IN_FORCE = (*WAITING, State.SENDING, State.SENT)
MOVES = {
    State.REQUESTED: {State.APPROVED, State.STOPPED, State.CANCELLED, State.EXPIRED},
    State.APPROVED: {State.COOLING, State.SENDING, State.STOPPED, State.CANCELLED, State.EXPIRED},
    State.COOLING: {State.SENDING, State.STOPPED, State.CANCELLED, State.EXPIRED},
    State.SENDING: {State.SENT, State.FAILED, State.TO_VERIFY},
    State.SENT: {State.CONFIRMED, State.FAILED, State.TO_VERIFY},
    State.TO_VERIFY: {State.CONFIRMED, State.FAILED},
}


@dataclass(frozen=True, slots=True)
class Spent:
    """A command of two persons that counts: when it was allowed, or left, and for which school (None: in stock)."""

    at: datetime
    school: int | None


def room(spent: Sequence[Spent], school: int | None, now: datetime) -> bool:
    """Whether one more command of two persons may leave now: `PER_SCHOOL` an hour in one school, `PER_TOWN` a day in all."""
    today = [one for one in spent if now - one.at < DAY]
    this_hour = [one for one in today if now - one.at < HOUR and one.school == school]
    return len(today) < PER_TOWN and len(this_hour) < PER_SCHOOL


def looked_at_again(sent: datetime, looked: datetime | None) -> datetime:
    """When to look again for the answer to a command: soon at first, then ever less often."""
    if looked is None:
        return sent + FIRST_LOOK
    return looked + max(FIRST_LOOK, (looked - sent) / 4)
