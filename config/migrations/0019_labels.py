"""Labels and what their codes name; wrong guesses of the short code that opens a cart's check."""

from peewee import AutoField, BigIntegerField, CharField, ForeignKeyField, IntegerField, Model


def table(name, /, **columns):
    """A table as it is here for ever: its columns in order."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name}), **columns})


MobileClass = table("mobile_class", id=AutoField())
Tablet = table("tablet", id=AutoField())
Label = table(
    "label", code=CharField(primary_key=True), names=CharField(), mobile_class=ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT"),
    slot=IntegerField(null=True), tablet=ForeignKeyField(Tablet, null=True, on_delete="RESTRICT"), paper=IntegerField(null=True),
    lot=IntegerField(null=True, index=True), made=BigIntegerField(),
)  # fmt: skip
CheckGuess = table(
    "check_guess", mobile_class=ForeignKeyField(MobileClass, primary_key=True, on_delete="RESTRICT"), failures=IntegerField(),
    locks=IntegerField(), locked_until=BigIntegerField(null=True),
)  # fmt: skip
TABLES = (Label, CheckGuess)


def up(migrator, db):
    """Create the two tables."""
    with db.bind_ctx((MobileClass, Tablet, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
