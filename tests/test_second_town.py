"""Another town follows its own convention with the same program: its zone, its window, its carts, its mention, its quarter."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from databases import environment

from config.cli.conventions import load_files
from config.settings import read
from deploy.actions.quarter import issue
from deploy.queries.board import board
from deploy.queries.conventions import loaded, mention
from deploy.queries.quarter import export_of
from deploy.reports.quarter import Quarter
from inventory.actions import imports
from inventory.actions.records import Hand
from inventory.actions.sightings import take_in
from inventory.actions.tablets import record_stage
from inventory.lifecycle import Stage
from inventory.models import MobileClass, Person, Tablet
from inventory.scope import EVERYWHERE
from mdm.driver import DeviceReport

FILE = Path(__file__).parent / "fixtures" / "conventions" / "villeneuve-les-tilleuls-2018.toml"
BACK_FROM_WINTER = datetime(2018, 3, 5, 9, tzinfo=UTC)
APRIL = datetime(2018, 4, 3, 9, tzinfo=UTC)


@pytest.fixture
def villeneuve(store: Path, alice: Person) -> Hand:
    hand = Hand(alice, datetime(2018, 1, 5, 9, tzinfo=UTC))
    load_files(FILE, read(environment(store.parent)), "valise-16", "ecole-android-2017", "", hand)
    return hand


def note(carts: list[str]) -> bytes:
    lines = [f"TESTV{cart}{slot:05};{code};{slot}" for cart, code in enumerate(carts, 1) for slot in range(1, 13)]
    return "\n".join(["N° de série;Classe mobile;Alvéole", *lines]).encode("utf-8-sig")


def test_its_board_counts_the_school_days_of_its_zone_and_its_own_quantities(villeneuve: Hand) -> None:
    imports.commit(imports.plan_tablets(note(["VIL-CM01", "VIL-CM02"]), "bon.csv"), villeneuve)
    shown = board(EVERYWHERE, None, BACK_FROM_WINTER)
    assert [one.record.code for one in shown] == [f"VIL-CM0{number}" for number in range(1, 6)]
    assert {(one.first, one.last) for one in shown} == {(date(2018, 1, 8), date(2018, 3, 30))}
    assert {one.days_left for one in shown} == {16}, "four days a week until 30 March, after the winter holidays of zone C"
    assert [(one.progress.expected, len(one.devices)) for one in shown] == [(12, 12), (12, 12), (12, 0), (12, 0), (12, 0)]


def test_its_quarter_bears_its_own_words_and_nothing_of_another_town(villeneuve: Hand) -> None:
    assert mention() == "Opération soutenue par l'État dans le cadre du Programme d'investissements d'avenir"
    issued = issue(Quarter.parse("2018-Q1"), Hand(None, APRIL), strict=True)
    assert not issued.provisional
    told = json.dumps(json.loads(issued.files["trimestre.json"]), ensure_ascii=False)
    assert mention() in told and "École élémentaire du Canal" in told and "Aix" not in told


def test_its_quarter_tells_the_discrepancies_of_its_own_carts(villeneuve: Hand, granettes_cart: MobileClass) -> None:
    """Aix has a tablet that no MDM knows too: its serial, its school and its cart are in no file of Villeneuve."""
    imports.commit(imports.plan_tablets(note(["VIL-CM01"]), "bon.csv"), villeneuve)
    imports.commit(imports.plan_tablets("N° de série;Classe mobile;Alvéole\nAIX00001;AIX-CM01;1".encode(), "bon.csv"), villeneuve)
    for serial in ("TESTV100001", "AIX00001"):
        for stage in (Stage.CHECKED, Stage.LABELLED):
            record_stage(Tablet.get(Tablet.serial == serial), stage, villeneuve)
    take_in("mdm", [DeviceReport(mdm_id="1", serial="INCONNU", number="1", status="enrolled")], now=villeneuve.now)
    told = export_of(Quarter.parse("2018-Q1"), loaded()[0].key, APRIL, provisional=True)
    gaps = next(table for table in told.tables if table.key == "ecarts")
    assert [row[1] for row in gaps.rows] == ["TESTV100001", "INCONNU"]
    assert next(figure.value for figure in told.summary.figures if figure.key == "discrepancies") == 2
