"""The acts of the technicians' rounds, each received once, and what was decided of those in conflict."""

from peewee import AutoField, BigIntegerField, CharField, ForeignKeyField, IntegerField, Model, TextField

from inventory.db import append_only


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Person = table("person", id=AutoField())
FieldAct = table(
    "field_act", (("device", "sequence"), True), id=CharField(primary_key=True, max_length=36), device=CharField(max_length=36),
    sequence=IntegerField(), person=ForeignKeyField(Person, on_delete="RESTRICT"), kind=CharField(), subject=CharField(),
    base=IntegerField(), phone_time=CharField(), received=BigIntegerField(), digest=CharField(), state=CharField(index=True),
    told=TextField(), payload=TextField(null=True),
)  # fmt: skip
FieldDecision = table(
    "field_decision", act=ForeignKeyField(FieldAct, primary_key=True, on_delete="RESTRICT"),
    person=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), at=BigIntegerField(), followed=TextField(),
)  # fmt: skip
TABLES = (FieldAct, FieldDecision)


def up(migrator, db):
    """Create both; what was received and what was decided are refused any change by the database itself."""
    with db.bind_ctx((Person, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    for one in TABLES:
        append_only(one._meta.table_name)
