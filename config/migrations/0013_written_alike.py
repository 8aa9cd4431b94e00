"""Devices and tablets found by a serial number that is written alike (O for 0, I for 1), by their tag and by their group."""

from inventory.db import index

ALIKE = "(REPLACE(REPLACE(REPLACE(REPLACE(serial, 'O', '0'), 'Q', '0'), 'I', '1'), 'L', '1'))"
INDEXES = (
    ("sighting_alike", "sighting", ALIKE),
    ("sighting_number", "sighting", "number"),
    ("sighting_group", "sighting", "group_name"),
    ("tablet_alike", "tablet", ALIKE),
)


def up(migrator, db):
    """Index them: the page of one mobile class compares its tablets with the devices that may be theirs, and no others."""
    for name, table, expressions in INDEXES:
        index(name, table, expressions)
