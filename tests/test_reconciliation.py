"""An inventory and an MDM that disagree: each discrepancy by its name, none invented."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inventory.discrepancy import Age, Hint, Kind, Paper, Source, Standing, standing
from inventory.discrepancy_words import sentence
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.reconciliation import Grounds, of_papers, reconcile
from inventory.sight import Seen, TabletState

NOVEMBER = datetime(2017, 11, 15, 9, tzinfo=UTC)
DECEMBER = datetime(2017, 12, 5, 9, tzinfo=UTC)


def seen(serial: str, number: str = "", status: MdmStatus = MdmStatus.ENROLLED, at: datetime = NOVEMBER) -> Seen:
    return Seen(
        1, "mdm-ville", f"id-{serial or number}", serial, number, status, NOVEMBER, "", "8.0", "", True, True, (), "", NOVEMBER, NOVEMBER, at
    )


def tablet(number: int, serial: str, heard: Seen | None = None, stage: Stage = Stage.IN_SERVICE) -> TabletState:
    return TabletState(number, serial, f"AIX-CM01-T{number:02}", "", 1, number, stage, NOVEMBER, Stage.IN_SERVICE, heard)


def test_a_tablet_seen_under_its_own_serial_is_no_discrepancy() -> None:
    heard = seen("TESTR00001")
    assert reconcile([tablet(1, "TESTR00001", heard)], [heard]) == []


def test_a_letter_o_for_a_zero_is_named_as_one_mismatch_not_as_two_strangers() -> None:
    (gap,) = reconcile([tablet(1, "TESTR0OO11")], [seen("TESTR00011")])
    assert gap.kind is Kind.SERIAL_MISMATCH
    assert "TESTR0OO11 à l'inventaire, TESTR00011 dans « mdm-ville »" in sentence(gap.kind, gap.serial, gap.evidence)


def test_a_tablet_still_in_its_box_is_not_missing_from_the_mdm() -> None:
    boxed = replace(tablet(1, "TESTR00001", stage=Stage.RECEIVED), prepared=Stage.RECEIVED)
    assert reconcile([boxed], []) == []
    (gap,) = reconcile([tablet(1, "TESTR00001")], [])
    assert gap.kind is Kind.NEVER_ENROLLED


def test_one_the_server_forgot_is_gone_and_not_never_enrolled() -> None:
    heard = seen("TESTR00001", status=MdmStatus.GONE)
    (gap,) = reconcile([tablet(1, "TESTR00001", heard)], [heard])
    assert gap.kind is Kind.GONE_FROM_MDM


def test_a_stolen_tablet_that_gives_a_sign_of_life_is_named() -> None:
    heard = seen("TESTR00001", at=DECEMBER)
    (gap,) = reconcile([tablet(1, "TESTR00001", heard, Stage.STOLEN)], [heard])
    assert gap.kind is Kind.STOLEN_BUT_SEEN
    quiet = seen("TESTR00001", at=NOVEMBER)
    assert reconcile([tablet(1, "TESTR00001", quiet, Stage.STOLEN)], [quiet]) == []


def test_two_records_of_one_serial_and_one_without_any() -> None:
    devices = [seen("TESTR00001", "a"), seen("TESTR00001", "b"), seen("", "c")]
    kinds = [gap.kind for gap in reconcile([tablet(1, "TESTR00001", devices[0])], devices)]
    assert kinds == [Kind.DUPLICATE_IN_MDM, Kind.BLANK_SERIAL]


def test_a_stranger_is_unknown_to_the_inventory() -> None:
    (gap,) = reconcile([], [seen("TESTX99999", "Tablette inconnue")])
    assert (gap.kind, gap.serial) == (Kind.UNKNOWN_TO_INVENTORY, "TESTX99999")
    assert gap.name != reconcile([], [seen("TESTX99998")])[0].name != reconcile([], [seen("", "c")])[0].name


def test_a_tablet_that_bears_its_tag_in_the_mdm_is_paired_by_it_once() -> None:
    mine = tablet(1, "TESTR00001")
    (gap,) = reconcile([mine], [seen("ZZ-REPAIRED", "AIX-CM01-T01")])
    assert (gap.kind, gap.hint, gap.serial) == (Kind.SERIAL_MISMATCH, Hint.SAME_TAG, "TESTR00001")
    found = reconcile([mine], [seen("ZZ-REPAIRED", "AIX-CM01-T01"), seen("ZZ-ANOTHER", "AIX-CM01-T01")])
    assert [one.kind for one in found] == [Kind.UNKNOWN_TO_INVENTORY, Kind.SERIAL_MISMATCH]


def test_one_character_apart_pairs_one_tablet_with_one_device() -> None:
    grounds = Grounds(classes={"AIX-CM01": frozenset({1})})
    near = [replace(seen(serial), group="AIX-CM01") for serial in ("TESTR58737", "TESTR58738")]
    found = reconcile([replace(tablet(1, "TESTR58731"), asset_tag="")], near, grounds)
    assert {one.kind for one in found} == {Kind.NEVER_ENROLLED, Kind.UNKNOWN_TO_INVENTORY}


def test_of_two_records_the_newest_enrolment_speaks() -> None:
    old, new = seen("TESTR00001", "a"), replace(seen("TESTR00001", "b"), enrolled_at=DECEMBER)
    for devices in ([old, new], [new, old]):
        (gap,) = reconcile([tablet(1, "TESTR00001", new)], devices)
        assert (gap.kind, gap.seen, gap.others) == (Kind.DUPLICATE_IN_MDM, new, (old,))
    forgotten = replace(new, status=MdmStatus.GONE)
    assert reconcile([tablet(1, "TESTR00001", old)], [old, forgotten]) == [], "a record that the server forgot is no second one"


def test_a_group_that_names_another_place_is_wrong_and_any_other_is_not() -> None:
    grounds = Grounds(codes={1: "AIX-CM01"}, names={1: frozenset({"AIX-CM01", "Les Granettes"})}, known=frozenset({"AIX-CM01", "Les Granettes", "AIX-CM02"}))

    def told(group: str, stage: Stage = Stage.IN_SERVICE, status: MdmStatus = MdmStatus.ENROLLED) -> list[Kind]:
        heard = replace(seen("TESTR00001", status=status), group=group)
        return [one.kind for one in reconcile([tablet(1, "TESTR00001", heard, stage)], [heard], grounds)]

    assert told("AIX-CM02") == [Kind.WRONG_PLACE]
    assert told("AIX-CM01") == told("Les Granettes") == told("") == told("Tablettes 2017") == []
    assert Kind.WRONG_PLACE not in told("AIX-CM02", Stage.STOLEN) + told("AIX-CM02", status=MdmStatus.GONE)


def test_out_of_the_park_and_stolen_are_two_things_and_neither_is_missed() -> None:
    heard = seen("TESTR00001", at=DECEMBER)
    assert [one.kind for one in reconcile([tablet(1, "TESTR00001", heard, Stage.WRITTEN_OFF)], [heard])] == [Kind.OUT_BUT_ACTIVE]
    assert [one.kind for one in reconcile([tablet(1, "TESTR00001", heard, Stage.LOST)], [heard])] == [Kind.STOLEN_BUT_SEEN]
    assert reconcile([tablet(1, "TESTR00001", stage=Stage.WRITTEN_OFF)], []) == []


def test_a_paper_of_what_nobody_registered_or_received() -> None:
    invoice = Paper("TESTR00001", Source.INVOICE, "Fournitures", "F-1", DECEMBER)
    register = replace(invoice, source=Source.REGISTER, at=NOVEMBER)
    ordered, here = tablet(1, "TESTR00001", stage=Stage.ORDERED), tablet(1, "TESTR00001")
    assert [(one.kind, one.paper) for one in of_papers([invoice, register], {})] == [(Kind.NOT_INVENTORIED, register)], "the first that told"
    assert [one.kind for one in of_papers([invoice], {"TESTR00001": ordered})] == [Kind.NEVER_RECEIVED]
    assert of_papers([register], {"TESTR00001": ordered}) == of_papers([invoice], {"TESTR00001": here}) == []


def test_a_check_in_moves_no_fact_a_place_and_a_stage_that_matters_do() -> None:
    heard = seen("TESTR00001", status=MdmStatus.GONE)
    mine = tablet(1, "TESTR00001", heard)

    def facts(mine: TabletState, heard: Seen) -> str:
        (gap,) = reconcile([replace(mine, seen=heard)], [heard])
        return gap.facts

    assert facts(mine, replace(heard, last_contact=DECEMBER, since=DECEMBER, told_at=DECEMBER)) == facts(mine, heard)
    assert facts(replace(mine, slot=9), heard) != facts(mine, heard) != facts(replace(mine, stage=Stage.BROKEN), heard)
    (one,), (other,) = (reconcile([tablet(1, "TESTR0OO11", stage=stage)], [seen("TESTR00011")]) for stage in (Stage.IN_SERVICE, Stage.BROKEN))
    assert one.facts == other.facts, "two serial numbers look alike at any stage"


def test_a_decision_stands_over_its_own_facts_and_evidence_closes() -> None:
    assert standing("a", closed=False, decided="") is Standing.OPEN
    assert standing("a", closed=False, decided="a") is Standing.DECIDED
    assert standing("b", closed=False, decided="a") is Standing.STALE
    assert standing("a", closed=True, decided="a") is Standing.CLOSED


def test_it_stands_since_the_later_of_its_sides_and_ages_by_weeks() -> None:
    (gap,) = reconcile([replace(tablet(1, "TESTR00001"), stage_at=DECEMBER)], [seen("TESTR00001", status=MdmStatus.GONE)])
    assert gap.since == DECEMBER
    ages = [gap.age(DECEMBER + timedelta(days=days)) for days in (6, 7, 30, 31)]
    assert ages == [Age.WEEK, Age.MONTH, Age.MONTH, Age.OLD]
