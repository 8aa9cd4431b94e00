"""The committees of autumn 2017: who sits, when they met, what they decided."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from config.demo.story import Line, on
from deploy.committee import actions
from deploy.committee.meeting import Meeting
from deploy.committee.queries import agenda_of, decisions
from deploy.models import Decision
from deploy.models import Meeting as MeetingPaper
from deploy.queries.conventions import convention
from inventory.actions.records import Hand
from inventory.models import Person
from inventory.scope import EVERYWHERE

STEERING, TECHNICAL = "steering", "technical"
TOWN_HALL = "hôtel de ville, salle des États de Provence"


def meetings() -> Iterator[Line]:
    """Every line in the order of its moment."""
    yield Line(on(9, 18), "academie", seats((TECHNICAL, 0, "comite"), (TECHNICAL, 2, "comite-academie")))
    yield Line(on(9, 20), "academie", plan(STEERING, date(2017, 10, 10), "14:00"))
    yield Line(on(9, 25), "academie", notice(STEERING))
    yield Line(on(10, 10, 17), "academie", held(STEERING, (0, 1, 2, 5), "La fenêtre d'octobre à décembre est confirmée.\nLa fibre des Floriales conditionne la deuxième classe mobile."))
    yield Line(on(10, 10, 18), "academie", decided(STEERING, "Faire poser la fibre aux Floriales", "gestionnaire (DSI)", date(2017, 12, 1)))
    yield Line(on(11, 20), "academie", plan(TECHNICAL, date(2017, 12, 14), "09:30"))
    yield Line(on(11, 28), "academie", notice(TECHNICAL))
    yield Line(on(12, 4, 12), "academie", closed("24 Mbit/s mesurés le 1er décembre"))
    yield Line(on(12, 14, 14), "academie", held(TECHNICAL, (0, 2), "AIX-CM01 est en service.\nTrois tablettes de AIX-CM02 ne sont pas prêtes."))
    yield Line(on(12, 14, 15), "academie", decided(TECHNICAL, "Livrer les trois tablettes restantes de AIX-CM02", "technicien de terrain", date(2018, 1, 19)))


def seats(*given: tuple[str, int, str]) -> Callable[[Hand], object]:
    def act(hand: Hand) -> None:
        for committee, place, login in given:
            actions.give_seat(convention(), committee, place, Person.get(Person.login == login), hand)

    return act


def plan(committee: str, day: date, hour: str) -> Callable[[Hand], object]:
    def act(hand: Hand) -> object:
        points = agenda_of(EVERYWHERE, convention().key, committee, hand.now)
        return actions.plan_meeting(convention(), Meeting(committee, day, hour, TOWN_HALL, None, tuple(points)), hand)

    return act


def row(committee: str) -> MeetingPaper:
    return MeetingPaper.select().where(MeetingPaper.committee == committee).order_by(MeetingPaper.id.desc()).get()


def notice(committee: str) -> Callable[[Hand], object]:
    return lambda hand: actions.send_notice(row(committee), hand.now.date(), hand)


def held(committee: str, present: Sequence[int], minutes: str) -> Callable[[Hand], object]:
    return lambda hand: actions.hold_meeting(row(committee), present, minutes, hand)


def decided(committee: str, words: str, owner: str, due: date) -> Callable[[Hand], object]:
    return lambda hand: actions.decide(row(committee), words, owner, due, hand)


def closed(result: str) -> Callable[[Hand], object]:
    """Close the decision that is due first."""
    return lambda hand: actions.close_decision(Decision.get_by_id(decisions(EVERYWHERE, convention().key, None)[0].id), actions.DONE, result, hand)
