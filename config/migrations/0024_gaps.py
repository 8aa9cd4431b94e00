"""The discrepancies with their lives, and the last comparison that found them; the next comparison fills them."""

from peewee import AutoField, BigIntegerField, CharField, ForeignKeyField, IntegerField, Model, TextField


def table(name, /, *indexes, **columns):
    """A table as it is here for ever: its columns in order, its indexes (columns, unique)."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name, "indexes": indexes}), **columns})


School, MobileClass, Tablet = (table(name, id=AutoField()) for name in ("school", "mobile_class", "tablet"))
Gap = table(
    "gap", (("standing", "kind"), False), id=AutoField(), name=CharField(unique=True), kind=CharField(), serial=CharField(index=True),
    school=ForeignKeyField(School, null=True, on_delete="RESTRICT"), mobile_class=ForeignKeyField(MobileClass, null=True, on_delete="RESTRICT"),
    tablet=ForeignKeyField(Tablet, null=True, on_delete="RESTRICT"), standing=CharField(), owner=CharField(),
    since=BigIntegerField(null=True), opened=BigIntegerField(index=True), closed=BigIntegerField(null=True, index=True), facts=CharField(),
    evidence=TextField(), verdict=CharField(), decided=CharField(), decided_at=BigIntegerField(null=True),
)  # fmt: skip
GapSurvey = table(
    "gap_survey", id=AutoField(), at=BigIntegerField(), standing=IntegerField(), opened=IntegerField(), changed=IntegerField(),
    closed=IntegerField(),
)  # fmt: skip
TABLES = (Gap, GapSurvey)


def up(migrator, db):
    """Create both."""
    with db.bind_ctx((School, MobileClass, Tablet, *TABLES), bind_refs=False, bind_backrefs=False):
        db.create_tables(TABLES, safe=False)
