"""Second factors, their recovery codes, failed sign-ins by network, and the security log."""

from peewee import AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, IntegerField, Model

from inventory.db import append_only


def table(name, /, **columns):
    """A table as it is here for ever: its columns in order."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name}), **columns})


Person = table("person", id=AutoField())
SecondFactor = table(
    "second_factor", person=ForeignKeyField(Person, primary_key=True, on_delete="RESTRICT"), secret=BlobField(),
    confirmed=BigIntegerField(null=True), last_step=IntegerField(),
)  # fmt: skip
RecoveryCode = table(
    "recovery_code", digest=CharField(primary_key=True), person=ForeignKeyField(Person, on_delete="RESTRICT"),
    used=BigIntegerField(null=True),
)  # fmt: skip
NetworkTally = table("network_tally", network=CharField(primary_key=True), since=BigIntegerField(), failures=IntegerField())
SecurityEvent = table(
    "security_event", id=AutoField(), at=BigIntegerField(index=True), what=CharField(),
    person=ForeignKeyField(Person, null=True, on_delete="RESTRICT"),
    actor=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), network=CharField(),
)  # fmt: skip
TABLES = (SecondFactor, RecoveryCode, NetworkTally, SecurityEvent)


def up(migrator, db):
    """Create the four tables; a line of the security log is never rewritten, and goes when it is old."""
    with db.bind_ctx((Person, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    append_only("security_event", ["UPDATE"])
