"""Papers that the journal tells of: money, evidence, meetings, decisions, visits and calendars."""

from __future__ import annotations

from peewee import AutoField, BlobField, CharField, ForeignKeyField

from inventory.columns import MomentField
from inventory.db import Table
from inventory.models import Person, School


class EvidenceFile(Table):
    """A piece that proves something, byte for byte, under its SHA-256."""

    sha256 = CharField(primary_key=True)
    name = CharField()
    content = BlobField()
    at = MomentField()
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")

    class Meta:
        table_name = "evidence_file"


class InvoicePaper(Table):
    """An invoice's identity; what it says, version after version, is in its journal."""

    id = AutoField()
    convention = CharField()
    supplier = CharField()
    number = CharField()

    class Meta:
        table_name = "invoice"
        indexes = ((("convention", "supplier", "number"), True),)


class PaymentPaper(Table):
    """A payment between the State and the town: its identity; what it says is in its journal."""

    id = AutoField()
    convention = CharField()

    class Meta:
        table_name = "payment"


class Meeting(Table):
    """A meeting of a committee: its identity; what it says is in its journal."""

    id = AutoField()
    convention = CharField()
    committee = CharField()


class Decision(Table):
    """A decision of a meeting: its identity; what it says is in its journal."""

    id = AutoField()
    convention = CharField()


class Visit(Table):
    """A visit promised to a school: its identity; its half-day, its technician and its work are in its journal."""

    id = AutoField()
    convention = CharField()
    school = ForeignKeyField(School, on_delete="RESTRICT")


class CalendarFeed(Table):
    """An address where a person's calendar is read without signing in: known by its digest, until it is revoked."""

    digest = CharField(primary_key=True, max_length=64)
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    created = MomentField()
    revoked = MomentField(null=True)

    class Meta:
        table_name = "calendar_feed"


class ReportingRequest(Table):
    """A request of the State or a survey (article 8): its identity; what it asks and what was answered is in its journal."""

    id = AutoField()
    convention = CharField()

    class Meta:
        table_name = "reporting_request"
