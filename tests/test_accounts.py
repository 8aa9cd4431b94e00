"""An account, its password, and the guesses made against it."""

from __future__ import annotations

import re
import threading
from datetime import timedelta

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from small_house import HOUR, LIGHT, MINUTE, MORNING, PASSWORD, Clock, person, sign_in

from config import accounts, passwords, retention, sessions
from config.models import Credential, WebSession
from config.settings import Settings
from inventory import db
from inventory.errors import Refused
from inventory.models import Event, Person
from inventory.roles import Role
from inventory.scope import EVERYWHERE, NOWHERE


def test_a_stranger_costs_one_digest_like_a_friend(browser: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    looked_at: list[str] = []
    right = passwords.matches
    monkeypatch.setattr(passwords, "matches", lambda kept, password: looked_at.append(kept) or right(kept, password))
    for login in ("alice", "zoé"):
        sign_in(browser, login, "mauvais mot")
    for _ in range(6):
        sign_in(browser, "bruno", "mauvais mot")
    assert len(looked_at) == 8, "one for each, locked or not, known or not"
    assert looked_at[1] == looked_at[-1] == passwords.decoy()


def test_five_mistakes_lock_an_account_and_each_more_locks_it_longer(browser: FlaskClient, clock: Clock) -> None:
    for _ in range(5):
        assert sign_in(browser, "alice", "mauvais mot").status_code == 422
    assert sign_in(browser, "alice").status_code == 422, "the right word too, while it waits"
    assert sign_in(browser, "bruno").status_code == 303, "nobody else waits"
    waits = []
    for _ in range(6):
        locked = Credential.get(Credential.person == person("alice")).locked_until
        waits.append(locked - clock.now)
        clock.now = locked
        sign_in(browser, "alice", "mauvais mot")
    assert waits == [5 * MINUTE, 10 * MINUTE, 20 * MINUTE, 40 * MINUTE, HOUR, HOUR]
    clock.now += HOUR
    assert sign_in(browser, "alice").status_code == 303
    assert Credential.get(Credential.person == person("alice")).failures == 0


def test_a_thousand_guesses_at_once_are_no_more_than_five(settings: Settings) -> None:
    looked_at: list[bool] = []
    alice = person("alice")
    together = threading.Barrier(8)

    def guess() -> None:
        together.wait()
        for _ in range(25):
            looked_at.append(accounts.take_a_try(alice, MORNING))
        db.database.close()

    hands = [threading.Thread(target=guess) for _ in range(8)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join()
    assert (looked_at.count(True), len(looked_at)) == (5, 200)


def test_guesses_in_a_quarter_of_an_hour_stay_under_ten(settings: Settings) -> None:
    alice = person("alice")
    tried = sum(accounts.take_a_try(alice, MORNING + second * timedelta(seconds=1)) for second in range(15 * 60))
    assert tried == 6


def test_a_lock_of_another_time_does_not_hold(settings: Settings) -> None:
    Credential.update(failures=9, locked_until=MORNING + 3000 * HOUR).execute()
    assert accounts.admitted("alice", PASSWORD, MORNING), "the clock was moved back for a demonstration"


@pytest.mark.parametrize(
    ("login", "name", "signatory", "password", "told"),
    [
        ("Chloé!", "Chloé", "", PASSWORD, "Identifiant « chloé! »"),
        ("alice", "Alice bis", "", PASSWORD, "déjà pris"),
        ("chloe", "  ", "", PASSWORD, "Nom affiché"),
        ("chloe", "Chloé", "etat", PASSWORD, "commune ou academie"),
        ("chloe", "Chloé", "", "court", "de 12 à 256"),
        ("chloe", "Chloé", "", "MotDePasse2017!", "facile à deviner"),
        ("chloe", "Chloé", "", "bonjour chloé 13", "facile à deviner"),
        ("chloe", "Chloé", "", "aaaabbbbaaaabbbb", "facile à deviner"),
        ("chloe", "Chloé", "", "111122223333", "facile à deviner"),
    ],
)
def test_an_account_that_cannot_be_is_refused_with_its_remedy(
    settings: Settings, login: str, name: str, signatory: str, password: str, told: str
) -> None:
    with pytest.raises(Refused, match=re.escape(told)):
        accounts.add_user(login, name, Role.SCHOOL, NOWHERE, password, MORNING, signatory=signatory)
    assert Person.select().count() == Credential.select().count() == 2


def test_an_account_leaves_a_line_in_the_journal_and_no_name_nor_secret(settings: Settings) -> None:
    accounts.add_user("helene", "Hélène", Role.TECHNICAL_COMMITTEE, EVERYWHERE, PASSWORD, MORNING, signatory="commune")
    event = Event.select().order_by(Event.position.desc()).get()
    told = {"role": "technical_committee", "signatory": "commune", "active": True, "everywhere": True, "schools": []}
    assert (event.subject, event.detail) == ("person", told)
    assert person("helene").signatory == "commune"


def test_another_password_signs_out_everywhere(browser: FlaskClient, clock: Clock) -> None:
    sign_in(browser, "alice")
    for _ in range(5):
        sign_in(browser.application.test_client(), "alice", "mauvais mot")
    accounts.set_password(person("alice"), "quatre valises rouges", clock.now)
    assert browser.get("/").status_code == 302
    assert sign_in(browser, "alice").status_code == 422
    assert sign_in(browser, "alice", "quatre valises rouges").status_code == 303


def test_a_digest_of_yesterday_s_parameters_is_renewed_at_the_next_sign_in(browser: FlaskClient) -> None:
    passwords.use(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    try:
        sign_in(browser, "alice")
        assert "m=16,t=2" in Credential.get(Credential.person == person("alice")).password_hash
        assert sign_in(browser, "alice").status_code == 303
    finally:
        passwords.use(LIGHT)


def test_one_password_typed_on_two_keyboards_is_one(settings: Settings) -> None:
    accounts.set_password(person("alice"), "l'e\u0301cole des Granettes", MORNING)
    assert accounts.admitted("alice", "l'\u00e9cole des Granettes", MORNING)


def test_sessions_of_last_year_are_forgotten(settings: Settings) -> None:
    for moment in (MORNING, MORNING + sessions.KEPT + MINUTE):
        sessions.start(person("alice"), moment, "Firefox" * 100)
    assert retention.erase_old(MORNING + sessions.KEPT + MINUTE) == "1\u00a0ligne effacée"
    assert [len(row.agent) for row in WebSession.select()] == [200]
