"""What an account may do and see, and its changes: role, schools, signatory, active; each is a line of the journal, without names."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from config import sessions
from deploy.steps import SIGNATORIES
from inventory.db import atomic
from inventory.errors import NotFound, Refused
from inventory.journal import Entry, append
from inventory.models import Person, PersonSchool, School
from inventory.queries.people import A_PERSON
from inventory.queries.visible import scope_of, visible
from inventory.roles import KEEPERS, Role
from inventory.scope import EVERYWHERE, Scope
from inventory.uai import normalise
from inventory.words import tell

ACCOUNT = "account"
AXES = (ACCOUNT, "record", "password")


def person(login: str) -> Person:
    """The account of this login; raises `NotFound`."""
    row = Person.get_or_none((Person.login == login.strip().lower()) & A_PERSON)
    if row is None:
        raise NotFound
    return row


def everybody() -> list[tuple[Person, list[School]]]:
    """Every account by login, with the schools it names."""
    named: dict[int, list[School]] = {}
    for row in PersonSchool.select(PersonSchool, School).join(School).order_by(School.name):
        named.setdefault(row.person_id, []).append(row.school)
    return [(row, named.get(row.id, [])) for row in Person.select().where(A_PERSON).order_by(Person.login)]


def schools_of(row: Person) -> list[str]:
    """The UAI of the schools that an account names, in their order."""
    named = PersonSchool.select(School.uai).join(School).where(PersonSchool.person == row).order_by(School.uai)
    return [uai for (uai,) in named.tuples()]


def scope_named(uais: Iterable[str]) -> Scope:
    """The scope of these schools; raises `Refused` naming the first UAI that the inventory does not have."""
    known = {row.uai: row.id for row in visible(EVERYWHERE, School).where(~School.withdrawn)}
    found = set()
    for text in uais:
        code = _code(text)
        if code not in known:
            raise Refused(tell("École « {uai} » : elle n'est pas dans l'inventaire ; écrire son UAI, par exemple 0131204N.", uai=text))
        found.add(known[code])
    return Scope.of(found)


def _code(text: str) -> str:
    try:
        return normalise(text)
    except ValueError:
        return ""


def refuse_signatory(signatory: str) -> None:
    """Raise `Refused` unless it is a signatory of the convention, or nobody's."""
    if signatory and signatory not in SIGNATORIES:
        raise Refused(
            tell("Signataire « {signatory} » inconnu : écrire {known}.", signatory=signatory, known=" ou ".join(SIGNATORIES))
        )


@atomic
def change(row: Person, *, role: Role, scope: Scope, active: bool, now: datetime, by: Person | None) -> bool:
    """Set what an account may do and see, from its next request on; False if it was so already.

    An account that is closed is signed out everywhere. Raises `Refused` if nobody would keep the house after it.
    """
    row = Person.get_by_id(row.id)
    kept = _keepers()
    if (row.role, scope_of(row), row.active) == (role.value, scope, active):
        return False
    row.role, row.active = role.value, active
    row.save(only=[Person.role, Person.active])
    give(row, scope)
    if kept and not _keepers():
        raise Refused(tell("Personne ne tiendrait plus les comptes : garder un administrateur actif qui voit toutes les écoles."))
    if not active:
        sessions.end_all(row, now)
    record(row, now, by)
    return True


def give(row: Person, scope: Scope) -> None:
    """Write the schools of an account on its rows, the ones it had before taken away."""
    row.everywhere = scope.everywhere
    row.save(only=[Person.everywhere])
    PersonSchool.delete().where(PersonSchool.person == row).execute()
    for school in sorted(scope.schools):
        PersonSchool.create(person=row, school=school)


def record(row: Person, now: datetime, by: Person | None) -> None:
    """Append what an account is now to the journal."""
    told = {
        "role": row.role, "signatory": row.signatory, "active": row.active, "everywhere": row.everywhere,
        "schools": schools_of(row),
    }  # fmt: skip
    append([Entry("person", row.id, ACCOUNT, "open" if row.active else "closed", now, told)], noted=now, actor=by, source="person")


def words(axis: str, value: str, detail: Any) -> tuple[str, str]:
    """What the journal of an account says: (title, icon)."""
    if axis == "password":
        return tell("Mot de passe changé"), "key-round"
    seen = tell("toutes les écoles") if detail["everywhere"] else ", ".join(detail["schools"]) or tell("aucune école")
    if value == "closed":
        return tell("Compte fermé"), "octagon-x"
    return tell("Compte actif : {role}, {seen}", role=Role(detail["role"]).label, seen=seen), "user-check"


def _keepers() -> bool:
    """Whether somebody may change accounts."""
    roles = [role.value for role in KEEPERS]
    return bool(Person.select().where(Person.active & Person.everywhere & Person.role.in_(roles) & A_PERSON).exists())
