"""A delivery note taken in whole or not at all; every fault of every row at once; undone as long as nothing was built on it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
import xlsxwriter

from config.checks import complaints
from inventory.actions import imports
from inventory.actions.records import Hand
from inventory.actions.tablets import record_stage
from inventory.errors import Refused
from inventory.lifecycle import Stage
from inventory.models import Event, MobileClass, School, Tablet
from mdm.simulator import Fleet

SAMPLES = Path(__file__).parent / "fixtures" / "annuaire"
NOTE = Fleet().delivery_note("AIX-CM01")


def as_csv(rows: list[dict[str, str]], separator: str = ";", encoding: str = "utf-8-sig") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def as_xlsx(rows: list[dict[str, str]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, list(rows[0]))
    for number, row in enumerate(rows, 1):
        sheet.write_row(number, 0, list(row.values()))
    book.close()
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (as_csv(NOTE), "bon.csv"),
        (as_csv(NOTE, ",", "utf-8"), "bon.csv"),
        (as_csv(NOTE, "\t", "cp1252"), "bon.txt"),
        (as_xlsx(NOTE), "bon.xlsx"),
    ],
    ids=["bom", "comma", "cp1252-tab", "xlsx"],
)
def test_a_delivery_note_in_any_french_dialect(content: bytes, name: str, granettes_cart: MobileClass, hand: Hand) -> None:
    plan = imports.plan_tablets(content, name)
    assert (plan.rows, plan.created, list(plan.complaints)) == (14, 14, [])
    assert not Tablet.select().count(), "a dry run writes nothing"
    imports.commit(plan, hand)
    first = Tablet.get(Tablet.slot == 1)
    assert (first.serial, first.asset_tag, first.stage) == ("TESTA100001", "AIX-CM01-T01", "received")
    assert str(first.purchase_line.unit_price) == "339.9" and first.warranty_end.isoformat() == "2020-10-02"
    assert list(complaints()) == []


def test_the_same_note_again_changes_nothing(granettes_cart: MobileClass, hand: Hand) -> None:
    imports.commit(imports.plan_tablets(as_csv(NOTE), "bon.csv"), hand)
    lines = Event.select().count()
    again = imports.plan_tablets(as_csv(NOTE), "bon.csv")
    assert (again.created, again.changed, again.same) == (0, 0, 14)
    imports.commit(again, hand)
    assert Event.select().count() == lines


def test_every_fault_of_every_row_is_told_at_once_and_nothing_is_written(granettes_cart: MobileClass, hand: Hand) -> None:
    rows = [dict(row) for row in NOTE]
    rows[0]["N° de série"] = "To be filled by O.E.M."
    rows[1]["N° de série"] = "1,23457E+11"
    rows[2]["Alvéole"] = "0"
    rows[3]["Fin de garantie"] = "31/02/2020"
    rows[4]["Prix unitaire"] = "beaucoup"
    rows[5]["Classe mobile"] = "AIX-CM99"
    rows[7]["N° de série"] = rows[6]["N° de série"]
    rows[8]["Alvéole"] = "17"
    plan = imports.plan_tablets(as_csv(rows), "bon.csv")
    assert [complaint.row for complaint in plan.complaints] == [2, 3, 4, 5, 6, 7, 9, 10]
    assert "ligne 7, Classe mobile = « AIX-CM99 » : classe mobile inconnue ; choisir AIX-CM01, ou enregistrer la classe d'abord." in [
        complaint.sentence for complaint in plan.complaints
    ]
    with pytest.raises(Refused):
        imports.commit(plan, hand)
    assert not Tablet.select().count()


def test_a_letter_o_among_zeros_is_a_doubt_not_a_fault(granettes_cart: MobileClass, hand: Hand) -> None:
    imports.commit(imports.plan_tablets(as_csv(NOTE[:1]), "bon.csv"), hand)
    other = dict(NOTE[1], **{"N° de série": NOTE[0]["N° de série"].replace("0", "O", 1)})
    plan = imports.plan_tablets(as_csv([other]), "bon.csv")
    assert not plan.complaints
    assert "ressemble à TESTA100001" in plan.warnings[0].sentence


def test_a_batch_is_undone_and_may_be_taken_in_again(granettes_cart: MobileClass, hand: Hand) -> None:
    batch = imports.commit(imports.plan_tablets(as_csv(NOTE), "bon.csv"), hand)
    imports.undo(batch, hand)
    assert Tablet.select().where(~Tablet.withdrawn).count() == 0
    assert list(complaints()) == []
    assert imports.plan_tablets(as_csv(NOTE), "bon.csv").created == 14
    imports.commit(imports.plan_tablets(as_csv(NOTE), "bon.csv"), hand)
    assert Tablet.select().where(~Tablet.withdrawn & (Tablet.stage == "received")).count() == 14
    assert list(complaints()) == []


def test_a_batch_built_upon_is_not_undone(granettes_cart: MobileClass, hand: Hand) -> None:
    batch = imports.commit(imports.plan_tablets(as_csv(NOTE), "bon.csv"), hand)
    record_stage(Tablet.get(Tablet.slot == 3), Stage.CHECKED, replace(hand, now=hand.now + timedelta(hours=1)))
    with pytest.raises(Refused, match="AIX-CM01-T03 a changé depuis"):
        imports.undo(batch, hand)
    assert Tablet.select().where(~Tablet.withdrawn).count() == 14


@pytest.mark.parametrize(
    ("sample", "count"),
    [
        ("annuaire-education_2023_dep035_sample.csv", 55),
        ("annuaire-education_2026_dep094_sample.csv", 20),
        ("adresse-geolocalisation_dep035_sample.csv", 15),
    ],
)
def test_the_real_directory_in_its_three_dialects(sample: str, count: int, store: Path, hand: Hand) -> None:
    plan = imports.plan_schools((SAMPLES / sample).read_bytes(), sample)
    assert (plan.rows, plan.created, list(plan.complaints)) == (count, count, [])
    batch = imports.commit(plan, hand)
    assert {school.zone for school in School.select()} <= {"B", "C"}
    assert imports.plan_schools((SAMPLES / sample).read_bytes(), sample).same == count
    imports.undo(batch, hand)
    assert School.select().where(~School.withdrawn).count() == 0 and list(complaints()) == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "est vide"),
        (b"PK\x03\x04 not a workbook", "classeur illisible"),
        (b"nom;adresse\nLes Granettes;ici\n", "il manque la colonne"),
        ("N° de série\n".encode(), "n'a que des en-têtes"),
    ],
)
def test_an_unreadable_file_is_refused_with_its_remedy(content: bytes, said: str, store: Path) -> None:
    with pytest.raises(Refused, match=said):
        imports.plan_tablets(content, "fichier")
