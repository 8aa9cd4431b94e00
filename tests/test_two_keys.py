"""A tablet is stolen on 12 December: two people may have it locked, nobody alone, nobody for long, and nobody is told that it is done before it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import msgspec
import pytest
from commanded import MINUTE, NAME, STEP, House, give_phone, house, state, url

from config.checks import complaints
from config.models import SecurityEvent
from inventory.actions.records import Hand
from inventory.actions.tablets import place_all
from inventory.api.events import EVENTS
from inventory.errors import Conflict, NotFound, Refused
from inventory.journal import history
from inventory.models import Delivery, MobileClass, Person, Tablet
from inventory.outbox import EventKind
from inventory.scope import Scope
from mdm.commands import actions, errand, queries
from mdm.commands.order import TWO_PERSONS, Action, State
from mdm.deliveries import subscribe
from mdm.models import Command
from mdm.voices.fleet import FleetVoice

__all__ = ["house", "url"]
TEN, DAY = timedelta(minutes=10), timedelta(days=1)


def told(row: Command) -> list[str]:
    return [event.value for event in reversed(history("command", row.id))]


def test_two_people_lock_a_stolen_tablet_and_it_is_done_when_it_is_seen_done(house: House) -> None:
    house.mdm.orders.obeys = False
    row = house.ask("bruno")
    assert state(row) is State.REQUESTED and house.received == []
    house.turn(DAY / 2)
    assert state(row) is State.REQUESTED, "the worker sends nothing that one person alone wants"
    house.allow("alice", row)
    house.turn(TEN - 2 * STEP)
    assert state(row) is State.COOLING and house.received == []
    house.turn(2 * STEP)
    assert house.received == ["lock"] and state(row) is State.SENT, "accepted is not done"
    house.turn(MINUTE, MINUTE)
    assert state(row) is State.SENT and house.received == ["lock"]
    house.mdm.orders.obeys = True
    house.turn(MINUTE)
    assert state(row) is State.CONFIRMED
    assert told(row) == ["requested", "approved", "cooling", "sending", "sent", "confirmed"]
    story = [(event.value, event.actor.login if event.actor_id else event.source) for event in reversed(history("tablet", row.tablet_id, axes=["command"]))]
    assert story == [("requested", "bruno"), ("approved", "alice"), ("cooling", "alice"), ("sending", "job:commands"), ("sent", f"mdm:{NAME}"), ("confirmed", f"mdm:{NAME}")]
    assert list(complaints()) == []


@pytest.mark.parametrize("action", sorted(TWO_PERSONS & FleetVoice.actions))
def test_nobody_asks_and_allows_alone_nor_without_a_phone_nor_twice_with_a_code(house: House, action: Action) -> None:
    with pytest.raises(Refused, match="Code refusé"):
        house.ask("alice", action, code="000000")
    row = house.ask("alice", action)
    with pytest.raises(Refused, match="autre personne"):
        house.allow("alice", row)
    with pytest.raises(Refused, match="ne le peut pas"):
        house.allow("bruno", row)
    with pytest.raises(Refused, match="Code refusé"):
        house.allow("helene", row, code="")
    used = house.code("helene")
    house.allow("helene", row, code=used)
    other = house.ask("bruno", action, tag="AIX-CM01-T08")
    with pytest.raises(Refused, match="Code refusé"):
        house.allow("helene", other, code=used)
    assert SecurityEvent.select().where(SecurityEvent.what == "factor_refused").count() == 3
    assert house.received == []


def test_a_phone_set_this_week_a_recovery_code_and_a_closed_account_open_nothing(house: House) -> None:
    give_phone(house, "chloe", house.now)
    Person.update(role="manager").where(Person.login == "chloe").execute()
    row = house.ask("alice")
    with pytest.raises(Refused, match="trop récent"):
        house.allow("chloe", row)
    with pytest.raises(Refused, match="Code refusé"):
        house.allow("claire", row, code="aaaa-bbbb-cccc-dddd")
    Person.update(active=False).where(Person.login == "helene").execute()
    with pytest.raises(Refused, match="ne le peut pas"):
        house.allow("helene", row)


def test_guesses_at_the_code_lock_the_account_and_are_not_undone_by_the_refusal(house: House) -> None:
    row = house.ask("alice")
    for guess in range(8):
        with pytest.raises(Refused):
            house.allow("helene", row, code=f"{guess:06}")
    with pytest.raises(Refused):
        house.allow("helene", row)
    assert state(row) is State.REQUESTED


def test_neither_a_job_nor_a_program_nor_nobody_asks_or_allows(house: House) -> None:
    row, tablet = house.ask("alice"), house.tablets["AIX-CM01-T08"]
    program = Person.create(login="jeton:7", name="Tableur", role="administrator", everywhere=True)
    for hand in (Hand(None, house.now), Hand(house.people["helene"], house.now, "job:commands"), Hand(program, house.now), Hand(house.people["helene"], house.now, "api")):
        with pytest.raises(Refused, match="ne le peut pas"):
            actions.request(tablet, Action.WIPE, "pour voir", hand, code="1", vault=house.vault, clock=house.clock)
        with pytest.raises(Refused, match="ne le peut pas"):
            actions.approve(row, hand, code=house.code("helene"))
    assert Command.select().count() == 1


def test_anybody_in_scope_stops_it_while_it_cools_and_nobody_after(house: House) -> None:
    subscribe("Alertes", "http://127.0.0.1:9/", [EventKind.COMMAND_CHANGED], hosts=["127.0.0.1"], vault=house.vault, hand=house.hand("claire"))
    row = house.ask("alice")
    house.allow("helene", row)
    house.turn(TEN - MINUTE)
    actions.stop(row, "elle est dans l'armoire", house.hand("omar"))
    assert house.turn(DAY) == "0 envoyées, 0 constatées" and state(row) is State.STOPPED and house.received == []
    again = house.ask("alice")
    house.allow("helene", again)
    house.turn(TEN)
    with pytest.raises(Conflict, match="ne peut plus"):
        actions.stop(again, "trop tard", house.hand("omar"))
    told = [msgspec.json.decode(bytes(one.body), type=EVENTS[EventKind.COMMAND_CHANGED]).data for one in Delivery.select().order_by(Delivery.id)]
    assert [(one.id, one.state) for one in told] == [
        *((row.id, state) for state in ("requested", "cooling", "stopped")), *((again.id, state) for state in ("requested", "cooling", "sent")),
    ]  # fmt: skip
    assert {one.serial for one in told} == {row.serial}, "programs are told at once of what somebody may still stop"


def test_what_has_not_left_in_a_day_never_leaves(house: House) -> None:
    asked, allowed = house.ask("alice"), house.ask("alice", tag="AIX-CM01-T08")
    house.later(DAY - TEN - 3 * STEP)
    house.allow("helene", allowed)
    house.later(TEN + 4 * STEP)
    with pytest.raises(Conflict, match="24 heures"):
        house.allow("helene", asked)
    house.turn()
    assert {state(asked), state(allowed)} == {State.EXPIRED} and house.received == []


def reenrolled(house: House) -> None:
    """The server has another record of the tablet of slot 9, enrolled since."""
    lives = house.mdm.fleet.lives
    house.mdm.fleet.lives = [replace(life, reenrolled=house.now) if life.asset_tag == "AIX-CM01-T09" else life for life in lives]
    house.later(STEP)


def another_serial(house: House) -> None:
    """The server's record of the tablet of slot 9 bears another serial number."""
    house.mdm.fleet.lives = [replace(life, serial="TESTA199999") if life.asset_tag == "AIX-CM01-T09" else life for life in house.mdm.fleet.lives]
    house.later(STEP)


