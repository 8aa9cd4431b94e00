"""What the composition root keeps: how people sign in, and which scheduled periods were run."""

from __future__ import annotations

from peewee import AutoField, BlobField, CharField, ForeignKeyField, IntegerField, TextField

from inventory.columns import MomentField
from inventory.db import Table
from inventory.models import Person


class Credential(Table):
    """A person's password, as argon2id leaves it, and the guesses made against it."""

    person = ForeignKeyField(Person, primary_key=True, on_delete="RESTRICT")
    password_hash = CharField()
    failures = IntegerField(default=0)
    locked_until = MomentField(null=True)


class WebSession(Table):
    """A signed-in browser, known by the SHA-256 of its token; ended by its person, its idleness or its age."""

    id = AutoField()
    token_digest = CharField(unique=True)
    csrf = CharField()
    person = ForeignKeyField(Person, backref="sessions", on_delete="RESTRICT")
    started = MomentField()
    last_seen = MomentField()
    ended = MomentField(null=True)
    agent = CharField(default="")


class SecondFactor(Table):
    """A person's TOTP secret (RFC 6238), sealed; in force once `confirmed`; a code at or before `last_step` is spent."""

    person = ForeignKeyField(Person, primary_key=True, on_delete="RESTRICT")
    secret = BlobField()
    confirmed = MomentField(null=True)
    last_step = IntegerField(default=0)


class RecoveryCode(Table):
    """One of the codes that stand in for a lost phone, as its SHA-256; good once."""

    digest = CharField(primary_key=True)
    person = ForeignKeyField(Person, backref="recovery_codes", on_delete="RESTRICT")
    used = MomentField(null=True)


class ProviderLink(Table):
    """An account known to a provider: awaited by a verified `email` until its first sign-in, by `subject` alone from then on."""

    id = AutoField()
    person = ForeignKeyField(Person, backref="provider_links", on_delete="RESTRICT")
    issuer = CharField()
    subject = CharField(null=True)
    email = CharField(null=True)
    asked = MomentField()
    linked = MomentField(null=True)

    class Meta:
        indexes = ((("issuer", "subject"), True), (("issuer", "email"), True), (("person", "issuer"), True))


class NetworkTally(Table):
    """The failed sign-ins from one network (/24 or /56) since `since`."""

    network = CharField(primary_key=True)
    since = MomentField()
    failures = IntegerField()


class SecurityEvent(Table):
    """A line of the security log: what happened to whose account, from which network; `actor` when somebody else did it."""

    id = AutoField()
    at = MomentField(index=True)
    what = CharField()
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    actor = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    network = CharField(default="")


class Lease(Table):
    """Who may run the timetable now; every holder gets a higher token than the one before."""

    name = CharField(primary_key=True)
    holder = CharField()
    token = IntegerField()
    expires = MomentField()


class JobRun(Table):
    """One period of one job: the unique row is what makes it run once. `token` is the lease under which it was last tried."""

    id = AutoField()
    job = CharField()
    period = CharField()
    state = CharField()
    token = IntegerField()
    attempts = IntegerField(default=1)
    started = MomentField()
    ended = MomentField(null=True)
    outcome = TextField(default="")

    class Meta:
        indexes = ((("job", "period"), True),)


class ApiToken(Table):
    """A program's key to the API, known by its SHA-256 and shown once: its account (`person`) bears its role and its schools."""

    id = AutoField()
    person = ForeignKeyField(Person, unique=True, on_delete="RESTRICT")
    name = CharField()
    prefix = CharField(unique=True)
    digest = CharField(unique=True)
    created = MomentField()
    created_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    until = MomentField()
    revoked = MomentField(null=True)
    last_used = MomentField(null=True)


TABLES = (Credential, WebSession, Lease, JobRun, SecondFactor, RecoveryCode, NetworkTally, SecurityEvent, ApiToken, ProviderLink)
