"""Letters by e-mail: the address each person gave, and the outbox of what is written to them."""

from peewee import (
    AutoField,
    BigIntegerField,
    BlobField,
    BooleanField,
    CharField,
    ForeignKeyField,
    IntegerField,
    Model,
    TextField,
)


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Person = table("person", id=AutoField())
TABLES = (
    table(
        "mail_address", id=AutoField(), person=ForeignKeyField(Person, unique=True, on_delete="RESTRICT"), address=CharField(),
        digests=BooleanField(), since=BigIntegerField(),
    ),
    table(
        "letter", (("person", "key"), True), (("state", "due"), False),
        id=AutoField(), person=ForeignKeyField(Person, on_delete="RESTRICT"), key=CharField(), subject=CharField(), body=TextField(),
        attached_name=CharField(), attached=BlobField(null=True), at=BigIntegerField(index=True), state=CharField(), tries=IntegerField(),
        due=BigIntegerField(null=True), word=TextField(), ended=BigIntegerField(null=True),
    ),
)  # fmt: skip


def up(migrator, db):
    """Create both tables."""
    with db.bind_ctx((Person, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
