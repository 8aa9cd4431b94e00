"""The journal's tables: its lines, their free words, and its fold to now."""

from __future__ import annotations

from peewee import CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from inventory.columns import JsonField, MomentField
from inventory.db import Table
from inventory.models.places import Person


class Event(Table):
    """A line of the journal: `axis` of `subject` took `value` at `at`; learned at `noted`. Never updated, never deleted."""

    position = IntegerField(primary_key=True)
    subject = CharField()
    subject_id = IntegerField()
    axis = CharField()
    value = TextField()
    detail = JsonField()
    at = MomentField()
    noted = MomentField(index=True)
    actor = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    source = CharField(index=True)
    note_digest = CharField()
    previous = CharField()
    digest = CharField()

    class Meta:
        indexes = ((("subject", "axis", "subject_id", "at", "position"), True),)


class Remark(Table):
    """The free words of an event, apart from the chain (which holds their salted digest), so that they can be erased."""

    event = ForeignKeyField(Event, primary_key=True, on_delete="RESTRICT")
    salt = CharField()
    text = TextField(null=True)


class Fact(Table):
    """The journal folded to now: the last value of each axis of each subject."""

    subject = CharField()
    subject_id = IntegerField()
    axis = CharField()
    value = TextField()
    detail = JsonField()
    at = MomentField()
    noted = MomentField()
    position = IntegerField()

    class Meta:
        primary_key = CompositeKey("subject", "axis", "subject_id")
