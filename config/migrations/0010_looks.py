"""Up to when each account said to have seen what changes."""

from peewee import AutoField, BigIntegerField, ForeignKeyField, Model

Person = type(Model)("Person", (Model,), {"Meta": type("Meta", (), {"table_name": "person"}), "id": AutoField()})
Look = type(Model)(
    "look", (Model,), {
        "Meta": type("Meta", (), {"table_name": "look"}),
        "person": ForeignKeyField(Person, primary_key=True, on_delete="RESTRICT"), "seen": BigIntegerField(),
    },
)  # fmt: skip


def up(migrator, db):
    """Add the table: nobody has looked yet."""
    with db.bind_ctx([Look], bind_refs=False, bind_backrefs=False):
        db.create_tables([Look], safe=False)
