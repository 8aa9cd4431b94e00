"""A quarter issued and its files: never changed, never taken away."""

from inventory.db import append_only

NEVER_CHANGED = ("quarter_issue", "quarter_file")


def up(migrator, db):
    """The database itself refuses any change of a row of either table."""
    for name in NEVER_CHANGED:
        append_only(name)
