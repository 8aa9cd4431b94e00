"""The autumn of 2017 in Les Granettes and Les Floriales as an export, with the cells that spoil a spreadsheet."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

from deploy.committee.paper import paper as meeting_paper
from deploy.handover.paper import paper as handover_paper
from deploy.handover.record import Place, Record, Reservation
from deploy.incidents.paper import paper as theft_paper
from deploy.incidents.theft import Text
from deploy.reports import seal
from deploy.reports.render import render
from deploy.reports.tables import Column, Export, Figure, Summary, Table
from deploy.schedule.feed import Entry, calendar
from inventory.labels.sheet import Face
from inventory.labels.sheet import pdf as labels
from inventory.labels.stock import STOCKS

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


def papers() -> dict[str, bytes]:
    """The other documents of the house, of the same autumn: a meeting's, a theft's, a hand-over's, a calendar."""
    cart = Record(
        "AIX-CM01", "École primaire Les Granettes", "0131204N", ISSUED.isoformat(), "2017-11-08", "Malik", (Place(1, "R52J80GRANE", "AIX-CM01-T01", "Modèle"),),
        ((1, "chargeur"),), (("Solution de gestion de terminaux mobiles", "faite"),), (Reservation(1, "une coque rayée"),), "Mme Œuvre", "directrice", MENTION,
    )  # fmt: skip
    theft = Text("Dépôt de plainte", ("Une tablette : volée ?",), ("N° de série",), (("R52J80GRANE",),), (("Fait", ("Le 13 décembre.",)),), "La commune")
    return {
        "reunion.pdf": meeting_paper("Convocation", "mairie, 14 h", SUMMARY.convention, MENTION, {"Ordre du jour": ["Livrer : quand ?"], "Présents": ["DSI"]}, ISSUED),
        "plainte.pdf": theft_paper(theft, MENTION, ISSUED), "pv.pdf": handover_paper(cart, "5e" * 32, "ABCD", "https://exemple.invalid/e/1", None, {}, ISSUED),
        "etiquettes.pdf": labels([Face("AIX-CM01-T01", "https://exemple.invalid/e/1", "R52J80GRANE", "École œuvre")], STOCKS[min(STOCKS)], 1, "Étiquettes", MENTION, ISSUED),
        "agenda.ics": calendar("Cartable", MENTION, [Entry("1", FIRST_HALF_PAST_TWO, ISSUED, "Livraison", "Les Granettes")], ISSUED),
    }  # fmt: skip


def sealed_archive() -> bytes:
    """The autumn under the seal of a key that everybody may know."""
    seal.use(lambda: b"7" * 32)
    return seal.archive(seal.sealed(seal.Issue("aix", "2017-Q4", 1, ISSUED, None, "", ("2017-Q3", "5e" * 32)), render(AUTUMN, strict=True)))


def fingerprint() -> str:
    """One digest of every file of the autumn, names included, of its sealed archive and of the other documents."""
    whole = hashlib.sha256(sealed_archive())
    for name, content in {**render(AUTUMN, strict=True), **papers()}.items():
        whole.update(f"{name} {len(content)} ".encode() + content)
    return whole.hexdigest()
