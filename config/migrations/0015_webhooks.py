"""What is told to other programs: who asked for it, and each telling."""

from peewee import AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, IntegerField, Model, TextField


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Person = table("person", id=AutoField())
Subscription = table(
    "subscription", id=AutoField(), name=CharField(), url=CharField(), secret=BlobField(), kinds=TextField(), created=BigIntegerField(),
    created_by=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), stopped=BigIntegerField(null=True),
)  # fmt: skip
Delivery = table(
    "delivery", (("subscription", "event"), True), (("state", "due"), False),
    id=AutoField(), subscription=ForeignKeyField(Subscription, on_delete="RESTRICT"), event=CharField(), kind=CharField(),
    body=BlobField(), at=BigIntegerField(index=True), state=CharField(), tries=IntegerField(), due=BigIntegerField(null=True),
    status=IntegerField(null=True), word=TextField(), ended=BigIntegerField(null=True),
)  # fmt: skip
TABLES = (Subscription, Delivery)


def up(migrator, db):
    """Create both tables."""
    with db.bind_ctx((Person, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
