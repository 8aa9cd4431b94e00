"""What the lists need: indexes for their sorts and filters, an index of fragments for their search, the views people keep."""

from peewee import AutoField, BigIntegerField, BooleanField, CharField, ForeignKeyField, Model, TextField

from inventory.db import index, search_index

Person = type(Model)("Person", (Model,), {"Meta": type("Meta", (), {"table_name": "person"}), "id": AutoField()})
SavedView = type(Model)(
    "saved_view", (Model,), {
        "Meta": type("Meta", (), {"table_name": "saved_view", "indexes": ((("person", "page", "name"), True),)}),
        "id": AutoField(), "person": ForeignKeyField(Person, on_delete="RESTRICT"), "page": CharField(), "name": CharField(),
        "query": TextField(), "shared": BooleanField(), "at": BigIntegerField(),
    },
)  # fmt: skip
INDEXES = (
    ("tablet_label", "tablet", "(COALESCE(asset_tag, serial)), id"),
    ("tablet_stage_label", "tablet", "stage, (COALESCE(asset_tag, serial)), id"),
    ("tablet_stage_since", "tablet", "(COALESCE(stage_at, 0)), id"),
    ("tablet_class_stage", "tablet", "mobile_class_id, stage"),
    ("sighting_status_serial", "sighting", "status, serial"),
    ("school_by_name", "school", "name, id"),
    ("mobile_class_by_school", "mobile_class", "school_id, code"),
)
SEARCHED = (
    ("tablet", ("serial", "asset_tag", "model")), ("school", ("name", "uai", "commune")), ("mobile_class", ("code", "name")),
)  # fmt: skip


def up(migrator, db):
    """Add them to tables that may hold rows already: the search index is built from those."""
    with db.bind_ctx([SavedView], bind_refs=False, bind_backrefs=False):
        db.create_tables([SavedView], safe=False)
    for name, table, expressions in INDEXES:
        index(name, table, expressions)
    for table, columns in SEARCHED:
        search_index(table, columns)
