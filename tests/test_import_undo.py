"""A corrected file moves what it must, and undoing a batch leaves no trace but the journal's; what was built on it stops it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from config.checks import complaints
from inventory.actions import imports
from inventory.actions.places import register_class, register_school
from inventory.actions.records import Hand
from inventory.actions.tablets import place, record_stage, register_tablet
from inventory.errors import Refused
from inventory.journal import head
from inventory.lifecycle import Stage
from inventory.models import ImportBatch, MobileClass, PurchaseLine, School, Tablet

NOTE = "serie;inventaire;modele;classe;alveole;commande;prix;garantie\n"
FIRST = "TESTB00001;AIX-T1;T10;AIX-CM01;1;BC-7;339,90;02/10/2020\nTESTB00002;AIX-T2;T10;AIX-CM01;2;BC-7;339,90;02/10/2020\n"
DIRECTORY = "uai;nom;adresse\n0131204n;GRANETTES (LES);Chemin du Granet\n0132397K;FLORALIES (LES);75 avenue Club Hippique\n"

Take = Callable[[str], ImportBatch]


@pytest.fixture
def later(hand: Hand) -> Hand:
    return replace(hand, now=hand.now + timedelta(hours=1))


@pytest.fixture
def take(granettes_cart: MobileClass, hand: Hand) -> Take:
    """Take a delivery note in: its header is understood."""
    return lambda rows: imports.commit(imports.plan_tablets((NOTE + rows).encode(), "bon.csv"), hand)


def faults(rows: str) -> list[str]:
    return [complaint.sentence for complaint in imports.plan_tablets((NOTE + rows).encode(), "bon.csv").complaints]


def inventory() -> dict[str, tuple[str | None, int | None, str]]:
    return {row.serial: (row.asset_tag, row.slot, row.stage) for row in Tablet.select().where(~Tablet.withdrawn)}


def test_a_corrected_note_swaps_two_tablets_and_their_labels_and_undoing_it_swaps_them_back(take: Take, later: Hand) -> None:
    take(FIRST)
    before = inventory()
    swap = take("TESTB00001;AIX-T2;;AIX-CM01;2;;;\nTESTB00002;AIX-T1;;AIX-CM01;1;;;\n")
    assert (swap.created, swap.changed) == (0, 2)
    assert inventory() == {"TESTB00001": ("AIX-T2", 2, "received"), "TESTB00002": ("AIX-T1", 1, "received")}
    imports.undo(swap, later)
    assert inventory() == before
    assert list(complaints()) == []


def test_an_empty_cell_says_nothing(take: Take) -> None:
    take(FIRST)
    again = take("TESTB00001;;;;;;;\n")
    assert (again.created, again.changed) == (0, 0)
    tablet = Tablet.get(Tablet.serial == "TESTB00001")
    assert (tablet.asset_tag, tablet.model, tablet.slot) == ("AIX-T1", "T10", 1)


def test_a_corrected_price_is_a_change_and_keeps_the_rest_of_the_purchase(take: Take, later: Hand) -> None:
    take(FIRST)
    corrected = take("TESTB00002;;;;;;329,50;\n")
    assert corrected.changed == 1
    line = Tablet.get(Tablet.serial == "TESTB00002").purchase_line
    assert (line.order_reference, line.model, str(line.unit_price)) == ("BC-7", "T10", "329.5")
    imports.undo(corrected, later)
    assert str(Tablet.get(Tablet.serial == "TESTB00002").purchase_line.unit_price) == "339.9"
    assert PurchaseLine.select().where(PurchaseLine.order_reference == "BC-7").count() == 2


def test_a_withdrawn_tablet_leaves_its_slot_and_its_label_to_the_corrected_one(take: Take, later: Hand) -> None:
    imports.undo(take(FIRST), later)
    take(FIRST.replace("TESTB", "TESTC"))
    assert inventory() == {"TESTC00001": ("AIX-T1", 1, "received"), "TESTC00002": ("AIX-T2", 2, "received")}
    assert list(complaints()) == []


def test_a_slot_or_a_label_is_free_only_if_its_holder_leaves_it_in_the_same_file(take: Take) -> None:
    take(FIRST)
    newcomer = "TESTB00003;AIX-T1;T10;AIX-CM01;1;;;\n"
    assert faults(newcomer) == [
        "ligne 2, N° d'inventaire = « AIX-T1 » : déjà porté par TESTB00001 ; en donner un autre.",
        "ligne 2, Alvéole = « 1 » : alvéole déjà occupée par TESTB00001 ; la vider d'abord, ou en choisir une autre.",
    ]
    assert len(faults(newcomer + "TESTB00001;;T11;;;;;\n")) == 2, "its row says neither slot nor label: it stays"
    assert faults(newcomer + "TESTB00001;AIX-T9;;AIX-CM01;9;;;\n") == []


def test_every_fault_of_a_row_is_told_with_those_between_rows(granettes_cart: MobileClass) -> None:
    rows = "TESTB00001;AIX-T1;;AIX-CM0I;1;;12,345;31/02/2020\nTESTB00001;AIX-T1;;AIX-CM0I;1;;-3;02/10/1920\nTESTB00002;;;AIX-CM01;;;;\n"
    told = faults(rows)
    assert [sentence.partition(" :")[0] for sentence in told] == [
        "ligne 2, Prix unitaire = « 12,345 »", "ligne 2, Fin de garantie = « 31/02/2020 »", "ligne 2, Classe mobile = « AIX-CM0I »",
        "ligne 3, Prix unitaire = « -3 »", "ligne 3, Fin de garantie = « 02/10/1920 »", "ligne 3, N° de série = « TESTB00001 »",
        "ligne 3, N° d'inventaire = « AIX-T1 »", "ligne 3, Alvéole = « 1 »", "ligne 3, Classe mobile = « AIX-CM0I »", "ligne 4, Alvéole",
    ]  # fmt: skip
    assert told[2].endswith("choisir AIX-CM01, ou enregistrer la classe d'abord.")


def test_a_plan_grown_stale_is_refused_and_writes_nothing(granettes_cart: MobileClass, hand: Hand) -> None:
    plan = imports.plan_tablets((NOTE + FIRST).encode(), "bon.csv")
    register_tablet(Tablet(serial="TESTB00002", model="T10"), hand)
    before = head()
    with pytest.raises(Refused, match=r"a changé depuis l'essai de bon.csv : refaire l'essai"):
        imports.commit(plan, hand)
    assert head() == before and not ImportBatch.select().count()


def test_a_slot_taken_since_the_dry_run_stops_the_whole_file(granettes_cart: MobileClass, hand: Hand) -> None:
    plan = imports.plan_tablets((NOTE + FIRST).encode(), "bon.csv")
    place(register_tablet(Tablet(serial="TESTB00009"), hand), granettes_cart, 2, hand)
    with pytest.raises(Refused, match="alvéole déjà occupée par TESTB00009"):
        imports.commit(plan, hand)
    assert list(inventory()) == ["TESTB00009"] and not ImportBatch.select().count()


def test_two_batches_are_undone_from_the_last(take: Take, later: Hand) -> None:
    first, second = take(FIRST), take("TESTB00001;AIX-T5;;;;;;\n")
    with pytest.raises(Refused, match=r"AIX-T5 a changé depuis \(Fiche enregistrée\)"):
        imports.undo(first, later)
    imports.undo(second, later)
    imports.undo(first, later)
    assert inventory() == {} and list(complaints()) == []
    with pytest.raises(Refused, match="déjà annulé"):
        imports.undo(first, later)


def test_what_was_built_is_named_in_french(take: Take, later: Hand) -> None:
    batch = take(FIRST)
    record_stage(Tablet.get(Tablet.serial == "TESTB00002"), Stage.CHECKED, later)
    with pytest.raises(Refused, match=r"AIX-T2 a changé depuis \(Contrôlée\)\. Corriger les fiches"):
        imports.undo(batch, later)


def test_a_slot_or_a_label_given_to_another_since_is_not_taken_back(take: Take, granettes_cart: MobileClass, later: Hand) -> None:
    take(FIRST)
    moved = take("TESTB00001;AIX-T5;;AIX-CM01;5;;;\n")
    newcomer = register_tablet(Tablet(serial="TESTB00009", asset_tag="AIX-T1"), later)
    with pytest.raises(Refused, match="le n° d'inventaire AIX-T1 est maintenant celui de TESTB00009"):
        imports.undo(moved, later)
    newcomer.asset_tag = None
    register_tablet(newcomer, later)
    place(newcomer, granettes_cart, 1, later)
    with pytest.raises(Refused, match="L'alvéole 1 de AIX-CM01 contient déjà TESTB00009"):
        imports.undo(moved, later)
    assert Tablet.get(Tablet.serial == "TESTB00001").slot == 5 and list(complaints()) == []


def test_a_school_changed_by_a_directory_has_its_words_back(granettes: School, hand: Hand, later: Hand) -> None:
    plan = imports.plan_schools(DIRECTORY.encode(), "aix.csv")
    assert (plan.created, plan.changed) == (1, 1)
    batch = imports.commit(plan, hand)
    assert School.get(School.uai == "0131204N").name == "GRANETTES (LES)"
    imports.undo(batch, later)
    assert [(row.name, row.address, row.withdrawn) for row in School.select().order_by(School.uai)] == [
        ("École primaire Les Granettes", "", False), ("FLORALIES (LES)", "75 avenue Club Hippique", True),
    ]  # fmt: skip
    assert imports.plan_schools(DIRECTORY.encode(), "aix.csv").created == 1, "a withdrawn school comes back"
    imports.undo(imports.commit(imports.plan_schools(DIRECTORY.encode(), "aix.csv"), later), later)
    assert School.get(School.uai == "0132397K").withdrawn and list(complaints()) == []


def test_a_school_that_got_a_mobile_class_stays(store: object, hand: Hand, later: Hand) -> None:
    batch = imports.commit(imports.plan_schools(DIRECTORY.encode(), "aix.csv"), hand)
    school, outcome = register_school({"uai": "0132397K"}, later)
    assert outcome == "same"
    register_class({"code": "AIX-CM02", "school": school, "slots": 16, "expected": 14}, [], later)
    with pytest.raises(Refused, match=r"la classe mobile AIX-CM02 est dans l'école FLORALIES \(LES\)"):
        imports.undo(batch, later)


def test_lines_that_the_directory_repeats_are_one_school_and_lines_that_disagree_are_a_fault(store: object) -> None:
    twice = DIRECTORY + "0131204N;GRANETTES (LES);Chemin du Granet\n"
    plan = imports.plan_schools(twice.encode(), "aix.csv")
    assert (plan.rows, plan.created, [one.row for one in plan.warnings]) == (3, 2, [4])
    other = DIRECTORY + "0131204N;Une autre école;ailleurs\n0131204K;X;\n;Y;\n"
    assert [complaint.sentence for complaint in imports.plan_schools(other.encode(), "aix.csv").complaints] == [
        "ligne 4, UAI = « 0131204N » : déjà donné à la ligne 2, avec d'autres valeurs ; supprimer une des deux lignes.",
        "ligne 5, UAI = « 0131204K » : la lettre de contrôle de 0131204 est N, pas K ; vérifier les chiffres et la lettre.",
        "ligne 6, UAI : il faut sept chiffres, dont le département, et une lettre ; écrire par exemple 0131204N.",
    ]
