"""The quarter as its page shows it: what its last issue told, or what it says today when it is not issued; and where each of its rows leads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from deploy.convention import Convention
from deploy.models import InvoicePaper, QuarterIssue
from deploy.queries.conventions import whole
from deploy.queries.quarter import export_of
from deploy.queries.quarter_before import told_by
from deploy.reports import json_file
from deploy.reports.quarter import Quarter
from inventory.errors import NotFound
from inventory.models import Tablet
from inventory.paris import local_date
from inventory.queries.visible import visible
from inventory.scope import Scope
from inventory.words import FRENCH, speaking

Told = Mapping[str, Any]


def quarter_told(scope: Scope, convention: Convention, period: Quarter, now: datetime) -> tuple[QuarterIssue | None, Told]:
    """The issue that stood `now` and what it tells; without one the provisional quarter. Raises `NotFound` outside the scope or the convention's days."""
    if not whole(scope, convention.key) or period.first > local_date(now) or period.last < convention.window.first:
        raise NotFound
    mine = (QuarterIssue.convention == convention.key) & (QuarterIssue.period == period.key) & (QuarterIssue.issued <= now)
    row = QuarterIssue.select().where(mine).order_by(QuarterIssue.number.desc()).first()
    told = told_by(row)
    return (row, told) if told else (None, provisional(convention, period, now))


@speaking(FRENCH)
def provisional(convention: Convention, period: Quarter, now: datetime) -> Told:
    """What the quarter would tell today."""
    return json_file.told(export_of(period, convention.key, now, provisional=True))


def tablet_numbers(scope: Scope, rows: Sequence[Told]) -> dict[str, int]:
    """The tablets that some rows name by their serial number, by that number."""
    serials = sorted({str(row["serial"]) for row in rows if row.get("serial")})
    return {row.serial: row.id for row in visible(scope, Tablet).where(Tablet.serial.in_(serials))} if serials else {}


def invoice_numbers(scope: Scope, key: str, rows: Sequence[Told]) -> dict[tuple[str, str], int]:
    """The invoices that some rows name by supplier and number; none for who does not see the whole convention."""
    named = {(str(row["supplier"]), str(row["invoice"])) for row in rows if row.get("invoice")}
    found = InvoicePaper.select().where(InvoicePaper.convention == key) if named and whole(scope, key) else []
    return {(row.supplier, row.number): row.id for row in found if (row.supplier, row.number) in named}
