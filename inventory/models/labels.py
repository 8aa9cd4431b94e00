"""The labels printed: which code names which thing."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField

from inventory.columns import MomentField
from inventory.db import Table
from inventory.labels.code import Names
from inventory.models.places import MobileClass
from inventory.models.tablets import Tablet


class Label(Table):
    """An opaque code and the thing it names: a cart, a slot of it, a tablet, a paper of another room; or nothing yet (blank, of a `lot`)."""

    code = CharField(primary_key=True)
    names = CharField(default=Names.BLANK.value)
    mobile_class = ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT")
    slot = IntegerField(null=True)
    tablet = ForeignKeyField(Tablet, null=True, on_delete="RESTRICT")
    paper = IntegerField(null=True)
    lot = IntegerField(null=True, index=True)
    made = MomentField()
