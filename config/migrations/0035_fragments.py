"""PostgreSQL finds a fragment by an index too: at a million tablets the rows themselves took half a second to look through."""

from inventory.db import on_postgres, search_index

SEARCHED = (
    ("tablet", ("serial", "asset_tag", "model")), ("school", ("name", "uai", "commune")), ("mobile_class", ("code", "name")),
)  # fmt: skip


def up(migrator, db):
    """Index what SQLite has had an index of from the start; nothing where the server has no trigrams to offer."""
    if on_postgres():
        for table, columns in SEARCHED:
            search_index(table, columns)
