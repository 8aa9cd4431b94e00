"""What is stored about people who sign in: the register that says it, the export of one person, their anonymisation.

The register is the one place that knows which tables name a person; the page, the export and the anonymisation follow it, and a test
fails when a table that names a person is missing from it. Of pupils, addresses and places nothing is stored at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from config.models import ApiToken, Credential, ProviderLink, RecoveryCode, SecondFactor, SecurityEvent, WebSession
from config.security_log import Happened, write
from deploy.models import (
    CalendarFeed,
    ConventionVersion,
    EvidenceFile,
    FieldAct,
    FieldDecision,
    Handover,
    HandoverSignature,
    Letter,
    MailAddress,
    QuarterIssue,
    StocktakeSight,
)
from inventory.db import Table, atomic, snapshot
from inventory.errors import Refused
from inventory.journal import Entry, append
from inventory.models import (
    ApiAnswer,
    Event,
    ImportBatch,
    ImportDraft,
    Look,
    Person,
    PersonSchool,
    Remark,
    SavedView,
    Subscription,
)
from inventory.queries.people import A_PERSON
from inventory.roles import Role
from inventory.words import tell
from mdm.models import Command, SyncRun

FORMAT = "cartable-person/1"
ANONYMOUS = "anonyme:"
OWN = ("id", "login", "name", "role", "signatory", "active", "everywhere", "language")


@dataclass(frozen=True, slots=True)
class Kept:
    """A kind of row that names a person by `column`: what it is, why, until when; `told` goes in an export, secrets never do."""

    model: type[Table]
    column: str
    what: str
    why: str
    until: str
    told: tuple[str, ...]
    erased: bool = False

    @property
    def key(self) -> str:
        return f"{self.model._meta.table_name}.{self.column}"

    def of(self, person: Person) -> Any:
        """The condition of the rows of a person."""
        return getattr(self.model, self.column) == person

    def count(self, person: Person) -> int:
        return int(self.model.select().where(self.of(person)).count())

    def rows(self, person: Person) -> Iterator[dict[str, Any]]:
        """What an export tells of each row, oldest first."""
        columns = [getattr(self.model, name) for name in self.told]
        query = self.model.select(*columns).where(self.of(person)).order_by(*self.model._meta.get_primary_keys())
        return ({name: _plain(value) for name, value in row.items()} for row in query.dicts().iterator())


def register() -> tuple[Kept, ...]:
    """Every kind of row that names a person, in the words of the page."""
    entering, following = tell("Laisser entrer cette personne et elle seule."), tell("Savoir qui a fait quoi.")
    account, public = tell("Jusqu'à l'anonymisation du compte."), tell("Autant que le journal ; sans nom après l'anonymisation.")
    year = tell("Douze mois.")
    return (
        Kept(Credential, "person", tell("Mot de passe, en empreinte"), entering, account, ("failures", "locked_until"), erased=True),
        Kept(SecondFactor, "person", tell("Second facteur, scellé"), entering, account, ("confirmed",), erased=True),
        Kept(RecoveryCode, "person", tell("Codes de secours, en empreinte"), entering, account, ("used",), erased=True),
        Kept(ProviderLink, "person", tell("Identité chez un fournisseur : numéro, et adresse attendue jusqu'à la première connexion"), entering, account, ("issuer", "subject", "email", "asked", "linked"), erased=True),
        Kept(PersonSchool, "person", tell("Écoles que le compte voit"), entering, account, ("school",), erased=True),
        Kept(
            WebSession, "person", tell("Sessions : navigateur, début, dernier geste"), entering, year,
            ("started", "last_seen", "ended", "agent"), erased=True,
        ),
        Kept(SecurityEvent, "person", tell("Journal de sécurité : fait et réseau, sans adresse entière"), following, year, ("at", "what", "network")),
        Kept(SecurityEvent, "actor", tell("Journal de sécurité : gestes sur le compte d'autrui"), following, year, ("at", "what", "network")),
        Kept(
            Event, "actor", tell("Journal des tablettes, classes et écoles : qui l'a dit"), following, public,
            ("position", "subject", "subject_id", "axis", "value", "at", "noted", "source"),
        ),
        Kept(ImportBatch, "actor", tell("Fichiers importés : qui les a pris"), following, public, ("id", "kind", "filename", "at", "undone_at")),
        Kept(
            ImportDraft, "person", tell("Fichiers essayés, pas encore importés"), tell("Les relire avant de les prendre."),
            tell("Un jour."), ("id", "kind", "filename", "at"), erased=True,
        ),
        Kept(SavedView, "person", tell("Vues de liste gardées"), tell("Les retrouver."), account, ("page", "name", "query", "at"), erased=True),
        *_of_programs(entering, following, public),
        Kept(
            Look, "person", tell("Moment du dernier passage à l'accueil"), tell("Montrer ce qui a changé depuis."), account,
            ("seen",), erased=True,
        ),
        Kept(QuarterIssue, "actor", tell("Trimestres émis : par qui"), following, public, ("id", "convention", "period", "issued")),
        Kept(EvidenceFile, "person", tell("Pièces justificatives : qui les a versées"), following, public, ("sha256", "name", "at")),
        *_of_the_round(following, public),
        *_of_letters(following, account, public),
        Kept(Command, "requested_by", tell("Commandes aux tablettes : qui les a demandées"), following, public, ("id", "action", "requested", "state")),
        Kept(Command, "approved_by", tell("Commandes aux tablettes : qui a donné son accord"), following, public, ("id", "action", "approved", "state")),
        Kept(SyncRun, "decided_by", tell("Lectures des MDM retenues : qui a décidé"), following, public, ("id", "started", "state")),
    )  # fmt: skip


def _of_programs(entering: str, following: str, public: str) -> tuple[Kept, ...]:
    """The rows of the programs' accounts, and of who made them."""
    return (
        Kept(ApiToken, "person", tell("Jeton d'un programme, en empreinte"), entering, public, ("name", "prefix", "created", "until", "revoked")),
        Kept(ApiToken, "created_by", tell("Jetons créés : par qui"), following, public, ("name", "prefix", "created", "until")),
        Kept(Subscription, "created_by", tell("Abonnements d'autres programmes : par qui"), following, public, ("name", "url", "created", "stopped")),
        Kept(ApiAnswer, "person", tell("Réponses données à un programme"), tell("Ne rien enregistrer deux fois."), tell("Un jour."), ("key", "status", "at"), erased=True),
    )  # fmt: skip


