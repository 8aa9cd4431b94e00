"""The life of a convention: its dated versions, and the requests it must answer."""

from peewee import AutoField, BigIntegerField, CharField, DateField, ForeignKeyField, IntegerField, Model, TextField


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Person = table("person", id=AutoField())
TABLES = (
    table("reporting_request", id=AutoField(), convention=CharField()),
    table(
        "convention_version", (("convention", "number"), True), id=AutoField(), convention=CharField(), number=IntegerField(),
        effective=DateField(), reference=CharField(), source=TextField(), sha256=CharField(), loaded=BigIntegerField(),
        person=ForeignKeyField(Person, null=True, on_delete="RESTRICT"),
    ),
)  # fmt: skip


def up(migrator, db):
    """Create both tables."""
    with db.bind_ctx((Person, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
