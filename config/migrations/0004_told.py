"""The digest of what a server told of a device, by which a reading knows at once that it tells the same."""

from peewee import CharField


def up(migrator, db):
    """Unknown for the devices already there: the next reading looks at them field by field, and notes it."""
    migrator.migrate(
        migrator.add_column("sighting", "told", CharField(null=True)),
        migrator.add_index("sighting", ("connector", "status", "absent_runs")),
    )
