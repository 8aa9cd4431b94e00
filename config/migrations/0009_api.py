"""The tokens of the API, and the answers kept under the key that a program gave for a write."""

from peewee import AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, IntegerField, Model


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Person = table("person", id=AutoField())
ApiAnswer = table(
    "api_answer", (("person", "key"), True),
    id=AutoField(), person=ForeignKeyField(Person, on_delete="RESTRICT"), key=CharField(), asked=CharField(), status=IntegerField(),
    etag=CharField(), body=BlobField(), at=BigIntegerField(index=True),
)  # fmt: skip
ApiToken = table(
    "api_token", id=AutoField(), person=ForeignKeyField(Person, unique=True, on_delete="RESTRICT"), name=CharField(),
    prefix=CharField(unique=True), digest=CharField(unique=True), created=BigIntegerField(),
    created_by=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), until=BigIntegerField(),
    revoked=BigIntegerField(null=True), last_used=BigIntegerField(null=True),
)  # fmt: skip
TABLES = (ApiAnswer, ApiToken)


def up(migrator, db):
    """Create both tables."""
    with db.bind_ctx((Person, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
