"""The version of a thing: the journal's last line that a person, or a file taken in, wrote of it."""

from __future__ import annotations

from collections.abc import Sequence

from peewee import fn

from inventory.models import Fact


def versions(subject: str, ids: Sequence[int]) -> dict[int, int]:
    """The versions of some tablets, mobile classes or schools, by id."""
    query = Fact.select(Fact.subject_id, fn.MAX(Fact.position)).where((Fact.subject == subject) & Fact.subject_id.in_(list(ids)))
    return dict(query.group_by(Fact.subject_id).tuples())


def version(subject: str, subject_id: int) -> int:
    """The version of one of them."""
    return versions(subject, [subject_id]).get(subject_id, 0)
