"""Who comes in, by which page, with what proof; and what everybody else is told: always the same thing."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from small_house import MINUTE, MORNING, PASSWORD, Clock, house, sign_in, token_of

from config.app import create_app
from config.models import Credential, WebSession
from config.same_site import local_path
from config.settings import Settings, read
from inventory.access import ANYONE, may
from inventory.models import Person
from inventory.roles import READERS, Role


def test_alice_signs_in_and_is_at_home(browser: FlaskClient) -> None:
    answer = sign_in(browser, " Alice ")
    assert (answer.status_code, answer.location) == (303, "/")
    assert browser.get("/").text == "Alice maintenant"


def test_the_cookie_is_for_the_browser_alone_and_the_database_has_only_its_digest(browser: FlaskClient) -> None:
    cookie = sign_in(browser, "alice").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; ")) and "Secure" not in cookie
    token = re.match(r"cartable=([\w-]{43});", cookie)
    assert token
    stored = str(list(WebSession.select().tuples())) + str(list(Credential.select().tuples()))
    assert token[1] not in stored and PASSWORD not in stored


def test_behind_https_the_cookie_never_leaves_it(settings: Settings, clock: Clock, tmp_path: Path) -> None:
    told = read({"CARTABLE_DATABASE": settings.database, "CARTABLE_COOKIE_SECURE": "oui"})
    answer = sign_in(house(told, clock).test_client(), "alice")
    assert answer.headers["Set-Cookie"].startswith("__Host-cartable=") and "; Secure" in answer.headers["Set-Cookie"]
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_a_new_session_each_time_and_the_one_before_is_over(browser: FlaskClient, app: Flask) -> None:
    sign_in(browser, "alice")
    before = browser.get_cookie("cartable")
    assert before
    browser.post("/connexion", data={"login": "bruno", "password": PASSWORD})
    assert browser.get("/").text.startswith("Bruno")
    thief = app.test_client()
    thief.set_cookie("cartable", before.value)
    assert thief.get("/").status_code == 302
    thief.set_cookie("cartable", "chosen-by-the-thief")
    sign_in(thief, "alice")
    assert thief.get_cookie("cartable").value != "chosen-by-the-thief"  # type: ignore[union-attr]


def test_signing_out_ends_the_session_on_the_server(browser: FlaskClient, app: Flask) -> None:
    sign_in(browser, "alice")
    kept = browser.get_cookie("cartable")
    assert kept
    assert browser.post("/deconnexion").status_code == 403, "without the proof, nobody is signed out by a link"
    assert browser.post("/deconnexion", data={"csrf_token": token_of("alice")}).location == "/connexion"
    assert browser.get_cookie("cartable") is None
    browser.set_cookie("cartable", kept.value)
    assert browser.get("/").status_code == 302


def test_a_session_ends_with_idleness_and_with_age(browser: FlaskClient, clock: Clock) -> None:
    sign_in(browser, "alice")
    for _ in range(12):
        clock.now += 59 * MINUTE
        assert browser.get("/").status_code == 200
    clock.now += 13 * MINUTE
    assert browser.get("/").status_code == 302, "twelve hours after it began, however busy"
    sign_in(browser, "alice")
    clock.now += 61 * MINUTE
    assert browser.get("/").status_code == 302
    assert WebSession.select().where(WebSession.ended.is_null()).count() == 0


def test_somebody_who_leaves_the_town_is_out_at_once_and_a_change_of_role_holds_at_once(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    assert browser.get("/bureau").status_code == 200
    Person.update(role=Role.AUDITOR.value).where(Person.login == "alice").execute()
    assert browser.get("/bureau").status_code == 403
    Person.update(active=False).where(Person.login == "alice").execute()
    assert browser.get("/").status_code == 302
    assert sign_in(browser, "alice").status_code == 422


def test_reading_page_after_page_writes_once_a_minute(browser: FlaskClient, clock: Clock) -> None:
    sign_in(browser, "alice")
    clock.now += 30 * timedelta(seconds=1)
    browser.get("/")
    assert WebSession.get().last_seen == MORNING
    clock.now += MINUTE
    browser.get("/")
    assert WebSession.get().last_seen == clock.now


def test_a_stranger_and_a_mistake_get_the_same_answer(browser: FlaskClient) -> None:
    told = [sign_in(browser, login, word) for login, word in (("alice", "mauvais mot"), ("zoé", PASSWORD), ("", ""), ("alice\0", "\0"))]
    assert [answer.status_code for answer in told] == [422] * 4
    assert len({answer.data for answer in told}) == 1 and "refusé" in told[0].text


@pytest.mark.parametrize("method", ["get", "head"])
def test_who_is_not_signed_in_is_led_to_the_door_and_back(browser: FlaskClient, method: str) -> None:
    answer = getattr(browser, method)("/bureau?tri=nom&as_of=2017-11-01")
    assert answer.location == "/connexion?next=/bureau?tri%3Dnom%26as_of%3D2017-11-01"
    assert sign_in(browser, "alice", next="/bureau?tri=nom").location == "/bureau?tri=nom"
    assert browser.get("/connexion?next=/bureau").location == "/bureau", "already in"


def test_a_form_sent_after_the_session_is_told_so(browser: FlaskClient) -> None:
    answer = browser.post("/bureau", data={"word": "bonjour"})
    assert answer.status_code == 401 and "Se connecter de nouveau" in answer.text


@pytest.mark.parametrize(
    "trap",
    [
        "https://voleur.example/", "//voleur.example", "///voleur.example", "/\\voleur.example", "\\\\voleur.example",
        "javascript:alert(1)", "/\tvoleur", "/\n/voleur.example", "voleur.example", "", "/\u2028x", "http:///voleur", "//[", "/ok\0",
    ],
)  # fmt: skip
def test_nobody_is_sent_elsewhere_from_the_door(trap: str) -> None:
    assert local_path(trap) == "/"


@pytest.mark.parametrize("path", ["/", "/classes/AIX-CM01?as_of=2017-11-15", "/tablettes/7#etapes", "/écoles"])
def test_a_path_of_the_house_is_kept(path: str) -> None:
    assert local_path(path) == path


def test_a_form_needs_the_token_of_its_own_session(browser: FlaskClient, app: Flask) -> None:
    sign_in(browser, "alice")
    other = app.test_client()
    sign_in(other, "bruno")
    for forged in ({}, {"csrf_token": ""}, {"csrf_token": token_of("bruno")}, {"csrf_token": "é"}):
        assert browser.post("/bureau", data={"word": "x", **forged}).status_code == 403
    assert browser.post("/bureau", data={"word": "x", "csrf_token": token_of("alice")}).status_code == 302
    assert browser.post("/bureau", data={"word": "x"}, headers={"X-CSRF-Token": token_of("alice")}).status_code == 302


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Origin": "https://localhost", "Sec-Fetch-Site": "same-origin"}, 303),
        ({"Origin": "https://voleur.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://["}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://localhost"}, 403),
    ],
)
def test_another_site_cannot_sign_somebody_in(browser: FlaskClient, headers: dict[str, str], status: int) -> None:
    answer = browser.post("/connexion", data={"login": "alice", "password": PASSWORD}, headers=headers)
    assert answer.status_code == status


def test_the_forms_of_the_pages_carry_it(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    token = token_of("alice")
    assert f'name="csrf_token" value="{token}"' in browser.get("/formulaire").text
    assert browser.post("/bureau", data={"word": "x", "csrf_token": token}).status_code == 302


def test_another_site_cannot_use_a_token_either(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    form = {"word": "x", "csrf_token": token_of("alice")}
    assert browser.post("/bureau", data=form, headers={"Origin": "https://voleur.example"}).status_code == 403


def test_each_role_has_its_rooms(browser: FlaskClient, settings: Settings) -> None:
    rights = {"technician": (200, 403, 403), "manager": (200, 200, 403), "auditor": (200, 403, 403), "administrator": (200, 200, 200)}
    sign_in(browser, "alice")
    for role, expected in rights.items():
        Person.update(role=role).where(Person.login == "alice").execute()
        assert tuple(browser.get(path).status_code for path in ("/", "/bureau", "/cles")) == expected


def test_a_view_that_says_nothing_keeps_the_house_shut(settings: Settings, clock: Clock) -> None:
    forgotten = Blueprint("forgotten", __name__)
    forgotten.add_url_rule("/oubli", view_func=lambda: "ouvert", endpoint="oubli")
    forgotten.add_url_rule("/sans-ecoles", view_func=may(READERS)(lambda: "de quelle école ?"), endpoint="unscoped")
    with pytest.raises(RuntimeError, match=r"forgotten\.oubli, forgotten\.unscoped"):
        create_app(settings, clock=clock, blueprints=[forgotten])


def test_a_view_added_later_without_a_policy_is_shut(app: Flask) -> None:
    app.add_url_rule("/tard", view_func=lambda: "ouvert", endpoint="tard")
    assert app.test_client().get("/tard").status_code == 403


def test_an_unknown_and_a_forbidden_object_are_the_same_page(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    pages = [browser.get(path) for path in ("/tablettes/1", "/tablettes/2", "/nulle-part", "/tablettes/x")]
    assert {page.status_code for page in pages} == {404} and len({page.data for page in pages}) == 1


def test_the_demonstration_shows_its_accounts_at_the_door(settings: Settings, clock: Clock) -> None:
    app = house(settings, clock, demo_accounts=[("technicien", "Malik Roux")])
    assert "Malik Roux" in app.test_client().get("/connexion").text


def test_who_says_who_may_enter(app: Flask) -> None:
    """ANYONE is the two pages of the sign-in, the way to a provider and back, the probes of a supervisor, the document of the API, the declaration of accessibility, the choice of a language, and figures that ask for a token of their own."""
    open_to_all = {name for name, view in app.view_functions.items() if getattr(getattr(view, "policy", None), "roles", None) == ANYONE}
    sign_in = {"door.sign_in", "door.sign_in_try", "door.second_factor", "door.second_factor_try"}
    sign_in |= {"providers.leave", "providers.back", "providers.farewell"}
    assert open_to_all == sign_in | {"health.live", "health.ready", "system.metrics", "api.document", "guide.accessibility", "languages.choose"}
