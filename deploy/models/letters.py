"""What is written to people by e-mail, and where."""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from inventory.columns import MomentField
from inventory.db import Table
from inventory.models import Person
from inventory.outbox import DeliveryState


class MailAddress(Table):
    """The address that a person gave to be written to, and whether they want the digest of the week."""

    id = AutoField()
    person = ForeignKeyField(Person, unique=True, on_delete="RESTRICT")
    address = CharField()
    digests = BooleanField()
    since = MomentField()

    class Meta:
        table_name = "mail_address"


class Letter(Table):
    """One letter to one person, sent at least once: its words, its piece if any, its tries, and when the next one is due. Its key is written once."""

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    key = CharField()
    subject = CharField()
    body = TextField()
    attached_name = CharField(default="")
    attached = BlobField(null=True)
    at = MomentField(index=True)
    state = CharField(default=DeliveryState.PENDING.value)
    tries = IntegerField(default=0)
    due = MomentField(null=True)
    word = TextField(default="")
    ended = MomentField(null=True)

    class Meta:
        indexes = ((("person", "key"), True), (("state", "due"), False))
