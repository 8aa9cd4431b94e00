"""Accounts known to a provider of identities: by a number it gives, or awaited by an address."""

from peewee import AutoField, BigIntegerField, CharField, ForeignKeyField, Model

Person = type(Model)("Person", (Model,), {"Meta": type("Meta", (), {"table_name": "person"}), "id": AutoField()})
ProviderLink = type(Model)(
    "provider_link", (Model,), {
        "Meta": type("Meta", (), {
            "table_name": "provider_link",
            "indexes": ((("issuer", "subject"), True), (("issuer", "email"), True), (("person", "issuer"), True)),
        }),
        "id": AutoField(), "person": ForeignKeyField(Person, on_delete="RESTRICT"), "issuer": CharField(),
        "subject": CharField(null=True), "email": CharField(null=True), "asked": BigIntegerField(), "linked": BigIntegerField(null=True),
    },
)  # fmt: skip


def up(migrator, db):
    """Add the table."""
    with db.bind_ctx([ProviderLink], bind_refs=False, bind_backrefs=False):
        db.create_tables([ProviderLink], safe=False)
