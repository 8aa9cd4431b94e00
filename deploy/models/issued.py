"""The conventions loaded, and the quarters issued."""

from __future__ import annotations

from peewee import SQL, AutoField, BlobField, CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from inventory.columns import DayField, MomentField
from inventory.db import Table
from inventory.models import Person


class LoadedConvention(Table):
    """A convention's file as it was loaded, whole: the text is the record, code only reads it."""

    id = AutoField()
    key = CharField(unique=True)
    title = CharField()
    source = TextField()
    sha256 = CharField()
    loaded = MomentField()


class ConventionVersion(Table):
    """A version of a convention: 0 as it was first signed, then one an amendment, in force from a day on (article 10.1)."""

    id = AutoField()
    convention = CharField()
    number = IntegerField()
    effective = DayField()
    reference = CharField()
    source = TextField()
    sha256 = CharField()
    loaded = MomentField()
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")

    class Meta:
        table_name = "convention_version"
        indexes = ((("convention", "number"), True),)


class LoadedBaseline(Table):
    """One version of an initial configuration, as its file says it."""

    id = AutoField()
    key = CharField(unique=True)
    source = TextField()
    sha256 = CharField()
    loaded = MomentField()


class QuarterIssue(Table):
    """A quarter as it was issued: its moment of knowledge and, beside it, the very bytes of its files.

    A correction is another issue, `number` 2 and on, with its `reason`; `seal` is the digest of its seal, empty before seals were.
    """

    id = AutoField()
    convention = CharField()
    period = CharField()
    issued = MomentField()
    actor = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    manifest_sha256 = CharField()
    number = IntegerField(constraints=[SQL("DEFAULT 1")])
    reason = CharField(constraints=[SQL("DEFAULT ''")])
    seal = CharField(constraints=[SQL("DEFAULT ''")])

    class Meta:
        indexes = ((("convention", "period", "number"), True),)


class QuarterFile(Table):
    """One file of an issued quarter."""

    issue = ForeignKeyField(QuarterIssue, backref="files", on_delete="RESTRICT")
    name = CharField()
    sha256 = CharField()
    content = BlobField()

    class Meta:
        primary_key = CompositeKey("issue", "name")
