"""The second factor of a command, shown in the act: a code of the phone, of a factor set long enough ago that no open session can have set it."""

from __future__ import annotations

from datetime import datetime, timedelta

from config import accounts, factors
from config.models import Credential, SecondFactor
from config.security_log import Happened, write
from config.vault import Vault
from inventory.errors import Refused
from inventory.models import Person
from inventory.spoken import moment
from inventory.words import tell

SETTLED = timedelta(days=7)
"""Who holds an account for a moment, or makes another one, waits so long in sight of all before its phone counts."""


def prove(person: Person, code: str, vault: Vault, now: datetime) -> None:
    """Raise `Refused` unless `code` is what the person's phone shows now; recovery codes do not count, and a wrong code is a guess."""
    row = SecondFactor.get_or_none((SecondFactor.person == person) & SecondFactor.confirmed.is_null(False))
    if row is None:
        raise Refused(tell("Cette commande demande un second facteur : en poser un sur « Mon compte » ; il compte sept jours plus tard."))
    if now - row.confirmed < SETTLED:
        raise Refused(tell("Le second facteur de ce compte est trop récent : il compte pour une commande à partir du {moment}.", moment=moment(row.confirmed + SETTLED)))
    counted = Credential.select().where(Credential.person == person).exists() and accounts.take_a_try(person, now)
    if not (counted and factors.shows(person, code, vault, now)):
        write(Happened.FACTOR_REFUSED, person, now)
        raise Refused(tell("Code refusé : écrire les six chiffres que l'application montre maintenant ; chacun ne sert qu'une fois."))
    accounts.forget_tries(person)
