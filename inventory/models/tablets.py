"""The tablets, what they were bought with, and how many stand where."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, CompositeKey, ForeignKeyField, IntegerField

from inventory.columns import AmountField, DayField, MomentField
from inventory.db import Table
from inventory.lifecycle import Stage
from inventory.models.places import MobileClass

EVERY_CLASS = 0


class PurchaseLine(Table):
    """One line of an order: what a tablet was bought with."""

    id = AutoField()
    order_reference = CharField()
    supplier = CharField(default="")
    model = CharField(default="")
    unit_price = AmountField(null=True)

    class Meta:
        indexes = ((("order_reference", "supplier", "model", "unit_price"), False),)


class Tablet(Table):
    """A tablet of the town; its row is never deleted, whatever became of it."""

    id = AutoField()
    serial = CharField(unique=True)
    asset_tag = CharField(unique=True, null=True)
    model = CharField(default="")
    purchase_line = ForeignKeyField(PurchaseLine, null=True, backref="tablets", on_delete="RESTRICT")
    warranty_end = DayField(null=True)
    mobile_class = ForeignKeyField(MobileClass, null=True, backref="tablets", on_delete="RESTRICT")
    slot = IntegerField(null=True)
    stage = CharField(default=Stage.EXPECTED.value, index=True)
    stage_at = MomentField(null=True)
    withdrawn = BooleanField(default=False)

    class Meta:
        indexes = ((("mobile_class", "slot"), True),)


class ClassCount(Table):
    """How many tablets of a mobile class are at a stage in an MDM's word; the class `EVERY_CLASS` holds the sum of all.

    A copy, refreshed in the transaction that changes a tablet or what an MDM says of it; `cartable check` counts again.
    """

    mobile_class = IntegerField()
    stage = CharField()
    mdm = CharField()
    school = IntegerField(index=True)
    n = IntegerField()

    class Meta:
        primary_key = CompositeKey("mobile_class", "stage", "mdm")
