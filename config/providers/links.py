"""Which account is whose at a provider: awaited by an administrator, linked at the first sign-in, known by number afterwards.

A sign-in makes no account. An e-mail address counts once, and only verified: it may change hands later, `sub` never does
(OpenID Connect Core 1.0 §5.7).
"""

from __future__ import annotations

import re
from datetime import datetime

from config import sessions
from config.models import ProviderLink
from config.providers.declared import Provider
from config.providers.protocol import LONGEST_SUBJECT, Vouched
from config.security_log import Happened, write
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.models import Person
from inventory.words import tell

EMAIL = re.compile(r"[!-?A-~]{1,64}@[a-z0-9.-]{3,190}")


@atomic
def await_email(person: Person, provider: Provider, email: str, now: datetime, *, actor: Person | None = None, network: str = "") -> ProviderLink:
    """Have the first sign-in whose verified address is `email` linked to `person`; said again, it replaces what was awaited."""
    email = email.strip().lower()
    if not EMAIL.fullmatch(email):
        raise Refused(tell("Adresse « {email} » : écrire celle que le fournisseur confirme, par exemple a.martin@ville.fr.", email=email[:80]))
    if provider.domains and email.rpartition("@")[2] not in provider.domains:
        raise Refused(tell("Adresse « {email} » : « {name} » n'est admis que pour {domains}.", email=email, name=provider.name, domains=", ".join(sorted(provider.domains))))
    _refuse_other(ProviderLink.email == email, person, provider)
    return _written(person, provider, {"email": email, "subject": None, "linked": None}, now, Happened.AWAITED, actor, network)


@atomic
def link(person: Person, provider: Provider, subject: str, now: datetime, *, actor: Person | None = None) -> ProviderLink:
    """Link `person` to the account of this number (`sub`) at a provider that confirms no address."""
    if not (0 < len(subject) <= LONGEST_SUBJECT and subject.isascii() and subject.isprintable()):
        raise Refused(tell("Numéro (sub) « {subject} » : écrire celui que le fournisseur donne, 1 à 255 caractères sans accent.", subject=subject[:80]))
    _refuse_other(ProviderLink.subject == subject, person, provider)
    return _written(person, provider, {"email": None, "subject": subject, "linked": now}, now, Happened.LINKED, actor, "")


@atomic
def recognised(told: Vouched, now: datetime, network: str) -> Person | None:
    """The person of an open account linked to who the provider says; links the one that was awaited; None for anybody else."""
    rows = ProviderLink.select(ProviderLink, Person).join(Person).where(ProviderLink.issuer == told.issuer)
    row = rows.where(ProviderLink.subject == told.subject).first()
    if row is not None:
        return row.person if row.person.active else None
    row = rows.where((ProviderLink.email == told.email) & Person.active).first() if told.email else None
    if row is None:
        return None
    ProviderLink.update(subject=told.subject, email=None, linked=now).where(ProviderLink.id == row.id).execute()
    write(Happened.LINKED, row.person, now, network=network)
    return row.person


@atomic
def unlink(person: Person, link_id: int, now: datetime, *, actor: Person | None = None, network: str = "") -> None:
    """Forget a link of `person`: the password alone lets them in, and every session ends. Raises `NotFound` for another's, or none."""
    if not ProviderLink.delete().where((ProviderLink.id == link_id) & (ProviderLink.person == person)).execute():
        raise NotFound
    sessions.end_all(person, now)
    write(Happened.UNLINKED, person, now, network=network, actor=actor)


def links_of(person: Person) -> list[ProviderLink]:
    """The links of a person, awaited ones included, oldest first."""
    return list(ProviderLink.select().where(ProviderLink.person == person).order_by(ProviderLink.id))


def _refuse_other(same: object, person: Person, provider: Provider) -> None:
    other = ProviderLink.select(ProviderLink, Person).join(Person).where((ProviderLink.issuer == provider.issuer) & same).first()
    if other is not None and other.person_id != person.id:
        raise Refused(tell("Cette identité est déjà celle du compte « {login} » : retirer ce lien d'abord.", login=other.person.login))


def _written(
    person: Person, provider: Provider, values: dict[str, object], now: datetime, what: Happened, actor: Person | None, network: str
) -> ProviderLink:
    mine = (ProviderLink.person == person) & (ProviderLink.issuer == provider.issuer)
    before = ProviderLink.get_or_none(mine)
    if before is not None and before.subject is not None:
        raise Refused(tell("« {login} » est déjà lié à « {name} » : retirer ce lien d'abord.", login=person.login, name=provider.name))
    ProviderLink.delete().where(mine).execute()
    row = ProviderLink.create(person=person, issuer=provider.issuer, asked=now, **values)
    write(what, person, now, network=network, actor=actor)
    return row
