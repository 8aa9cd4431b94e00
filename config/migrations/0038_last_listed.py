"""An asset keeps when it was last listed only once it is listed no more: a register read again and unchanged writes nothing of its assets."""

from peewee import BigIntegerField, Model

from inventory.db import read_many, write_many


def table(name, /, **columns):
    """A table as it is here for ever: its columns in order."""
    return type(Model)(name, (Model,), {"Meta": type("Meta", (), {"table_name": name}), **columns})


PeerAsset = table("peer_asset", last_listed=BigIntegerField(null=True))


def up(migrator, db):
    """The moment of the last whole reading, until now that of every asset that it listed, is left to the reading itself."""
    with db.bind_ctx((PeerAsset,), bind_refs=False, bind_backrefs=False):
        column, _ = db.get_sql_context().sql(PeerAsset.last_listed.ddl(db.get_sql_context())).query()
        db.execute_sql(f"ALTER TABLE peer_asset ADD COLUMN {column}")
    last = list(read_many("SELECT connector_id, MAX(listed) FROM peer_asset GROUP BY connector_id"))
    write_many("UPDATE peer_asset SET last_listed = listed WHERE connector_id = ? AND listed < ?", last)
    db.execute_sql("ALTER TABLE peer_asset DROP COLUMN listed")
    db.execute_sql('CREATE INDEX "peer_asset_left" ON "peer_asset" ("connector_id") WHERE ("last_listed" IS NOT NULL)')
