"""Hand-over records and their signatures; incidents; stock-takes and what people saw in them."""

from peewee import AutoField, BigIntegerField, CharField, CompositeKey, ForeignKeyField, Model, TextField

from inventory.db import append_only


def table(name, /, composite=None, **columns):
    """A table as it is here for ever: its columns in order, its composite key."""
    meta = {"table_name": name, **({"primary_key": CompositeKey(*composite)} if composite else {})}
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), meta), **columns})


Person, School, MobileClass, Tablet = (table(name, id=AutoField()) for name in ("person", "school", "mobile_class", "tablet"))
EvidenceFile = table("evidence_file", sha256=CharField(primary_key=True))
Handover = table(
    "handover", id=AutoField(), mobile_class=ForeignKeyField(MobileClass, on_delete="RESTRICT"), content=TextField(), sha256=CharField(),
    at=BigIntegerField(), person=ForeignKeyField(Person, null=True, on_delete="RESTRICT"),
)  # fmt: skip
HandoverSignature = table(
    "handover_signature", handover=ForeignKeyField(Handover, primary_key=True, on_delete="RESTRICT"), signer=CharField(), quality=CharField(),
    manner=CharField(), image=ForeignKeyField(EvidenceFile, on_delete="RESTRICT"), at=BigIntegerField(),
    person=ForeignKeyField(Person, null=True, on_delete="RESTRICT"), seal=CharField(),
)  # fmt: skip
Incident = table(
    "incident", id=AutoField(), kind=CharField(), school=ForeignKeyField(School, on_delete="RESTRICT"),
    mobile_class=ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT"), tablet=ForeignKeyField(Tablet, null=True, on_delete="RESTRICT"),
    opened=BigIntegerField(), closed=BigIntegerField(null=True),
)  # fmt: skip
Stocktake = table(
    "stocktake", id=AutoField(), mobile_class=ForeignKeyField(MobileClass, on_delete="RESTRICT"), opened=BigIntegerField(),
    closed=BigIntegerField(null=True),
)  # fmt: skip
StocktakeSight = table(
    "stocktake_sight", composite=("stocktake", "text"), stocktake=ForeignKeyField(Stocktake, on_delete="RESTRICT"), text=CharField(),
    tablet=ForeignKeyField(Tablet, null=True, on_delete="RESTRICT"), at=BigIntegerField(), person=ForeignKeyField(Person, null=True, on_delete="RESTRICT"),
)  # fmt: skip
TABLES = (Handover, HandoverSignature, Incident, Stocktake, StocktakeSight)
NEVER_CHANGED = ("handover", "handover_signature")


def up(migrator, db):
    """Create the five tables; a record and its signature are refused any change by the database itself."""
    with db.bind_ctx((Person, School, MobileClass, Tablet, EvidenceFile, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
    for name in NEVER_CHANGED:
        append_only(name)
