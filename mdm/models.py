"""The connectors to MDM servers, and what each sync run did."""

from __future__ import annotations

from peewee import SQL, AutoField, BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from inventory.columns import JsonField, MomentField
from inventory.db import EMPTY_IF_UNSAID, Table
from inventory.models import MobileClass, Person, School, Tablet
from mdm.commands.order import State
from mdm.run_state import Extent, RunState


class Connector(Table):
    """One MDM server as the town reads it. Its passwords are encrypted, and erased when the address changes; that of commands is another
    account's, and need not be there."""

    id = AutoField()
    name = CharField(unique=True)
    kind = CharField()
    url = CharField()
    login = CharField()
    secret = BlobField(null=True)
    active = BooleanField(default=True)
    created = MomentField()
    command_login = CharField(default="", constraints=[EMPTY_IF_UNSAID])
    command_secret = BlobField(null=True)


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
    kind = CharField(default=Extent.FULL.value, constraints=[SQL("DEFAULT 'full'")])
    details = IntegerField(default=0, constraints=[SQL("DEFAULT 0")])

    class Meta:
        indexes = ((("connector", "started"), False),)


class HookEvent(Table):
    """One event that a server sent of itself, by the name that it has however often it comes: no more of it than a follow-up needs."""

    id = AutoField()
    connector = ForeignKeyField(Connector, on_delete="RESTRICT")
    key = CharField()
    topic = CharField()
    device = CharField()
    status = CharField()
    at = MomentField()
    noted = MomentField(index=True)

    class Meta:
        indexes = ((("connector", "key"), True),)


class HeardDevice(Table):
    """What the events of one server told of one device: the copy of a fold (`mdm.hooks.Heard`), renewed with each event."""

    id = AutoField()
    connector = ForeignKeyField(Connector, on_delete="RESTRICT")
    device = CharField()
    heard = TextField()
    noted = MomentField(null=True)

    class Meta:
        indexes = ((("connector", "device"), True), (("connector", "noted"), False))


class DeviceDetail(Table):
    """What a server last told of one device alone (`mdm.driver.Detail`): when it was told, and when it was last asked for."""

    id = AutoField()
    connector = ForeignKeyField(Connector, on_delete="RESTRICT")
    device = CharField()
    told = TextField()
    fetched = MomentField(null=True)
    asked = MomentField()

    class Meta:
        indexes = ((("connector", "device"), True),)


class PeerAsset(Table):
    """One asset as a register tells it: a register sees no tablet live, and none of this is a sighting.

    `last_listed` is when a whole reading last listed it, of one that it lists no more (None: the last one does); `told` the digest of the record
    that says so (None: not kept then)."""

    id = AutoField()
    connector = ForeignKeyField(Connector, on_delete="RESTRICT")
    asset = CharField()
    serial = CharField(index=True)
    number = CharField()
    model = CharField()
    place = CharField()
    told = CharField(null=True)
    last_listed = MomentField(null=True)

    class Meta:
        indexes = ((("connector", "asset"), True),)


PeerAsset.add_index(PeerAsset.index(PeerAsset.connector, where=PeerAsset.last_listed.is_null(False), name="peer_asset_left"))


class Command(Table):
    """One thing asked of one tablet, as it was enrolled and placed then; its journal (`command`) says who did what, this row is the copy.

    `school` is that of the budget (None: in stock). `enrolled_at` is the enrolment that it is for: another one cancels it.
    """

    id = AutoField()
    connector = ForeignKeyField(Connector, on_delete="RESTRICT")
    tablet = ForeignKeyField(Tablet, on_delete="RESTRICT")
    mobile_class = ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT")
    school = ForeignKeyField(School, null=True, on_delete="RESTRICT")
    mdm_id = CharField()
    number = CharField()
    serial = CharField()
    enrolled_at = MomentField(null=True)
    action = CharField()
    words = CharField()
    uuid = CharField()
    state = CharField(default=State.REQUESTED.value, index=True)
    requested = MomentField()
    requested_by = ForeignKeyField(Person, on_delete="RESTRICT")
    approved = MomentField(null=True)
    approved_by = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    leaves = MomentField(null=True)
    sent = MomentField(null=True)
    looked = MomentField(null=True)
    ended = MomentField(null=True)
    said = CharField(default="")


TABLES = (Connector, SyncRun, HookEvent, HeardDevice, DeviceDetail, PeerAsset, Command)
