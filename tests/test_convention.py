"""Two conventions, one checker: what each file contradicts is found by rules that know neither town, and a faulty file is told line by line."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from deploy.convention import parse
from deploy.convention.reader import FaultyConvention
from deploy.findings import Finding
from deploy.queries.findings import against
from inventory.contact import Thresholds
from inventory.queries import school_times

ROOT = Path(__file__).parent.parent
AIX = (ROOT / "config" / "conventions" / "aix-en-provence-2017.toml").read_text(encoding="utf-8")
VILLENEUVE = (Path(__file__).parent / "fixtures" / "conventions" / "villeneuve-les-tilleuls-2018.toml").read_text(encoding="utf-8")
GAP = Decimal


@pytest.fixture(autouse=True)
def calendars() -> None:
    school_times.use(ROOT / "config" / "calendars", Thresholds())


def found(text: str) -> dict[str, Finding]:
    return {finding.code: finding for finding in against(parse(text, "convention.toml"))}


def edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


def test_the_real_document_is_contradicted_to_the_euro() -> None:
    at_stake = {code: finding.euros for code, finding in found(AIX).items() if finding.euros is not None}
    assert at_stake == {
        "I-02": GAP(500), "I-03": GAP(8000), "I-04": GAP(239), "I-05": GAP(15044), "I-06": GAP(500), "I-19": GAP(750),
    }  # fmt: skip
    told = found(AIX)
    assert "38 305,00" in told["V-TOTAL"].recomputed.replace("\u202f", " ").replace("\xa0", " ")
    assert [part[-1] for part in told["V-UAI"].recomputed.split(", ")] == ["N", "K", "N", "W"]


def test_another_town_contradicts_itself_elsewhere() -> None:
    """It is signed, its sums are right, its cap is read, its window opens and shuts on school days: none of Aix's findings is its own."""
    assert found(VILLENEUVE).keys() == {"I-08", "I-14", "V-TOTAL", "V-UAI"}


@pytest.mark.parametrize(
    ("code", "edit", "euros"),
    [
        ("I-01", ("schools = 3\nclasses = 5", "schools = 4\nclasses = 5"), None),
        ("I-02", ('state = "900.00"', 'state = "1200.00"'), GAP(300)),
        ("I-03", ("schools = 3\nclasses = 5", "schools = 3\nclasses = 6"), GAP(3000)),
        ("I-04", ('commune = "22500.00"', 'commune = "20000.00"'), GAP(1000)),
        ("I-05", ('programme = "Programme', 'euro_per_euro = "1.00"\nprogramme = "Programme'), GAP(7500)),
        ("I-06", ('total = "52400.00"', 'total = "52000.00"'), GAP(400)),
        ("I-07", ("Convention « Écoles numériques »", "Convention « Collèges numériques »"), None),
        ("I-09", ('resources = "300.00"', 'resources = "300.00"\n[school.directory]\nsource = "annuaire"\nname = "HÊTRES (LES)"'), None),
        ("I-10", ('"0949001Y"', '"0949001y"'), None),
        ("I-11", ("day = 2017-12-11", 'day = "[date]"'), None),
        ("I-12", ("last = 2018-03-30", "last = 2018-04-01"), None),
        ("I-13", ("threshold_mbps = 20\n", ""), None),
        ("I-19", ('cap_reading = "per-class"\n', ""), GAP("562.50")),
        ("I-26", ("tablets_per_class = 12\n", ""), None),
        ("I-27", ('subsidy = "15000.00"', 'subsidy = "12000.00"'), GAP(3000)),
        ("I-28", ('advance = "4500.00"', 'advance = "5000.00"'), GAP(500)),
    ],
)
def test_each_rule_is_tripped_by_its_own_contradiction(code: str, edit: tuple[str, str], euros: Decimal | None) -> None:
    assert code not in found(VILLENEUVE)
    assert found(edited(VILLENEUVE, edit))[code].euros == euros


def test_a_decision_is_shown_beside_what_is_printed() -> None:
    decided = "classes = { printed = 4, article = \"6.2\", retained = { value = 2, by = \"comité de pilotage\", on = 2017-10-10, reason = \"la liste\" } }"
    finding = found(edited(AIX, ("schools = 3\nclasses = 4", f"schools = 3\n{decided}")))["I-01"]
    assert "4 classes" in " ".join(finding.printed).replace("\xa0", " ") and "comité de pilotage" in finding.retained


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (('"0949001Y"', '"0949001X"'), ("uai", "0949001X")),
        (("last = 2018-03-30", "last = 2018-01-07"), ("deployment.last", "2018-01-07")),
        (('rate = "0.40"\n', ""), ("subsidy.rate", "absent")),
        (('rate = "0.40"', 'rate = "40 %"'), ("subsidy.rate", "40\xa0%")),
        (("last = 2018-03-30", "last = 2018-02-30"), ("last", "2018-02-30")),
        (("last = 2018-03-30", 'last = "2018-02-30"'), ("deployment.last", "2018-02-30")),
        (('cost_cap = "7500.00"', 'cost_cap = "7500.00"\nplafond = 3'), ("subsidy.plafond", "inconnue")),
        (('unit_ceiling = "3000.00"', 'unit_ceiling = "-3000.00"'), ("subsidy.unit_ceiling", "-3000.00")),
    ],
)  # fmt: skip
def test_a_faulty_file_gets_one_line_that_names_the_key_and_the_value(edit: tuple[str, str], told: tuple[str, str]) -> None:
    with pytest.raises(FaultyConvention) as refused:
        parse(edited(VILLENEUVE, edit), "convention.toml")
    (line,) = refused.value.faults
    assert line.startswith("convention.toml") and all(word in line for word in told), line


def test_every_fault_of_a_file_is_told_at_once() -> None:
    twice = edited(VILLENEUVE, ('"0949001Y"', '"0949001X"'), ("last = 2018-03-30", "last = 2018-01-07"), ('rate = "0.40"\n', ""))
    with pytest.raises(FaultyConvention) as refused:
        parse(twice, "convention.toml")
    assert len(refused.value.faults) == 3
