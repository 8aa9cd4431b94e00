"""What servers without a list tell by events, and what registers of assets tell."""

from peewee import AutoField, BigIntegerField, CharField, ForeignKeyField, Model, TextField


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Connector = table("connector", id=AutoField())
HookEvent = table(
    "hook_event", (("connector", "key"), True),
    id=AutoField(), connector=ForeignKeyField(Connector, on_delete="RESTRICT"), key=CharField(), topic=CharField(), device=CharField(),
    status=CharField(), at=BigIntegerField(), noted=BigIntegerField(index=True),
)  # fmt: skip
HeardDevice = table(
    "heard_device", (("connector", "device"), True),
    id=AutoField(), connector=ForeignKeyField(Connector, on_delete="RESTRICT"), device=CharField(), heard=TextField(),
)  # fmt: skip
PeerAsset = table(
    "peer_asset", (("connector", "asset"), True),
    id=AutoField(), connector=ForeignKeyField(Connector, on_delete="RESTRICT"), asset=CharField(), serial=CharField(index=True),
    number=CharField(), model=CharField(), place=CharField(), listed=BigIntegerField(),
)  # fmt: skip
TABLES = (HookEvent, HeardDevice, PeerAsset)


def up(migrator, db):
    """Create the three tables."""
    with db.bind_ctx((Connector, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
