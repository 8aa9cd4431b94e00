"""The discrepancies that were found, each with its life: a copy of what the journal tells of them."""

from __future__ import annotations

from peewee import AutoField, CharField, ForeignKeyField, IntegerField

from inventory.columns import JsonField, MomentField
from inventory.db import Table
from inventory.discrepancy import Standing
from inventory.models.places import MobileClass, School
from inventory.models.tablets import Tablet


class Gap(Table):
    """A discrepancy: known by its `name` however often it comes back; `facts` is the digest of its evidence, `decided` that of its last decision.

    `school` and `mobile_class` are where it was found last; `since` is when the facts began, `opened` when the comparison saw it.
    """

    id = AutoField()
    name = CharField(unique=True)
    kind = CharField()
    serial = CharField(index=True)
    school = ForeignKeyField(School, null=True, on_delete="RESTRICT")
    mobile_class = ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT")
    tablet = ForeignKeyField(Tablet, null=True, on_delete="RESTRICT")
    standing = CharField(default=Standing.OPEN.value)
    owner = CharField()
    since = MomentField(null=True)
    opened = MomentField(index=True)
    closed = MomentField(null=True, index=True)
    facts = CharField()
    evidence = JsonField()
    verdict = CharField(default="")
    decided = CharField(default="")
    decided_at = MomentField(null=True)

    class Meta:
        indexes = ((("standing", "kind"), False),)


class GapSurvey(Table):
    """The last comparison of the whole town, one row: when, and what it found."""

    id = AutoField()
    at = MomentField()
    standing = IntegerField()
    opened = IntegerField()
    changed = IntegerField()
    closed = IntegerField()

    class Meta:
        table_name = "gap_survey"
