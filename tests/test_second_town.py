"""Another town follows its own convention with the same program: its zone, its window, its carts, its mention, its quarter."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from databases import environment

from config.cli.conventions import load_files
from config.settings import read
from deploy.actions.quarter import archive_of, find, issue
from deploy.committee import actions as committee
from deploy.committee.meeting import Meeting
from deploy.convention.money import BudgetKind
from deploy.funding import actions as funding
from deploy.funding.invoice import Invoice, Key, Line
from deploy.funding.queries import account
from deploy.queries.board import board
from deploy.queries.conventions import convention, loaded, mention
from deploy.queries.quarter import export_of
from deploy.reports import behind, seal
from deploy.reports.annexes import on_page
from deploy.reports.behind import recount
from deploy.reports.quarter import Quarter
from deploy.reports.render import render
from deploy.reports.verifier import verify
from inventory.actions import imports
from inventory.actions.gaps import survey
from inventory.actions.records import Hand
from inventory.actions.sightings import take_in
from inventory.actions.tablets import record_stage
from inventory.journal import head
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
    seal.use(lambda: b"7" * 32)
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
    survey(villeneuve.now)
    told = export_of(Quarter.parse("2018-Q1"), loaded()[0].key, APRIL, provisional=True)
    gaps = next(table for table in told.tables if table.key == "ecarts")
    assert sorted(row[1] for row in gaps.rows) == ["INCONNU", "TESTV100001"]
    assert next(figure.value for figure in told.summary.figures if figure.key == "discrepancies") == 2


def test_its_money_its_committee_and_its_seal_follow_its_own_articles(villeneuve: Hand, tmp_path: Path) -> None:
    """Cap 7 500 €, rate 40 %: 9 000 € of equipment in one class give 3 000 €; its technical committee is called ten days before."""
    imports.commit(imports.plan_tablets(note(["VIL-CM01"]), "bon.csv"), villeneuve)
    told, march = loaded()[0].key, Hand(villeneuve.by, BACK_FROM_WINTER)
    town = convention(told)
    paper = funding.register_invoice(town, Invoice("Fournisseur de Villeneuve", "F-1", date(2018, 2, 20), "BC-1"), march)
    bought = Line("Douze tablettes", BudgetKind.EQUIPMENT, 12, Decimal(7500), Decimal(1500), Decimal(9000), True, "article 6.1", Key.EQUAL, {"VIL-CM01": Decimal(0)})
    funding.add_line(paper, town, bought, march)
    money = account(EVERYWHERE, town, None)
    assert (money.forecast.shares["VIL-CM01"].due, money.due.due) == (Decimal(3000), Decimal(0)), "nothing is due before the service is observed"
    meeting = committee.plan_meeting(town, Meeting("technical", date(2018, 3, 20), "14:00", "mairie"), march)
    committee.send_notice(meeting, date(2018, 3, 5), march)
    committee.hold_meeting(meeting, {0, 2}, "", Hand(villeneuve.by, datetime(2018, 3, 20, 17, tzinfo=UTC)))
    issued = issue(Quarter.parse("2018-Q1"), Hand(villeneuve.by, APRIL), strict=True)
    files = json.loads(issued.files["trimestre.json"])["tables"]
    assert [row["eligible"] for row in files["depenses"]["rows"]] == ["9000.00"]
    for figure in json.loads(issued.files["trimestre.json"])["figures"]:
        table, rule = files[figure["source"]], behind.read(figure["behind"])
        assert recount(rule, table["rows"]) == Decimal(str(figure["value"])), figure["key"]
        assert not rule.total or rule.total in {column["key"] for column in on_page(figure["source"], table["columns"])}, "what is added up is shown"
    assert [(row["notice_by"], row["quorum"]) for row in files["reunions"]["rows"]] == [("2018-03-10", True)]
    sealed = tmp_path / "t.zip"
    sealed.write_bytes(archive_of(find(told, Quarter.parse("2018-Q1"))))
    assert verify(str(sealed))[0] == []


def test_the_quarter_s_own_table_of_tablets_taken_back_in_changes_nothing(villeneuve: Hand) -> None:
    imports.commit(imports.plan_tablets(note(["VIL-CM01", "VIL-CM02"]), "bon.csv"), villeneuve)
    files, before = render(export_of(Quarter.parse("2018-Q1"), loaded()[0].key, APRIL, provisional=True)), head()
    back = imports.plan_tablets(files["tablettes.csv"], "tablettes.csv")
    assert (back.complaints, back.created, back.changed, back.same) == ([], 0, 0, 24)
    assert head() == before
