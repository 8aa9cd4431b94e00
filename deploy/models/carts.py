"""What happens to carts: hand-overs, incidents, stock-takes."""

from __future__ import annotations

from peewee import AutoField, CharField, CompositeKey, ForeignKeyField, TextField

from deploy.models.papers import EvidenceFile
from inventory.columns import MomentField
from inventory.db import Table
from inventory.models import MobileClass, Person, School, Tablet


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
