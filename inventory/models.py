"""What exists (school, mobile class, tablet, purchase line, person) and what was seen of it (events, MDM sightings, imports).

Columns that a row shares with the journal (a tablet's stage and place, a school's name...) are a copy of the journal's fold,
refreshed in the transaction that appends; `cartable check` recomputes and compares them.
"""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, CharField, CompositeKey, ForeignKeyField, IntegerField, TextField

from inventory.db import FALSE_IF_UNSAID, AmountField, DayField, JsonField, MomentField, Table
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
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


class ImportBatch(Table):
    """One file taken in, whole or not at all; its lines bear `import:<id>` as their source in the journal."""

    id = AutoField()
    kind = CharField()
    filename = CharField()
    sha256 = CharField()
    rows = IntegerField()
    created = IntegerField()
    changed = IntegerField()
    at = MomentField()
    actor = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    undone_at = MomentField(null=True)


class ImportDraft(Table):
    """A file between its dry run and its commit, kept a day for the person who brought it."""

    id = AutoField()
    kind = CharField()
    filename = CharField()
    content = BlobField()
    at = MomentField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")


TABLES = (
    Person, School, Closing, MobileClass, Accessory, PurchaseLine, Tablet, Event, Remark, Fact, Sighting, ContactMonth,
    ImportBatch, ImportDraft, PersonSchool,
)  # fmt: skip
