"""The tablets that were ever placed in a mobile class, found by the class: its page at a past date reads them and no others."""

from inventory.db import index


def up(migrator, db):
    """Index the places that the journal tells, which are a small part of its lines."""
    index("event_place", "event", "value, subject, subject_id", "axis = 'place'")
