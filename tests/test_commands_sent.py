"""A command leaves once, within its budget, by rights that still stand; what nothing tells is verified by a person, never sent again."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from commanded import MINUTE, NAME, THURSDAY, House, house, permits, state, url

from inventory.errors import Conflict, Refused
from inventory.models import Person
from inventory.scope import Scope
from mdm import actions as connectors
from mdm.commands import actions, errand, queries
from mdm.commands.order import MOVES, PER_SCHOOL, PER_TOWN, WAITING, Action, Spent, State, looked_at_again, room
from mdm.driver import MdmError
from mdm.models import Command
from mdm.voice import Declined

__all__ = ["house", "url"]
TEN, DAY = timedelta(minutes=10), timedelta(days=1)


def test_rights_taken_away_and_a_file_that_permits_no_more_hold_it_back(house: House) -> None:
    for tag, lose in (("AIX-CM01-T09", lambda: Person.update(role="auditor").where(Person.login == "helene").execute()), ("AIX-CM01-T08", lambda: permits(house, "refresh"))):
        row = house.ask("bruno", tag=tag)
        house.allow("helene" if tag.endswith("9") else "claire", row)
        lose()
        house.turn(TEN)
        assert state(row) is State.CANCELLED
    assert house.received == []


def test_no_more_than_five_leave_in_an_hour_for_a_school_nor_twenty_a_day(house: House) -> None:
    rows = [house.ask("bruno", tag=f"AIX-CM01-T{slot:02}") for slot in range(1, PER_SCHOOL + 2)]
    for row in rows[:-1]:
        house.allow("alice", row)
    with pytest.raises(Refused, match="plafond"):
        house.allow("alice", rows[-1])
    elsewhere = house.ask("bruno", tag="AIX-CM02-T01")
    house.allow("alice", elsewhere)
    house.turn(TEN)
    assert house.received == ["lock"] * (PER_SCHOOL + 1)
    house.later(timedelta(hours=1))
    house.allow("alice", rows[-1])
    house.turn(TEN)
    assert state(rows[-1]) is not State.REQUESTED and len(house.received) == PER_SCHOOL + 2


def test_a_worker_that_slept_does_not_send_two_hours_of_budget_at_once(house: House) -> None:
    rows = [house.ask("bruno", tag=f"AIX-CM01-T{slot:02}") for slot in range(1, 11)]
    for row in rows[:5]:
        house.allow("alice", row)
    house.later(timedelta(hours=1))
    for row in rows[5:]:
        house.allow("alice", row)
    house.turn(TEN)
    assert len(house.received) == PER_SCHOOL
    house.turn(timedelta(minutes=70))
    assert len(house.received) == 2 * PER_SCHOOL


def test_the_budget_counts_schools_by_the_hour_and_the_town_by_the_day() -> None:
    spent = [Spent(THURSDAY - timedelta(hours=hour, minutes=1), school) for hour in range(4) for school in range(5)]
    assert not room(spent, 9, THURSDAY) and len(spent) == PER_TOWN
    assert room(spent[1:], 9, THURSDAY) and not room([Spent(THURSDAY, None)] * PER_SCHOOL, None, THURSDAY)
    assert room([Spent(THURSDAY - timedelta(hours=1), 1)] * PER_SCHOOL, 1, THURSDAY)


class Silent:
    """A server that takes the command and whose answer never comes."""

    def __init__(self, fault: Exception) -> None:
        self.fault, self.asked = fault, 0

    def send(self, order: object) -> str:
        self.asked += 1
        raise self.fault


@pytest.mark.parametrize(("fault", "ends"), [(MdmError("ne répond pas"), State.TO_VERIFY), (Declined("402"), State.FAILED), (KeyboardInterrupt(), State.SENDING)])
def test_an_answer_that_never_came_is_to_verify_and_is_never_sent_again(house: House, fault: Exception, ends: State) -> None:
    row = house.ask("alice")
    house.allow("helene", row)
    house.later(TEN)
    server, claimed = Silent(fault), errand._claim(Command.get_by_id(row.id), house.now)
    assert claimed is not None and errand._claim(Command.get_by_id(row.id), house.now) is None, "of two processes one gets it"
    with suppress(KeyboardInterrupt):
        errand._speak(server, claimed, house.clock)  # type: ignore[arg-type]
    assert state(row) is ends
    house.mdm.orders.obeys = False
    house.turn(MINUTE, timedelta(minutes=6), DAY)
    assert state(row) is (State.FAILED if ends is State.FAILED else State.TO_VERIFY) and house.received == [] and server.asked == 1


def test_what_nothing_tells_is_settled_by_a_person_who_looked(house: House) -> None:
    house.mdm.orders.obeys = False
    row = house.ask("alice")
    house.allow("helene", row)
    house.turn(TEN, DAY)
    assert state(row) is State.TO_VERIFY
    with pytest.raises(Refused, match="constaté"):
        actions.settle(row, True, "", house.hand("alice"))
    actions.settle(row, True, "écran verrouillé, vu à l'école", house.hand("alice"))
    assert state(row) is State.CONFIRMED
    with pytest.raises(Conflict):
        actions.settle(row, False, "en fait non", house.hand("alice"))


def test_a_light_command_leaves_at_once_by_one_hand_and_is_confirmed_by_a_later_contact(house: House) -> None:
    row = house.ask("bruno", Action.REFRESH, tag="AIX-CM01-T02", code="")
    assert state(row) is State.APPROVED
    house.turn()
    assert house.received == ["refetch"] and state(row) is State.SENT
    house.turn(MINUTE)
    assert state(row) is State.SENT, "nothing was heard of the tablet since"
    house.turn(*[DAY] * 6)
    assert state(row) is State.CONFIRMED and house.received == ["refetch"]
    with pytest.raises(Refused, match="ne le peut pas"):
        house.ask("bruno", Action.UNLOCK)
    with pytest.raises(Refused, match="n'est pas permis"):
        house.ask("bruno", Action.MESSAGE)


def test_it_is_off_until_the_file_permits_it_and_an_account_of_commands_is_given(house: House) -> None:
    permits(house)
    with pytest.raises(Refused, match="n'est pas permis"):
        house.ask("alice")
    permits(house, "lock")
    assert [offer.actions for offer in queries.offers(Scope(everywhere=True), house.tablets["AIX-CM01-T09"].id)] == [frozenset({Action.LOCK})]
    connectors.give_voice(NAME, login="", password="", vault=house.vault, hand=house.hand("claire"))
    with pytest.raises(Refused, match="compte pour les commandes"):
        house.ask("alice")
    permits(house, "lock", "laser")
    with pytest.raises(Refused, match="laser"):
        house.ask("alice")


def test_the_account_of_readings_cannot_command_and_another_address_forgets_that_of_commands(house: House) -> None:
    connectors.give_voice(NAME, login="", password="simulateur", vault=house.vault, hand=house.hand("claire"))
    row = house.ask("alice")
    house.allow("helene", row)
    house.turn(TEN)
    assert state(row) is State.FAILED and house.received == []
    told_of = connectors.add_connector(NAME, kind="fleet", url="http://127.0.0.1:9", login="", password="simulateur", vault=house.vault, hand=house.hand("claire"))
    assert told_of.command_secret is None


def test_a_command_ends_by_what_is_read_back_and_goes_nowhere_else() -> None:
    assert {end for end in State if end not in MOVES} == {State.CONFIRMED, State.FAILED, State.EXPIRED, State.STOPPED, State.CANCELLED}
    assert not any(State.SENDING in MOVES[one] for one in MOVES if one not in WAITING), "nothing that left leaves again"
    looks = [looked_at_again(THURSDAY, None)]
    while looks[-1] < THURSDAY + timedelta(days=90):
        looks.append(looked_at_again(THURSDAY, looks[-1]))
    assert len(looks) < 70
