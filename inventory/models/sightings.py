"""What MDMs say: the devices they list, and the days on which each was heard."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, CompositeKey, ForeignKeyField, IntegerField

from inventory.columns import JsonField, MomentField
from inventory.db import Table
from inventory.mdm_status import MdmStatus


class Sighting(Table):
    """What one MDM says of one device, normalised; only a sync writes here, a person never does."""

    id = AutoField()
    connector = CharField()
    mdm_id = CharField()
    serial = CharField(index=True)
    number = CharField(default="")
    status = CharField(default=MdmStatus.PENDING.value)
    model = CharField(default="")
    os_version = CharField(default="")
    configuration = CharField(default="")
    managed = BooleanField(null=True)
    permissions_granted = BooleanField(null=True)
    apps = JsonField(default=list)
    group = CharField(default="", column_name="group_name")
    enrolled_at = MomentField(null=True)
    last_contact = MomentField(null=True)
    battery = IntegerField(null=True)
    remarks = JsonField(default=list)
    fingerprint = CharField(default="")
    pulse = CharField(default="")
    first_seen = MomentField()
    confirmed_at = MomentField()
    absent_runs = IntegerField(default=0)
    told = CharField(null=True)

    class Meta:
        indexes = ((("connector", "mdm_id"), True), (("connector", "status", "absent_runs"), False))


class ContactMonth(Table):
    """The days of one month on which a device was in contact, one bit a day: enough to look at the past, small at any scale."""

    sighting = ForeignKeyField(Sighting, on_delete="CASCADE")
    month = IntegerField()
    days = IntegerField()

    class Meta:
        primary_key = CompositeKey("sighting", "month")


class FormerSerial(Table):
    """A serial number that an MDM's record told before the one it tells now, empty if none: a look at the past finds the record by it."""

    serial = CharField()
    sighting = ForeignKeyField(Sighting, on_delete="CASCADE")

    class Meta:
        primary_key = CompositeKey("serial", "sighting")
