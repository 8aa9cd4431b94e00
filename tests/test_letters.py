"""Letters of January 2018: to each what awaits them, nothing in the holidays, the notice of a committee with its agenda; a real mail server takes them."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller

from config import post
from config.settings import Settings, read
from deploy.committee import actions as committees
from deploy.committee.meeting import Meeting
from deploy.letters import actions, queries
from deploy.letters.digest import MOST_TRIES, due_on, is_address, next_try
from deploy.models import Letter
from deploy.queries.conventions import convention
from deploy.queries.findings import time_of
from inventory.actions.records import Hand
from inventory.errors import Refused
from inventory.models import Person
from inventory.outbox import DeliveryState
from inventory.paris import at

MONDAY = at(date(2018, 1, 8), time(6, 30))
SENDER = "cartable@ville.example.fr"
GONE = "parti@ville.example.fr"


class Box:
    """What a mail server received, and the address that it does not know."""

    def __init__(self) -> None:
        self.taken: list[EmailMessage] = []

    async def handle_RCPT(self, server, session, envelope, address, options) -> str:
        if address == GONE:
            return "550 5.1.1 inconnu ici"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope) -> str:
        self.taken.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"


@pytest.fixture
def box() -> Iterator[tuple[Box, Settings]]:
    """A mail server on the loopback, and the settings that lead to it."""
    box = Box()
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    yield box, read({"CARTABLE_SMTP": f"smtp://127.0.0.1:{port}", "CARTABLE_MAIL_FROM": SENDER})
    server.stop()


def somebody(login: str) -> Person:
    return Person.get(Person.login == login)


def given(*logins: str) -> None:
    for login in logins:
        actions.set_address(somebody(login), f"{login}@ville.example.fr", True, Hand(somebody(login), MONDAY))


def states() -> dict[str, str]:
    return {row.person.login: row.state for row in queries.latest(50)}


def text(told: EmailMessage) -> str:
    return told.get_body(("plain",)).get_content()


def test_a_digest_leaves_once_a_week_on_its_first_school_day_and_never_in_the_holidays(aix: None) -> None:
    school = time_of(convention()).is_school_day
    days = [date(2017, 9, 4) + timedelta(days=number) for number in range(150)]
    sent = [day for day in days if due_on(day, school)]
    assert all(school(day) for day in sent)
    assert len({day.isocalendar()[:2] for day in sent}) == len(sent)
    assert {day.isocalendar()[1] for day in sent if day.year == 2017} == set(range(36, 43)) | set(range(45, 52))
    assert date(2018, 1, 8) in sent and date(2017, 11, 6) in sent


def test_each_is_written_what_awaits_them_and_the_server_takes_it_with_the_mention(nothing_stays: None, box: tuple[Box, Settings]) -> None:
    received, settings = box
    given("dsi", "technicien", "academie", "ecole")
    assert "écrite" in actions.write_digests(MONDAY, "https://tablettes.ville.fr")
    assert "0" in actions.write_digests(MONDAY + timedelta(hours=2), ""), "once a week"
    post.send_due(settings, lambda: MONDAY)
    told = {one["To"].addresses[0].username: text(one) for one in received.taken}
    assert "AIX-CM02 : " in told["technicien"] and "https://tablettes.ville.fr" in told["technicien"]
    assert "Décisions à suivre" in told["academie"] and "Décisions à suivre" not in told["technicien"]
    assert "AIX-CM02" not in told.get("ecole", ""), "Luc sees one school"
    assert all(convention().mention in one for one in told.values())
    assert {one["From"].addresses[0].addr_spec for one in received.taken} == {SENDER}
    assert set(states().values()) == {DeliveryState.DELIVERED.value}
    assert post.send_due(settings, lambda: MONDAY) == "aucune lettre à envoyer"


def test_no_digest_is_written_in_the_holidays_nor_twice_in_a_week(nothing_stays: None) -> None:
    given("dsi")
    for day in (date(2018, 1, 2), date(2018, 1, 9), date(2017, 10, 25)):
        actions.write_digests(at(day, time(6, 30)), "")
    assert states() == {}


def test_the_notice_of_a_meeting_reaches_who_sits_with_its_agenda_as_a_piece(nothing_stays: None, box: tuple[Box, Settings]) -> None:
    received, settings = box
    given("comite", "technicien")
    samia = Hand(somebody("academie"), at(date(2018, 1, 8), time(9)))
    row = committees.plan_meeting(convention(), Meeting("technical", date(2018, 2, 1), "14:00", "mairie", None, ("Livraison de AIX-CM02",)), samia)
    committees.send_notice(row, date(2018, 1, 8), samia)
    post.send_due(settings, lambda: samia.now)
    (told,) = received.taken
    assert told["To"].addresses[0].username == "comite" and "Comité technique" in told["Subject"]
    assert "Livraison de AIX-CM02" in text(told) and convention().mention in text(told)
    (piece,) = told.iter_attachments()
    assert piece.get_filename() == "convocation-2018-02-01.pdf" and piece.get_content().startswith(b"%PDF")


def test_an_address_unknown_there_is_given_up_and_stops_no_other(nothing_stays: None, box: tuple[Box, Settings]) -> None:
    received, settings = box
    given("technicien")
    actions.set_address(somebody("dsi"), GONE, True, Hand(None, MONDAY))
    for person in ("dsi", "technicien"):
        actions.write(somebody(person), "essai", "Essai", "mot", MONDAY)
    post.send_due(settings, lambda: MONDAY)
    assert states() == {"dsi": "given_up", "technicien": "delivered"} and len(received.taken) == 1
    assert "550" in Letter.get(Letter.person == somebody("dsi")).word


def test_a_server_that_is_away_is_tried_again_later_and_at_last_given_up(nothing_stays: None) -> None:
    given("dsi")
    actions.write(somebody("dsi"), "essai", "Essai", "mot", MONDAY)
    away, moment, tries = read({"CARTABLE_SMTP": "smtp://127.0.0.1:9", "CARTABLE_MAIL_FROM": SENDER}), MONDAY, 0
    while (row := Letter.get()).state == DeliveryState.PENDING.value:
        assert row.due >= moment
        moment, tries = row.due, tries + 1
        post.send_due(away, lambda now=moment: now)
    assert (row.state, tries) == (DeliveryState.GIVEN_UP.value, MOST_TRIES)
    assert next_try(1, MONDAY) == MONDAY + timedelta(minutes=2)


@pytest.mark.parametrize("address", ["luc", "luc@ville", "luc@ville.fr\r\nBcc: x@y.fr", "luc @ville.fr", "<luc@ville.fr>", "é@ville.fr", "a" * 65 + "@ville.fr"])
def test_what_is_no_address_is_refused_with_what_to_write(address: str) -> None:
    assert not is_address(address)
    with pytest.raises(Refused, match=r"prenom\.nom@ville\.fr"):
        actions.set_address(Person(id=1), address, True, Hand(None, MONDAY))


@pytest.mark.parametrize(
    ("told", "word"),
    [
        ({"CARTABLE_SMTP": "smtp://mail.ville.fr:25"}, "CARTABLE_MAIL_FROM manque"),
        ({"CARTABLE_SMTP": "mail.ville.fr", "CARTABLE_MAIL_FROM": SENDER}, "smtps://hôte:465"),
        ({"CARTABLE_SMTP": "smtp://mail.ville.fr:25", "CARTABLE_MAIL_FROM": SENDER, "CARTABLE_SMTP_LOGIN": "c"}, "ne part pas en clair"),
    ],
)
def test_settings_that_would_not_send_are_refused(told: dict[str, str], word: str) -> None:
    with pytest.raises(Refused, match=word):
        read(told)


def test_a_subject_of_two_lines_is_one_and_the_same_letter_bears_the_same_number(nothing_stays: None) -> None:
    given("dsi")
    actions.write(somebody("dsi"), "essai", "Un\r\nBcc: x@y.fr", "mot", MONDAY)
    row = Letter.get()
    one, two = (post.message(row, "a@ville.fr", SENDER) for _ in range(2))
    assert one["Subject"] == "Un Bcc: x@y.fr" and one["Message-ID"] == two["Message-ID"] and one["Bcc"] is None
    assert replace(read({}), mail_from=SENDER).smtp is None and isinstance(row.at, datetime)
