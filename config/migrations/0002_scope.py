"""Whose schools a person may see: all of them, said so, or those of `person_school`.

Nobody loses what they saw: everybody known so far is given every school, but the people of a school, who are given theirs by hand.
"""

from peewee import SQL, AutoField, BooleanField, CharField, CompositeKey, ForeignKeyField, Model


def table(name, /, composite=None, **columns):
    """A table as it is here for ever: its columns in order, its composite key."""
    meta = {"table_name": name, **({"primary_key": CompositeKey(*composite)} if composite else {})}
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), meta), **columns})


Person = table(
    "person", id=AutoField(), role=CharField(), everywhere=BooleanField(constraints=[SQL("DEFAULT FALSE")]),
)  # fmt: skip
School = table("school", id=AutoField())
PersonSchool = table(
    "person_school", composite=("person", "school"), person=ForeignKeyField(Person, on_delete="RESTRICT"),
    school=ForeignKeyField(School, on_delete="RESTRICT"),
)  # fmt: skip


def up(migrator, db):
    """Add the column and the table; then say of everybody what was true so far."""
    with db.bind_ctx((Person, School, PersonSchool), bind_refs=False, bind_backrefs=False):
        context = db.get_sql_context()
        column, _ = context.sql(Person.everywhere.ddl(context)).query()
        db.execute_sql(f"ALTER TABLE person ADD COLUMN {column}")
        db.create_tables((PersonSchool,), safe=False)
        Person.update(everywhere=True).where(Person.role != "school").execute()
