"""How far a cart is, counted from its tablets up; a machine's word and a person's word are never mixed."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from deploy import gates
from deploy.progress import Device, Said, progress
from deploy.setup.baseline import Baseline, Expected, Item
from deploy.setup.checklist import DONE, SETUP, WAIVED, ItemState, checklist
from deploy.setup.evidence import Conformity, conformity
from deploy.steps import StepState
from inventory.lifecycle import Stage, milestones
from inventory.mdm_status import MdmStatus
from inventory.sight import Seen, TabletState

NOVEMBER = datetime(2017, 11, 15, 9, tzinfo=UTC)
BASELINE = Baseline(
    "ecole.1", "École", "1", date(2017, 9, 18), Expected("Aix 1", "7.0", True, True),
    (Item("enrolled", "enrolment", "Enrôlée", "enrolled"), Item("config", "configuration", "Configurée", "configuration"),
     Item("apps", "applications", "Applications", "apps"), Item("tested", "pre_delivery", "Essayée")),
)  # fmt: skip
HEARD = Seen(
    1, "mdm-ville", "7", "TESTR00001", "AIX-CM01-T01", MdmStatus.ENROLLED, NOVEMBER, "", "8.1", "Aix 1", True, True,
    (("fr.aix.lecture", "1.2", "1.2"),), "", NOVEMBER, NOVEMBER, NOVEMBER,
)  # fmt: skip
SILENT = TabletState(1, "TESTR00001", "AIX-CM01-T01", "", 1, 1, Stage.LABELLED, NOVEMBER, Stage.LABELLED, None)
WORD = Said(DONE, NOVEMBER, {})


def device(tablet: TabletState, **ticks: Said) -> Device:
    reached_at = milestones([(tablet.prepared, NOVEMBER)])
    checks = checklist(tablet, BASELINE, {SETUP + key: tick for key, tick in ticks.items()}, reached_at)
    return Device(tablet, checks, conformity(tablet.seen, BASELINE, was_configured=False), reached_at)


def states_of(shown: Device) -> dict[str, ItemState]:
    return {check.item.key: check.state for check in shown.checks}


def test_a_check_in_alone_proves_nothing_but_the_enrolment() -> None:
    bare = replace(HEARD, configuration="", apps=(), managed=None, os_version="")
    assert states_of(device(replace(SILENT, seen=bare))) == {
        "enrolled": ItemState.PROVEN, "config": ItemState.TODO, "apps": ItemState.TODO, "tested": ItemState.TODO,
    }  # fmt: skip


def test_the_mdm_proves_what_it_reports_and_a_person_the_rest() -> None:
    shown = device(replace(SILENT, seen=HEARD), tested=WORD)
    assert [check.done for check in shown.checks] == [True] * 4
    assert shown.conformity is Conformity.COMPLIANT


def test_a_tick_that_the_mdm_contradicts_is_disputed_and_not_counted() -> None:
    other = replace(HEARD, configuration="Usine")
    shown = device(replace(SILENT, seen=other), config=WORD)
    assert states_of(shown)["config"] is ItemState.DISPUTED
    assert not next(check for check in shown.checks if check.item.key == "config").done


def test_a_waiver_counts_but_is_shown_as_a_waiver() -> None:
    shown = device(SILENT, tested=Said(WAIVED, NOVEMBER, {}))
    assert states_of(shown)["tested"] is ItemState.WAIVED


def test_a_step_is_done_when_every_expected_tablet_has_done_it() -> None:
    one = device(replace(SILENT, seen=HEARD))
    half = progress(2, [one], {}, {})
    assert half.step("enrolment").state is StepState.PARTLY
    both = progress(2, [one, one], {}, {})
    assert both.step("enrolment").state is StepState.DONE
    assert (both.enrolled, both.configured) == (2, 2)


def test_a_tablet_broken_at_its_control_was_never_delivered() -> None:
    broken = replace(SILENT, stage=Stage.BROKEN, prepared=Stage.CHECKED)
    assert progress(1, [device(broken)], {}, {}).step("delivery").done == 0


def test_acceptance_needs_both_signatories() -> None:
    delivered = device(replace(SILENT, stage=Stage.DELIVERED, prepared=Stage.DELIVERED))
    one = progress(1, [delivered], {"step:acceptance:commune": WORD}, {})
    assert one.step("acceptance").state is StepState.PARTLY
    assert gates.class_step("service_done", one, {"step:acceptance:commune": WORD}, {}) is not None
    both = progress(1, [delivered], {"step:acceptance:commune": WORD, "step:acceptance:academie": WORD}, {})
    assert both.step("acceptance").state is StepState.DONE
    assert gates.class_step("service_done", both, {}, {}) is None


@pytest.mark.parametrize(("word", "allowed"), [(None, False), ("insufficient", False), ("sufficient", True), ("waived", True)])
def test_no_delivery_without_the_connectivity_check_or_a_waiver(word: str | None, allowed: bool) -> None:
    school = {"connectivity": Said(word, NOVEMBER, {})} if word else {}
    assert (gates.delivery(Stage.DELIVERED, "Les Granettes", school) is None) is allowed
    assert gates.delivery(Stage.CONFIGURED, "Les Granettes", {}) is None


def test_no_school_wifi_before_the_council_is_informed() -> None:
    shown = progress(1, [], {}, {})
    assert "conseil d'école" in (gates.class_step("wifi", shown, {}, {}) or "")
    assert gates.class_step("wifi", shown, {}, {"council_informed": WORD}) is None


def test_the_first_step_that_could_be_done_is_the_one_that_blocks() -> None:
    nothing = progress(14, [], {}, {})
    assert nothing.blocked_by is not None and nothing.blocked_by.key == "readiness"
    ready = progress(14, [], {}, {"connectivity": Said("sufficient", NOVEMBER, {}), "council_informed": WORD})
    assert ready.blocked_by is not None and ready.blocked_by.key == "order"
