"""What the house answers: refusals with their remedy, faults that tell nothing, strict headers, and the past when it is asked for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask, render_template
from flask.testing import FlaskClient
from small_house import Clock, sign_in, token_of

from config.app import create_app
from config.settings import Settings
from inventory.access import Reach, may
from inventory.models import Person
from inventory.roles import OFFICE, READERS


def test_a_refusal_says_why_and_escapes_it(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    answer = browser.get("/tablettes/422")
    assert answer.status_code == 422 and "La tablette est dispensée." in answer.text and "&lt;d&#39;abord&gt;" in answer.text


def test_a_fault_tells_nothing_of_itself(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    answer = browser.get("/tablettes/13")
    assert answer.status_code == 500 and "Panne" in answer.text
    assert "hunter2" not in answer.text and "ZeroDivision" not in answer.text


def test_wrong_gestures_and_heavy_files_have_their_page(browser: FlaskClient) -> None:
    sign_in(browser, "alice")
    assert browser.delete("/", headers={"X-CSRF-Token": token_of("alice")}).status_code == 405
    heavy = browser.post("/bureau", data=b"x" * (20 * 1024 * 1024 + 1), content_type="application/octet-stream",
                         headers={"X-CSRF-Token": token_of("alice")})  # fmt: skip
    assert heavy.status_code == 413 and "20 Mo" in heavy.text


def test_a_name_the_house_does_not_have_is_refused(browser: FlaskClient) -> None:
    answer = browser.get("/connexion", headers={"Host": "voleur.example"})
    assert answer.status_code == 400 and "CARTABLE_TRUSTED_HOSTS" in answer.text


@pytest.mark.parametrize("path", ["/connexion", "/", "/nulle-part", "/tablettes/13", "/static/nothing.css"])
def test_every_answer_bears_the_strict_headers(browser: FlaskClient, path: str) -> None:
    sign_in(browser, "alice")
    headers = browser.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'" and "unsafe" not in str(policy)
    assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "same-origin" and "geolocation=()" in headers["Permissions-Policy"]


def test_static_files_are_kept_under_their_version_only(app: Flask, tmp_path: Path) -> None:
    app.static_folder = str(tmp_path)
    (tmp_path / "cartable.css").write_text("body {}")
    with app.test_request_context():
        address = app.url_for("static", filename="cartable.css")
    assert re.fullmatch(r"/static/cartable\.css\?v=[0-9a-f]{16}", address)
    browser = app.test_client()
    assert "immutable" in browser.get(address).headers["Cache-Control"]
    assert browser.get("/static/cartable.css?v=old").headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    ("asked", "seen"),
    [
        ("2017-10-29", "2017-10-29T22:59:59.999999+00:00"),
        ("2017-10-28", "2017-10-28T21:59:59.999999+00:00"),
        ("2017-11-15", "2017-11-15T09:00:00+00:00"),
        ("2017-11-14T08:30", "2017-11-14T07:30:00+00:00"),
        ("", "maintenant"),
    ],
)
def test_a_look_at_the_past_is_the_end_of_that_day_in_paris(browser: FlaskClient, asked: str, seen: str) -> None:
    sign_in(browser, "alice")
    assert browser.get("/", query_string={"as_of": asked}).text == f"Alice {seen}"


@pytest.mark.parametrize("asked", ["2017-11-16", "2017-11-15T10:01", "2099-01-01", "9999-12-31", "0001-01-01T00:00", "hier", "2017-02-30"])
def test_nobody_looks_at_tomorrow(browser: FlaskClient, asked: str) -> None:
    sign_in(browser, "alice")
    answer = browser.get("/", query_string={"as_of": asked})
    assert answer.status_code == 422 and asked in answer.text


def test_the_navigation_shows_the_rooms_that_are_open_to_a_role(settings: Settings, clock: Clock) -> None:
    rooms = []
    for room, name, roles in (("lists", "ecoles", READERS), ("inventory", "import_list", OFFICE)):
        rooms.append(Blueprint(room, __name__))
        rooms[-1].add_url_rule(f"/{name}", endpoint=name, view_func=may(roles, scope=Reach.NOTHING)(lambda: render_template("error.html")))
    browser = create_app(settings, clock=clock, blueprints=rooms, mention=lambda: "Article 9").test_client()
    assert "<nav" not in browser.get("/connexion").text and "Article 9" in browser.get("/connexion").text
    sign_in(browser, "bruno")
    shown = browser.get("/ecoles?as_of=2017-11-01").text
    assert 'href="/ecoles?as_of=2017-11-01" aria-current="page"' in shown and "Imports" not in shown
    assert f'name="csrf_token" value="{token_of("bruno")}"' in shown, "the way out"
    Person.update(role="manager").where(Person.login == "bruno").execute()
    assert 'href="/import_list"' in browser.get("/ecoles").text
