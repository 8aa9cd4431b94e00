"""Meetings and decisions: identities only, what they say is in the journal."""

from peewee import AutoField, CharField, Model


def table(name, /, **columns):
    """A table as it is here for ever: its columns in order."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name}), **columns})


TABLES = (
    table("meeting", id=AutoField(), convention=CharField(), committee=CharField()),
    table("decision", id=AutoField(), convention=CharField()),
)


def up(migrator, db):
    """Create the two tables."""
    with db.bind_ctx(TABLES, bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
