"""What comes from the ground: acts of rounds, codes guessed."""

from __future__ import annotations

from peewee import CharField, ForeignKeyField, IntegerField

from inventory.columns import JsonField, MomentField
from inventory.db import Table
from inventory.models import MobileClass, Person


class FieldAct(Table):
    """An act of a round as it was received, once; its payload is kept only when somebody has to decide."""

    id = CharField(primary_key=True, max_length=36)
    device = CharField(max_length=36)
    sequence = IntegerField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    kind = CharField()
    subject = CharField()
    base = IntegerField()
    phone_time = CharField()
    received = MomentField()
    digest = CharField()
    state = CharField(index=True)
    told = JsonField()
    payload = JsonField(null=True)

    class Meta:
        table_name = "field_act"
        indexes = ((("device", "sequence"), True),)


class FieldDecision(Table):
    """What somebody decided of an act that could not be carried out as it came: the fields where it was followed after all."""

    act = ForeignKeyField(FieldAct, primary_key=True, on_delete="RESTRICT")
    person = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    at = MomentField()
    followed = JsonField()

    class Meta:
        table_name = "field_decision"


class CheckGuess(Table):
    """The wrong short codes typed on the check of one cart: five in a row shut it, longer each time."""

    mobile_class = ForeignKeyField(MobileClass, primary_key=True, on_delete="RESTRICT")
    failures = IntegerField(default=0)
    locks = IntegerField(default=0)
    locked_until = MomentField(null=True)