def _of_letters(following: str, account: str, public: str) -> tuple[Kept, ...]:
    """Where people are written to and what was, their calendars, and who loaded an amendment."""
    return (
        Kept(CalendarFeed, "person", tell("Adresses d'agenda, en empreinte"), tell("Lire son agenda dans un autre logiciel."), account, ("created", "revoked"), erased=True),
        Kept(MailAddress, "person", tell("Adresse de courriel"), tell("Écrire à cette personne ce qui l'attend."), account, ("address", "digests", "since"), erased=True),
        Kept(Letter, "person", tell("Lettres envoyées"), tell("Savoir ce qui a été écrit et reçu."), tell("Trois mois."), ("at", "subject", "state"), erased=True),
        Kept(ConventionVersion, "person", tell("Avenants : qui les a chargés"), following, public, ("convention", "number", "loaded")),
    )  # fmt: skip


def _of_the_round(following: str, public: str) -> tuple[Kept, ...]:
    """What people leave on a round: acts, records signed, things counted."""
    return (
        Kept(FieldAct, "person", tell("Actes des tournées : qui les a faits"), following, public, ("id", "device", "sequence", "kind", "subject", "received", "state")),
        Kept(FieldDecision, "person", tell("Actes en conflit : qui a décidé"), following, public, ("act", "at", "followed")),
        Kept(Handover, "person", tell("Procès-verbaux de mise à disposition : qui les a préparés"), following, public, ("id", "sha256", "at")),
        Kept(HandoverSignature, "person", tell("Procès-verbaux signés : qui a recueilli la signature"), following, public, ("handover", "manner", "at")),
        Kept(StocktakeSight, "person", tell("Inventaires : qui a vu quoi"), following, public, ("stocktake", "text", "at")),
    )


def is_anonymous(person: Person) -> bool:
    """Whether the person was anonymised."""
    return str(person.login).startswith(ANONYMOUS)


def export(person: Person, now: datetime) -> dict[str, Any]:
    """All that is stored about a person as JSON values: moments in ISO 8601, rows by table and column; no secret, not even digested."""
    notes = Remark.select(Remark.event, Remark.text).join(Event).where(Event.actor == person).order_by(Remark.event).tuples()
    with snapshot():
        return {
            "format": FORMAT,
            "at": _plain(now),
            "person": {name: getattr(person, name) for name in OWN},
            "stored": {kept.key: list(kept.rows(person)) for kept in register()},
            "notes": [{"position": position, "text": text} for position, text in notes],
        }


@atomic
def anonymise(person: Person, now: datetime, *, actor: Person | None = None, network: str = "") -> bool:
    """Erase who a person is, for good: the account, its sessions and factors; what they did stays, under a number. False if done already.

    The journal knows people by number alone, so its chain and the issued quarters are untouched. Raises `Refused` for the last administrator.
    """
    if is_anonymous(Person.get_by_id(person.id)):
        return False
    others = (Person.role == Role.ADMINISTRATOR.value) & Person.active & (Person.id != person.id) & A_PERSON
    if person.role == Role.ADMINISTRATOR.value and not Person.select().where(others).exists():
        raise Refused(tell("{name} est le dernier administrateur : en créer un autre d'abord.", name=person.name))
    for kept in register():
        if kept.erased:
            kept.model.delete().where(kept.of(person)).execute()
    nobody = {"login": f"{ANONYMOUS}{person.id}", "name": f"Compte anonymisé n° {person.id}", "active": False}
    Person.update(nobody).where(Person.id == person.id).execute()
    append([Entry("person", person.id, "record", "anonymised", now)], noted=now, actor=actor, source="person")
    write(Happened.ANONYMISED, person, now, network=network, actor=actor)
    return True


def _plain(value: Any) -> Any:
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else value
