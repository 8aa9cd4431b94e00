"""Commands to tablets, and the account that carries them to a server, apart from the one that reads."""

from peewee import SQL, AutoField, BigIntegerField, BlobField, CharField, ForeignKeyField, Model


def table(name, /, **columns):
    """A table as it is here for ever: its columns in order."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name}), **columns})


Person, School, MobileClass, Tablet = (table(name, id=AutoField()) for name in ("person", "school", "mobile_class", "tablet"))
Connector = table("connector", id=AutoField(), command_login=CharField(constraints=[SQL("DEFAULT ''")]), command_secret=BlobField(null=True))
Command = table(
    "command", id=AutoField(), connector=ForeignKeyField(Connector, on_delete="RESTRICT"), tablet=ForeignKeyField(Tablet, on_delete="RESTRICT"),
    mobile_class=ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT"), school=ForeignKeyField(School, null=True, on_delete="RESTRICT"),
    mdm_id=CharField(), number=CharField(), serial=CharField(), enrolled_at=BigIntegerField(null=True), action=CharField(), words=CharField(),
    uuid=CharField(), state=CharField(index=True), requested=BigIntegerField(), requested_by=ForeignKeyField(Person, on_delete="RESTRICT"),
    approved=BigIntegerField(null=True), approved_by=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), leaves=BigIntegerField(null=True),
    sent=BigIntegerField(null=True), looked=BigIntegerField(null=True), ended=BigIntegerField(null=True), said=CharField(),
)  # fmt: skip


def up(migrator, db):
    """Add the account to connectors that may be there already, and create the table."""
    with db.bind_ctx((Person, School, MobileClass, Tablet, Connector, Command), bind_refs=False, bind_backrefs=False):
        for field in (Connector.command_login, Connector.command_secret):
            column, _ = db.get_sql_context().sql(field.ddl(db.get_sql_context())).query()
            db.execute_sql(f"ALTER TABLE connector ADD COLUMN {column}")
        db.create_tables((Command,), safe=False)
