"""What this room alone keeps: the conventions loaded, and the quarters issued. Steps and decisions live in the journal."""

from __future__ import annotations

from peewee import SQL, AutoField, BlobField, CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from inventory.columns import JsonField, MomentField
from inventory.db import Table
from inventory.models import MobileClass, Person, School, Tablet


class LoadedConvention(Table):
    """A convention's file as it was loaded, whole: the text is the record, code only reads it."""

    id = AutoField()
    key = CharField(unique=True)
    title = CharField()
    source = TextField()
    sha256 = CharField()
    loaded = MomentField()


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


class EvidenceFile(Table):
    """A piece that proves something, byte for byte, under its SHA-256."""

    sha256 = CharField(primary_key=True)
    name = CharField()
    content = BlobField()
    at = MomentField()
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")

    class Meta:
        table_name = "evidence_file"


class FieldAct(Table):
    """An act of a round as it was received, once; its payload is kept only when somebody has to decide."""

    id = CharField(primary_key=True, max_length=36)
    device = CharField(max_length=36)
    sequence = IntegerField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    kind = CharField()
    subject = CharField()
    base = IntegerField()
    phone_time = CharField()
    received = MomentField()
    digest = CharField()
    state = CharField(index=True)
    told = JsonField()
    payload = JsonField(null=True)

    class Meta:
        table_name = "field_act"
        indexes = ((("device", "sequence"), True),)


class FieldDecision(Table):
    """What somebody decided of an act that could not be carried out as it came: the fields where it was followed after all."""

    act = ForeignKeyField(FieldAct, primary_key=True, on_delete="RESTRICT")
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    at = MomentField()
    followed = JsonField()

    class Meta:
        table_name = "field_decision"


class Meeting(Table):
    """A meeting of a committee: its identity; what it says is in its journal."""

    id = AutoField()
    convention = CharField()
    committee = CharField()


class Decision(Table):
    """A decision of a meeting: its identity; what it says is in its journal."""

    id = AutoField()
    convention = CharField()


class CheckGuess(Table):
    """The wrong short codes typed on the check of one cart: five in a row shut it, longer each time."""

    mobile_class = ForeignKeyField(MobileClass, primary_key=True, on_delete="RESTRICT")
    failures = IntegerField(default=0)
    locks = IntegerField(default=0)
    locked_until = MomentField(null=True)


class Handover(Table):
    """A hand-over record as it was shown, whole: canonical JSON and its SHA-256; never changed."""

    id = AutoField()
    mobile_class = ForeignKeyField(MobileClass, backref="handovers", on_delete="RESTRICT")
    content = TextField()
    sha256 = CharField()
    at = MomentField()
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")


class HandoverSignature(Table):
    """Who signed a record, how, the digest of the signature's image, and the seal over all of it; never changed."""

    handover = ForeignKeyField(Handover, primary_key=True, on_delete="RESTRICT")
    signer = CharField()
    quality = CharField()
    manner = CharField()
    image = ForeignKeyField(EvidenceFile, on_delete="RESTRICT")
    at = MomentField()
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    seal = CharField()

    class Meta:
        table_name = "handover_signature"


class Incident(Table):
    """Something that happened to a tablet, a cart or a school: its identity; what was said and done of it is in its journal."""

    id = AutoField()
    kind = CharField()
    school = ForeignKeyField(School, on_delete="RESTRICT")
    mobile_class = ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT")
    tablet = ForeignKeyField(Tablet, null=True, on_delete="RESTRICT")
    opened = MomentField()
    closed = MomentField(null=True)


class Stocktake(Table):
    """A stock-take of one cart, by several people at once, until it is closed."""

    id = AutoField()
    mobile_class = ForeignKeyField(MobileClass, on_delete="RESTRICT")
    opened = MomentField()
    closed = MomentField(null=True)


class StocktakeSight(Table):
    """Something that somebody saw in a stock-take, as it was scanned or typed, and the tablet it names, if any."""

    stocktake = ForeignKeyField(Stocktake, on_delete="RESTRICT")
    text = CharField()
    tablet = ForeignKeyField(Tablet, null=True, on_delete="RESTRICT")
    at = MomentField()
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")

    class Meta:
        table_name = "stocktake_sight"
        primary_key = CompositeKey("stocktake", "text")


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


TABLES = (
    LoadedConvention,
    LoadedBaseline,
    QuarterIssue,
    QuarterFile,
    InvoicePaper,
    PaymentPaper,
    EvidenceFile,
    FieldAct,
    FieldDecision,
    Meeting,
    Decision,
    CheckGuess,
    Handover,
    HandoverSignature,
    Incident,
    Stocktake,
    StocktakeSight,
    Visit,
    CalendarFeed,
)
