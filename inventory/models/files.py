"""What people bring and keep: files taken in, files on trial, lists as they like them, the moment of their last look."""

from __future__ import annotations

from peewee import AutoField, BlobField, BooleanField, CharField, ForeignKeyField, IntegerField, TextField

from inventory.columns import MomentField
from inventory.db import Table
from inventory.models.places import Person


class ImportBatch(Table):
    """One file taken in, whole or not at all; its lines bear `import:<id>` as their source in the journal."""

    id = AutoField()
    kind = CharField()
    filename = CharField()
    sha256 = CharField()
    rows = IntegerField()
    created = IntegerField()
    changed = IntegerField()
    at = MomentField()
    actor = ForeignKeyField(Person, null=True, on_delete="RESTRICT")
    undone_at = MomentField(null=True)


class ImportDraft(Table):
    """A file between its dry run and its commit, kept a day for the person who brought it."""

    id = AutoField()
    kind = CharField()
    filename = CharField()
    content = BlobField()
    at = MomentField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")


class SavedView(Table):
    """A list as somebody likes it: its filters, its sort and its columns, under a name; `shared` shows it to the same role."""

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    page = CharField()
    name = CharField()
    query = TextField()
    shared = BooleanField(default=False)
    at = MomentField()

    class Meta:
        indexes = ((("person", "page", "name"), True),)


class ApiAnswer(Table):
    """What was answered to a program's write, under the key it gave: the same key is answered the same bytes, and writes nothing twice."""

    id = AutoField()
    person = ForeignKeyField(Person, on_delete="RESTRICT")
    key = CharField()
    asked = CharField()
    status = IntegerField()
    etag = CharField(default="")
    body = BlobField()
    at = MomentField(index=True)

    class Meta:
        indexes = ((("person", "key"), True),)


class Look(Table):
    """Up to when somebody said to have seen what changes: their home begins there."""

    person = ForeignKeyField(Person, primary_key=True, on_delete="RESTRICT")
    seen = MomentField()
