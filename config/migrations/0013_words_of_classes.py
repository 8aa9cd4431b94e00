"""Which classes hold a tablet in an MDM's word, found at once: a word that few tablets have is looked for there."""

from inventory.db import index


def up(migrator, db):
    """Index the counts by word."""
    index("class_count_word", "class_count", "mdm, mobile_class")
