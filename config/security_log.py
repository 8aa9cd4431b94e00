"""The security log: who signed in, failed, changed a password or a factor. No login that was typed, no address, no secret."""

from __future__ import annotations

from datetime import datetime

from config.models import SecurityEvent
from inventory.models import Person
from inventory.status import Status


class Happened(Status):
    """What a line of the log says."""

    SIGNED_IN = "signed_in", "connexion", "log-in", "good"
    REFUSED = "refused", "connexion refusée", "circle-x", "bad"
    FACTOR_REFUSED = "factor_refused", "code refusé", "shield-alert", "bad"
    SIGNED_OUT = "signed_out", "déconnexion", "log-out", "plain"
    SESSIONS_ENDED = "sessions_ended", "déconnexion partout", "log-out", "watch"
    PASSWORD_SET = "password_set", "mot de passe changé", "key-round", "watch"
    FACTOR_SET = "factor_set", "second facteur en place", "shield-check", "good"
    FACTOR_RESET = "factor_reset", "second facteur retiré", "shield-x", "watch"
    EXPORTED = "exported", "données exportées", "download", "watch"
    ANONYMISED = "anonymised", "compte anonymisé", "shield-x", "watch"
    VOUCHED = "vouched", "reconnu par un fournisseur d'identité", "log-in", "good"
    NOT_VOUCHED = "not_vouched", "fournisseur d'identité : refus", "circle-x", "bad"
    AWAITED = "awaited", "lien à un fournisseur attendu", "link", "watch"
    LINKED = "linked", "lié à un fournisseur d'identité", "link", "watch"
    UNLINKED = "unlinked", "lien à un fournisseur retiré", "shield-x", "watch"
    RECOVERY_USED = "recovery_used", "code de secours employé", "life-buoy", "watch"
    TOKEN_ADDED = "token_added", "jeton créé", "key-round", "watch"
    TOKEN_REVOKED = "token_revoked", "jeton révoqué", "shield-x", "watch"
    TOKEN_REFUSED = "token_refused", "jeton refusé", "circle-x", "bad"


def write(what: Happened, person: Person | None, now: datetime, *, network: str = "", actor: Person | None = None) -> None:
    """Append a line; `actor` only when it is not the person."""
    other = actor if actor is not None and actor != person else None
    SecurityEvent.create(at=now, what=what.value, person=person, actor=other, network=network)


def latest(count: int) -> list[SecurityEvent]:
    """The last `count` lines, newest first, with their people."""
    actor = Person.alias()
    query = SecurityEvent.select(SecurityEvent, Person, actor).left_outer_join(Person, on=SecurityEvent.person)
    query = query.switch(SecurityEvent).left_outer_join(actor, on=SecurityEvent.actor)
    return list(query.order_by(SecurityEvent.id.desc()).limit(count))
