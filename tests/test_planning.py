"""The plan of Aix at the end of December 2017: visits promised to schools, kept by the plan, read in one's own calendar."""

from datetime import date, timedelta

import pytest
from autumn import app_over, copied, signed_in
from icalendar import Calendar

from deploy.queries.conventions import convention
from deploy.schedule import actions
from deploy.schedule.queries import next_visit, planned, promises
from deploy.schedule.work import AFTERNOON, MORNING, Slot
from inventory.actions.records import Hand
from inventory.db import database
from inventory.errors import Refused
from inventory.models import Person, School
from inventory.paris import end_of
from inventory.scope import EVERYWHERE, Scope

BACK = Slot(date(2018, 1, 9), MORNING)
CART, MENTION = "AIX-CM02", "Programme d'investissements d'avenir"


@pytest.fixture(scope="module")
def aix(autumn, tmp_path_factory):
    """The demonstration's autumn, served."""
    yield app_over(copied(autumn, tmp_path_factory.mktemp("aix")))
    database.close()


@pytest.fixture
def hand(aix):
    with database.connection_context(), database.atomic() as this:
        yield Hand(Person.get(Person.login == "dsi"), end_of(date(2017, 12, 27)))
        this.rollback()


def technician() -> str:
    return str(Person.get(Person.login == "technicien").id)


def promise(hand: Hand, slot: Slot = BACK, work: str = "delivery"):
    return actions.promise(convention(), CART, work, slot, technician(), hand)


def test_what_is_left_is_placed_and_teachers_are_met_on_days_of_class(hand: Hand) -> None:
    shown = planned(EVERYWHERE, convention(), None, hand.now)
    assert set(shown.jobs) == {CART}, "the other cart is delivered and its teachers know it"
    assert shown.plan.outlooks[CART].late, "29 December is the last municipal day, and school begins again on 8 January"
    met = [visit.slot.day for visit in shown.plan.visits if visit.work in ("delivery", "training")]
    assert met and min(met) >= date(2018, 1, 8)


def test_a_promise_is_kept_by_every_plan_after_it(hand: Hand) -> None:
    row = promise(hand)
    again = planned(EVERYWHERE, convention(), None, hand.now)
    assert [visit.slot for visit in again.plan.visits if visit.work == "delivery"] == [BACK]
    afternoon = Slot(date(2018, 1, 11), AFTERNOON)
    actions.move(row, afternoon, technician(), hand)
    assert promises(EVERYWHERE, convention().key, None)[row.id].slot == afternoon
    school = School.get(School.uai == "0132397K")
    assert next_visit(EVERYWHERE, school, hand.now).slot == afternoon
    actions.take_back(row, "neige", hand)
    assert promises(EVERYWHERE, convention().key, None) == {}
    with pytest.raises(Refused, match="déjà été retirée"):
        actions.move(row, BACK, technician(), hand)


@pytest.mark.parametrize(
    ("slot", "sentence"),
    [
        (Slot(date(2017, 12, 28), MORNING), "personne à l'école"),
        (Slot(date(2018, 1, 10), AFTERNOON), "personne à l'école"),
        (Slot(date(2018, 1, 13), MORNING), "personne à l'école"),
        (Slot(date(2017, 12, 20), MORNING), "est passé"),
    ],
)
def test_nothing_is_promised_when_nobody_is_there(hand: Hand, slot: Slot, sentence: str) -> None:
    with pytest.raises(Refused, match=sentence):
        promise(hand, slot)


def test_a_visit_is_promised_once_and_a_technician_has_one_morning(hand: Hand) -> None:
    promise(hand)
    with pytest.raises(Refused, match="déjà promis"):
        promise(hand, Slot(date(2018, 1, 12), MORNING))
    promise(hand, BACK, "training")
    with pytest.raises(Refused, match="ne reste rien"):
        actions.promise(convention(), "AIX-CM01", "delivery", BACK, technician(), hand)


def test_a_school_reads_its_own_visits_only(hand: Hand) -> None:
    promise(hand)
    other = Scope.of([School.get(School.uai == "0131204N").id])
    assert promises(other, convention().key, None) == {}


def test_a_calendar_is_read_at_a_secret_address_until_it_is_closed(aix) -> None:
    with database.connection_context():
        now = end_of(date(2018, 1, 7))
        promise(Hand(Person.get(Person.login == "dsi"), now), BACK, "training")
        secret = actions.open_feed(Person.get(Person.login == "technicien"), now)
    with aix.test_client() as nobody:
        answer = nobody.get(f"/agenda/{secret}.ics")
        assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
        told = Calendar.from_ical(answer.data)
        assert MENTION in told["x-wr-caldesc"]
        (event,) = told.walk("VEVENT")
        assert (event["dtstart"].dt.isoformat(), event["dtend"].dt - event["dtstart"].dt) == ("2018-01-09T07:30:00+00:00", timedelta(hours=3, minutes=30))
        assert "AIX-CM02" in event["summary"]
        with database.connection_context():
            newer = actions.open_feed(Person.get(Person.login == "technicien"), now)
        assert nobody.get(f"/agenda/{secret}.ics").status_code == 404
        with database.connection_context():
            actions.close_feeds(Person.get(Person.login == "technicien"), now)
        assert nobody.get(f"/agenda/{newer}.ics").status_code == 404


def test_the_office_promises_from_the_page(aix) -> None:
    with signed_in(aix, "dsi") as client:
        page = client.get("/planning").text
        token = page.split('name="csrf_token" value="')[1].split('"')[0]
        with database.connection_context():
            sent = {"csrf_token": token, "code": CART, "work": "delivery", "day": "2018-01-09", "half": "0", "technician": technician()}
        assert client.post("/planning/visites", data=sent).status_code == 302
        assert "promise à l" in client.get("/planning").text
        address = client.post("/planning/agenda", data={"csrf_token": token}, follow_redirects=True).text
        assert "/agenda/" in address


def test_the_plan_is_made_once_for_a_state_of_the_journal_and_again_after_a_promise(hand) -> None:
    told = convention()
    one = planned(EVERYWHERE, told, None, hand.now)
    assert planned(EVERYWHERE, told, None, hand.now - timedelta(minutes=5)) is one
    assert planned(Scope(), told, None, hand.now) is not one
    assert planned(EVERYWHERE, told, None, hand.now + timedelta(days=1)) is not one
    free = next(visit for visit in one.plan.visits if not visit.promised)
    actions.promise(told, free.code, free.work, free.slot, free.technician, hand)
    assert len(planned(EVERYWHERE, told, None, hand.now).promised) == len(one.promised) + 1