def moved(house: House) -> None:
    """The tablet of slot 9 goes to another school."""
    place_all([(Tablet.get(Tablet.asset_tag == "AIX-CM01-T09"), MobileClass.get(MobileClass.code == "AIX-CM02"), 15)], house.hand("alice"))


@pytest.mark.parametrize("change", [reenrolled, another_serial, moved])
@pytest.mark.parametrize("heard", [False, True], ids=["found when it would leave", "heard by a reading"])
def test_a_tablet_that_is_no_longer_the_one_meant_is_left_alone(house: House, change: object, heard: bool) -> None:
    row = house.ask("alice")
    house.allow("helene", row)
    house.later(TEN - 2 * STEP)
    change(house)  # type: ignore[operator]
    if heard:
        house.read()
        assert errand.cancel_changed(house.now) == 1
    house.turn(TEN)
    assert state(row) is State.CANCELLED and house.received == []


def test_another_school_s_command_is_as_if_it_were_not_there(house: House) -> None:
    row = house.ask("alice")
    here = MobileClass.get(MobileClass.code == "AIX-CM01").school_id
    assert queries.command(Scope.of([here]), row.id) == row and len(queries.waiting(Scope.of([here]))) == 1
    other = Scope.of([MobileClass.get(MobileClass.code == "AIX-CM02").school_id])
    for number in (row.id, 9999, 10**30):
        with pytest.raises(NotFound):
            queries.command(other, number)
    assert queries.waiting(other) == queries.of_tablet(other, row.tablet_id) == queries.offers(other, row.tablet_id) == []


def test_one_grave_command_of_a_tablet_at_a_time(house: House) -> None:
    row = house.ask("alice")
    with pytest.raises(Conflict, match="n'est pas finie"):
        house.ask("bruno", Action.WIPE)
    actions.stop(row, "", house.hand("bruno"))
    assert state(house.ask("bruno", Action.WIPE)) is State.REQUESTED
