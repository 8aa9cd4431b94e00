"""A machine's sudden silence is looked at by a person before anything is derived from it."""

import pytest

from mdm.guard import suspicion

FLEET = {f"TEST{number:04}": "École Les Granettes" for number in range(14)} | {
    f"TEST{number:04}": "École Les Floriales" for number in range(14, 28)
}


@pytest.mark.parametrize("lost", [0, 1, 3])
def test_a_few_tablets_that_leave_are_an_ordinary_day(lost: int) -> None:
    gone = [f"TEST{number:04}" for number in range(0, 28, 9)][:lost]
    assert suspicion(FLEET, gone, FLEET) is None


def test_sixty_percent_of_the_fleet_gone_is_not_believed() -> None:
    assert suspicion(FLEET, list(FLEET)[:17], FLEET) == "17 appareils sur 28 ont disparu d'une lecture à l'autre"


def test_one_school_emptied_is_not_believed_though_the_town_is_large() -> None:
    town = FLEET | {f"VILLE{number:05}": f"École {number // 20}" for number in range(2000)}
    floriales = [serial for serial, school in FLEET.items() if school == "École Les Floriales"]
    assert suspicion(town, floriales[:5], town) == "5 appareils sur 14 ont disparu de École Les Floriales"
    assert suspicion(town, floriales[:4], town) is None


def test_the_first_reading_of_a_server_loses_nothing() -> None:
    assert suspicion([], [], {}) is None
