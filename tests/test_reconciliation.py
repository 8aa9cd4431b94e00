"""An inventory and an MDM that disagree: each discrepancy by its name, none invented."""

from dataclasses import replace
from datetime import UTC, datetime

from inventory.discrepancy import Kind
from inventory.discrepancy_words import sentence
from inventory.lifecycle import Stage
from inventory.mdm_status import MdmStatus
from inventory.reconciliation import reconcile
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
