"""What exists (school, mobile class, tablet, purchase line, person) and what was seen of it (events, MDM sightings, imports).

Columns that a row shares with the journal (a tablet's stage and place, a school's name...) are a copy of the journal's fold,
refreshed in the transaction that appends; `cartable check` recomputes and compares them.
"""

from __future__ import annotations

from inventory.db import index, search_index
from inventory.models.events import Event, Fact, Remark
from inventory.models.files import ApiAnswer, ImportBatch, ImportDraft, Look, SavedView
from inventory.models.gaps import Gap, GapSurvey
from inventory.models.labels import Label
from inventory.models.outbox import Delivery, Subscription
from inventory.models.places import Accessory, Closing, MobileClass, Person, PersonSchool, School
from inventory.models.sightings import ContactMonth, FormerSerial, Sighting
from inventory.models.tablets import EVERY_CLASS, ClassCount, PurchaseLine, Tablet

__all__ = [
    "EVERY_CLASS", "LIST_INDEXES", "SEARCHED", "TABLES", "Accessory", "ApiAnswer", "ClassCount", "Closing",
    "ContactMonth", "Delivery", "Event", "Fact", "FormerSerial", "Gap", "GapSurvey", "ImportBatch", "ImportDraft",
    "Label", "Look", "MobileClass", "Person", "PersonSchool", "PurchaseLine", "Remark", "SavedView", "School",
    "Sighting", "Subscription", "Tablet", "furnish",
]  # fmt: skip

TABLES = (
    Person, School, Closing, MobileClass, Accessory, PurchaseLine, Tablet, Event, Remark, Fact, Sighting, ContactMonth,
    ImportBatch, ImportDraft, PersonSchool, SavedView, ClassCount, ApiAnswer, Look, FormerSerial, Label, Gap, GapSurvey,
    Subscription, Delivery,
)  # fmt: skip
ALIKE = "REPLACE(REPLACE(REPLACE(REPLACE(serial, 'O', '0'), 'Q', '0'), 'I', '1'), 'L', '1')"
LIST_INDEXES = (
    ("tablet_label", "tablet", "(COALESCE(asset_tag, serial)), id"),
    ("tablet_stage_label", "tablet", "stage, (COALESCE(asset_tag, serial)), id"),
    ("tablet_stage_since", "tablet", "(COALESCE(stage_at, 0)), id"),
    ("tablet_class_stage", "tablet", "mobile_class_id, stage"),
    ("sighting_status_serial", "sighting", "status, serial"),
    ("school_by_name", "school", "name, id"),
    ("mobile_class_by_school", "mobile_class", "school_id, code"),
    ("mobile_class_expected", "mobile_class", "withdrawn, school_id, expected"),
    ("sighting_alike", "sighting", f"({ALIKE})"),
    ("sighting_number", "sighting", "number"),
    ("sighting_group", "sighting", "group_name"),
    ("tablet_alike", "tablet", f"({ALIKE})"),
    ("class_count_word", "class_count", "mdm, mobile_class"),
    ("event_place", "event", "value, subject, subject_id", "axis = 'place'"),
)
SEARCHED = (
    ("tablet", ("serial", "asset_tag", "model")), ("school", ("name", "uai", "commune")), ("mobile_class", ("code", "name")),
)  # fmt: skip


def furnish() -> None:
    """What the lists need beside the tables: the indexes of their sorts and filters, and those of their search."""
    for told in LIST_INDEXES:
        index(*told)
    for table, columns in SEARCHED:
        search_index(table, columns)
