"""What is told to other programs: who asked for it, and each telling, written in the transaction of what it tells."""

from __future__ import annotations

from peewee import AutoField, BlobField, CharField, ForeignKeyField, IntegerField, TextField

from inventory.columns import JsonField, MomentField
from inventory.db import Table
from inventory.models.places import Person
from inventory.outbox import DeliveryState


class Subscription(Table):
    """A program's address and the kinds of event it is told of; its secret, which signs them, is sealed for that address."""

    id = AutoField()
    name = CharField()
    url = CharField()
    secret = BlobField()
    kinds = JsonField()
    created = MomentField()
    created_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    stopped = MomentField(null=True)


class Delivery(Table):
    """One event to be told to one program, at least once: its bytes, its tries, and when the next one is due."""

    id = AutoField()
    subscription = ForeignKeyField(Subscription, backref="deliveries", on_delete="RESTRICT")
    event = CharField()
    kind = CharField()
    body = BlobField()
    at = MomentField(index=True)
    state = CharField(default=DeliveryState.PENDING.value)
    tries = IntegerField(default=0)
    due = MomentField(null=True)
    status = IntegerField(null=True)
    word = TextField(default="")
    ended = MomentField(null=True)

    class Meta:
        indexes = ((("subscription", "event"), True), (("state", "due"), False))
