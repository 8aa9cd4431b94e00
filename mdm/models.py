"""The connectors to MDM servers, and what each sync run did."""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from inventory.columns import JsonField, MomentField
from inventory.db import Table
from inventory.models import Person
from mdm.run_state import RunState


class Connector(Table):
    """One MDM server as the town reads it. Its password is encrypted, and erased when the address changes."""

    id = AutoField()
    name = CharField(unique=True)
    kind = CharField()
    url = CharField()
    login = CharField()
    secret = BlobField(null=True)
    active = BooleanField(default=True)
    created = MomentField()


class SyncRun(Table):
    """One reading of one server: what it declared, what was seen, and what the inventory took from it."""

    id = AutoField()
    connector = ForeignKeyField(Connector, backref="runs", on_delete="RESTRICT")
    state = CharField(default=RunState.RUNNING.value)
    holder = CharField(default="")
    started = MomentField()
    ended = MomentField(null=True)
    declared = IntegerField(null=True)
    seen = IntegerField(default=0)
    changed = IntegerField(default=0)
    heard = IntegerField(default=0)
    unchanged = IntegerField(default=0)
    refused = IntegerField(default=0)
    dropped = IntegerField(default=0)
    requests = IntegerField(default=0)
    absent = IntegerField(default=0)
    gone = IntegerField(default=0)
    message = TextField(default="")
    refusals = JsonField(default=list)
    staged = BlobField(null=True)
    decided_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    decided_at = MomentField(null=True)
    reason = TextField(default="")

    class Meta:
        indexes = ((("connector", "started"), False),)


TABLES = (Connector, SyncRun)
