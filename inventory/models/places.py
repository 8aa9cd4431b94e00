"""Where tablets are kept and who may look: people, schools, mobile classes with what they hold."""

from __future__ import annotations

from peewee import AutoField, BooleanField, CharField, CompositeKey, ForeignKeyField, IntegerField

from inventory.columns import DayField
from inventory.db import EMPTY_IF_UNSAID, FALSE_IF_UNSAID, Table
from inventory.roles import Role


class Person(Table):
    """Somebody who signs in, or signed once. Secrets live with the door, not here."""

    id = AutoField()
    login = CharField(unique=True)
    name = CharField()
    role = CharField(choices=[(role.value, role.label) for role in Role])
    signatory = CharField(default="")
    active = BooleanField(default=True)
    everywhere = BooleanField(default=False, constraints=[FALSE_IF_UNSAID])
    language = CharField(default="", constraints=[EMPTY_IF_UNSAID])


class School(Table):
    """A school, known by its UAI alone; names vary."""

    id = AutoField()
    uai = CharField(unique=True, max_length=8)
    name = CharField()
    name_printed = CharField(default="")
    address = CharField(default="")
    postcode = CharField(default="")
    commune = CharField(default="")
    departement = CharField(default="")
    academie = CharField(default="")
    nature = CharField(default="")
    district = CharField(default="")
    reference_college_uai = CharField(default="")
    reference_college_name = CharField(default="")
    zone = CharField(default="")
    rhythm = CharField(default="")
    withdrawn = BooleanField(default=False)


class PersonSchool(Table):
    """A school that a person may see; somebody with no line here, and not `everywhere`, sees none."""

    person = ForeignKeyField(Person, backref="schools", on_delete="RESTRICT")
    school = ForeignKeyField(School, on_delete="RESTRICT")

    class Meta:
        primary_key = CompositeKey("person", "school")


class Closing(Table):
    """An exceptional closing of one school, or of all of them (`school` null); both dates included."""

    id = AutoField()
    school = ForeignKeyField(School, null=True, backref="closings", on_delete="RESTRICT")
    first = DayField()
    last = DayField()
    reason = CharField()


class MobileClass(Table):
    """A cart: `slots` numbered places, `expected` tablets (a setting: the convention gives no number)."""

    id = AutoField()
    code = CharField(unique=True)
    school = ForeignKeyField(School, backref="classes", on_delete="RESTRICT")
    name = CharField(default="")
    slots = IntegerField()
    expected = IntegerField()
    convention = CharField(default="", index=True)
    baseline = CharField(default="")
    window_first = DayField(null=True)
    window_last = DayField(null=True)
    withdrawn = BooleanField(default=False)


class Accessory(Table):
    """What a cart holds beside its tablets, by template: chargers, covers, access point, key."""

    mobile_class = ForeignKeyField(MobileClass, backref="accessories", on_delete="RESTRICT")
    kind = CharField()
    label = CharField()
    expected = IntegerField()

    class Meta:
        primary_key = CompositeKey("mobile_class", "kind")
