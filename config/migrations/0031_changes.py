"""Readings of what changed only, beside whole ones; when each device of a webhook was last heard."""

from peewee import SQL, AutoField, BigIntegerField, CharField, ForeignKeyField, Model


def table(name, /, **columns):
    """A table as it is here for ever: its columns in order."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name}), **columns})


Connector = table("connector", id=AutoField())
SyncRun = table("sync_run", id=AutoField(), kind=CharField(constraints=[SQL("DEFAULT 'full'")]))
HeardDevice = table("heard_device", id=AutoField(), connector=ForeignKeyField(Connector, on_delete="RESTRICT"), noted=BigIntegerField(null=True))


def up(migrator, db):
    """Every reading until now was a whole one; a device heard before is heard anew at its next event."""
    with db.bind_ctx((Connector, SyncRun, HeardDevice), bind_refs=False, bind_backrefs=False):
        for name, field in (("sync_run", SyncRun.kind), ("heard_device", HeardDevice.noted)):
            column, _ = db.get_sql_context().sql(field.ddl(db.get_sql_context())).query()
            db.execute_sql(f"ALTER TABLE {name} ADD COLUMN {column}")
    migrator.migrate(migrator.add_index("heard_device", ("connector_id", "noted")))
