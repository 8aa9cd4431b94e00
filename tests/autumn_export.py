"""The autumn of 2017 in Les Granettes and Les Floriales as an export, with the cells that spoil a spreadsheet."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

from deploy.reports.render import render
from deploy.reports.tables import Column, Export, Figure, Summary, Table

MENTION = "Opération réalisée dans le cadre du Programme d'investissements d'avenir lancé par l'État"
ISSUED = datetime(2018, 1, 8, 8, 30, tzinfo=UTC)
FIRST_HALF_PAST_TWO = datetime(2017, 10, 29, 0, 30, tzinfo=UTC)
PLOT = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 700 240"><title>Tablettes livrées &amp; attendues</title>'
    '<path d="M30 210H680" stroke="#555" fill="none"/><path d="M30 210L300 120L680 40" stroke="#1f6f78" fill="none"/>'
    '<text x="30" y="230" font-family="sans-serif">octobre</text></svg>'
)
TABLETS = Table(
    "tablettes",
    "Tablettes",
    (
        Column("serial", "N° de série", "text"),
        Column("school", "École", "text"),
        Column("slot", "Alvéole", "int"),
        Column("price", "Prix", "amount"),
        Column("charge", "Charge", "decimal"),
        Column("delivered", "Livrée le", "date"),
        Column("last_contact", "Dernier contact", "moment"),
        Column("compliant", "Conforme", "bool"),
    ),
    (
        ("R52J80GRANE", "Les Granettes", 1, Decimal("285.7"), Decimal("0.875"), date(2017, 11, 15), FIRST_HALF_PAST_TWO, True),
        ("000123456789", "Les Granettes", 2, Decimal("-285.705"), Decimal("-0.5"), date(2017, 10, 29), ISSUED, False),
        ('=HYPERLINK("http://x";"é")', 'Les "Floriales" ; annexe\n2e étage', 3, Decimal(4000), Decimal(7), None, None, None),
        ("@SUM(1)", "'+33 4 42", -4, None, None, date(2017, 12, 31), None, None),
    ),
)  # fmt: skip
SCHOOLS = Table(
    "ecoles",
    "Écoles",
    (Column("uai", "UAI", "text"), Column("school", "École", "text")),
    (("0131204N", "Les Granettes"), ("0132397K", "Les Floriales")),
)
SUMMARY = Summary(
    title="État d'avancement trimestriel",
    convention="Convention de la commune d'Aix-en-Provence, classes mobiles 2017",
    period_label="4e trimestre 2017",
    issued=ISSUED,
    known=ISSUED,
    provisional=False,
    mention=MENTION,
    figures=(
        Figure("registered", "Tablettes inventoriées", 1054, "sur 1056 attendues", "tablettes"),
        Figure("delivered", "Tablettes livrées", 52, "sur 56", "tablettes"),
        Figure("spent", "Dépense par tablette", Decimal("285.71"), "euros", "tablettes"),
        Figure("services", "Services rendus", 17, "sur 20", "ecoles"),
        Figure("findings", "Constats", 19, "relevés", "constats"),
    ),
    plot_svg=PLOT,
    remarks=("AIX-CM01 (Les Granettes) : en retard, bloquée par « Recette ».", "AIX-CM02 (Les Floriales) : faite."),
)
AUTUMN = Export("2017-Q4", SUMMARY, (TABLETS, SCHOOLS), 12345, "5e" * 32, "0.1.0")


def fingerprint() -> str:
    """One digest of every file of the autumn, names included."""
    whole = hashlib.sha256()
    for name, content in render(AUTUMN, strict=True).items():
        whole.update(f"{name} {len(content)} ".encode() + content)
    return whole.hexdigest()
