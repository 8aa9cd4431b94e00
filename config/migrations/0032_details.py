"""What a server tells of one device at a time, and how many of these each reading asked for."""

from peewee import SQL, AutoField, BigIntegerField, CharField, ForeignKeyField, IntegerField, Model, TextField


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


Connector = table("connector", id=AutoField())
SyncRun = table("sync_run", id=AutoField(), details=IntegerField(constraints=[SQL("DEFAULT 0")]))
DeviceDetail = table(
    "device_detail", (("connector", "device"), True),
    id=AutoField(), connector=ForeignKeyField(Connector, on_delete="RESTRICT"), device=CharField(), told=TextField(), fetched=BigIntegerField(null=True),
    asked=BigIntegerField(),
)  # fmt: skip


def up(migrator, db):
    """No detail was asked for until now."""
    with db.bind_ctx((Connector, SyncRun, DeviceDetail), bind_refs=False, bind_backrefs=False):
        column, _ = db.get_sql_context().sql(SyncRun.details.ddl(db.get_sql_context())).query()
        db.execute_sql(f"ALTER TABLE sync_run ADD COLUMN {column}")
        db.create_tables((DeviceDetail,), safe=False)
