"""The serial numbers that MDM records told before the ones they tell now: read once from the journal, kept by the intake afterwards."""

import json

from peewee import AutoField, CharField, CompositeKey, ForeignKeyField, Model

Sighting = type(Model)("Sighting", (Model,), {"Meta": type("Meta", (), {"table_name": "sighting"}), "id": AutoField()})
FormerSerial = type(Model)(
    "former_serial", (Model,), {
        "Meta": type("Meta", (), {"table_name": "former_serial", "primary_key": CompositeKey("serial", "sighting")}),
        "serial": CharField(), "sighting": ForeignKeyField(Sighting, on_delete="CASCADE"),
    },
)  # fmt: skip
TOLD = (
    "SELECT e.subject_id, s.serial, e.detail FROM event e JOIN sighting s ON s.id = e.subject_id "
    "WHERE e.subject = 'sighting' AND e.axis = 'report'"
)


def up(migrator, db):
    """Add the table, and what the journal tells of records whose serial number changed."""
    with db.bind_ctx([Sighting, FormerSerial], bind_refs=False, bind_backrefs=False):
        db.create_tables([FormerSerial], safe=False)
        told = ((sighting, now, json.loads(detail).get("serial", "")) for sighting, now, detail in db.execute_sql(TOLD))
        former = {(then, sighting) for sighting, now, then in told if then != now}
        for serial, sighting in sorted(former):
            FormerSerial.insert(serial=serial, sighting=sighting).execute()
