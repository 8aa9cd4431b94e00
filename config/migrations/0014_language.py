"""The language in which a person reads the pages; empty, it is the browser's choice."""

from peewee import SQL, AutoField, CharField, Model

Person = type(Model)(
    "person", (Model,), {
        "Meta": type("Meta", (), {"table_name": "person"}), "id": AutoField(), "language": CharField(constraints=[SQL("DEFAULT ''")]),
    },
)  # fmt: skip


def up(migrator, db):
    """Add the column to people who may be there already."""
    with db.bind_ctx((Person,), bind_refs=False, bind_backrefs=False):
        context = db.get_sql_context()
        column, _ = context.sql(Person.language.ddl(context)).query()
        db.execute_sql(f"ALTER TABLE person ADD COLUMN {column}")
