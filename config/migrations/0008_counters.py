"""How many tablets of each mobile class are at a stage in an MDM's word, and their sum: counted once, kept by the verbs afterwards."""

from peewee import CharField, CompositeKey, IntegerField, Model

from inventory.db import index

ClassCount = type(Model)(
    "class_count", (Model,), {
        "Meta": type("Meta", (), {"table_name": "class_count", "primary_key": CompositeKey("mobile_class", "stage", "mdm")}),
        "mobile_class": IntegerField(), "stage": CharField(), "mdm": CharField(), "school": IntegerField(index=True), "n": IntegerField(),
    },
)  # fmt: skip
COUNTED = (
    "INSERT INTO class_count (mobile_class, stage, mdm, school, n) "
    "SELECT told.class_id, told.stage, told.word, c.school_id, COUNT(*) FROM ("
    "SELECT t.mobile_class_id AS class_id, t.stage AS stage, COALESCE((SELECT s.status FROM sighting s WHERE s.serial = t.serial "
    "ORDER BY (s.status = 'gone'), COALESCE(s.enrolled_at, -4611686018427387904) DESC, s.id DESC LIMIT 1), 'unknown') AS word "
    "FROM tablet t WHERE t.mobile_class_id IS NOT NULL AND NOT t.withdrawn) told "
    "JOIN mobile_class c ON c.id = told.class_id GROUP BY told.class_id, told.stage, told.word, c.school_id"
)
SUMMED = "INSERT INTO class_count (mobile_class, stage, mdm, school, n) SELECT 0, stage, mdm, 0, SUM(n) FROM class_count GROUP BY stage, mdm"


def up(migrator, db):
    """Add the counts and fill them from the tablets there are."""
    with db.bind_ctx([ClassCount], bind_refs=False, bind_backrefs=False):
        db.create_tables([ClassCount], safe=False)
    index("mobile_class_expected", "mobile_class", "withdrawn, school_id, expected")
    db.execute_sql(COUNTED)
    db.execute_sql(SUMMED)
