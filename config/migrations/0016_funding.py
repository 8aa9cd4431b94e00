"""Invoices, payments and the files that prove them: identities only, what they say is in the journal."""

from peewee import AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, Model

from inventory.db import append_only


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Person = table("person", id=AutoField())
Invoice = table(
    "invoice", (("convention", "supplier", "number"), True), id=AutoField(), convention=CharField(), supplier=CharField(), number=CharField()
)
Payment = table("payment", id=AutoField(), convention=CharField())
EvidenceFile = table(
    "evidence_file", sha256=CharField(primary_key=True), name=CharField(), content=BlobField(), at=BigIntegerField(),
    person=ForeignKeyField(Person, null=True, on_delete="RESTRICT"),
)  # fmt: skip
TABLES = (Invoice, Payment, EvidenceFile)


def up(migrator, db):
    """Create the three tables; a piece of evidence is refused any change by the database itself."""
    with db.bind_ctx((Person, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    append_only("evidence_file")
