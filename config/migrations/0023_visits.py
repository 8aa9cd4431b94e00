"""Visits promised to schools, and the addresses where people read their calendar."""

from peewee import AutoField, BigIntegerField, CharField, ForeignKeyField, Model


def table(name, /, **columns):
    """A table as it is here for ever: its columns in order."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name}), **columns})


Person, School = table("person", id=AutoField()), table("school", id=AutoField())
TABLES = (
    table("visit", id=AutoField(), convention=CharField(), school=ForeignKeyField(School, on_delete="RESTRICT")),
    table(
        "calendar_feed", digest=CharField(primary_key=True, max_length=64), person=ForeignKeyField(Person, on_delete="RESTRICT"),
        created=BigIntegerField(), revoked=BigIntegerField(null=True),
    ),
)  # fmt: skip


def up(migrator, db):
    """Create the two tables."""
    with db.bind_ctx((Person, School, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
