"""What changed since the quarter before: its figures as they were issued beside those of now, never computed again (article 4.1.2)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from deploy.models import QuarterFile, QuarterIssue
from deploy.reports.quarter import Quarter
from deploy.reports.tables import Column, Figure, Table

JSON = "trimestre.json"


def since(period: Quarter, key: str, now: datetime, figures: Sequence[Figure]) -> Table:
    """Each figure that is a number, before and now; no row when no quarter was issued before this one."""
    columns = (
        Column("figure", "Chiffre", "text"), Column("before", "Trimestre précédent", "decimal"), Column("now", "Ce trimestre", "decimal"),
        Column("difference", "Écart", "decimal"),
    )  # fmt: skip
    issued = issued_before(period, key, now)
    before = {one["key"]: Decimal(str(one["value"])) for one in issued["figures"]} if issued else {}
    rows = [
        (one.label, before[one.key], one.value, Decimal(one.value) - before[one.key])
        for one in figures if one.key in before and not isinstance(one.value, str)
    ]  # fmt: skip
    return Table("evolution", "Évolution", columns, rows)


def issued_before(period: Quarter, key: str, now: datetime) -> Mapping[str, Any] | None:
    """The quarter before as its last issue told it, as was known `now`."""
    mine = (QuarterIssue.convention == key) & (QuarterIssue.period == period.before().key) & (QuarterIssue.issued <= now)
    return told_by(QuarterIssue.select().where(mine).order_by(QuarterIssue.number.desc()).first())


def told_by(row: QuarterIssue | None) -> Mapping[str, Any] | None:
    """All that an issue says, read back from its own file; None for no issue."""
    file = QuarterFile.get_or_none((QuarterFile.issue == row) & (QuarterFile.name == JSON)) if row else None
    told: Mapping[str, Any] | None = json.loads(bytes(file.content)) if file else None
    return told
