"""Every route × every role × an object of one's own school, of another's, of nowhere, moved away, and batches that mix them.

The routes come from the application itself: a new one is in the matrix on the day it is written, and an argument or a form that the
matrix does not know stops it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from flask.testing import FlaskClient
from forms import FORMS
from three_schools import ABSENT, ABSENT_ID, FOREIGN, OWN, THURSDAY, TOO_LARGE, Town, somebody, town
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from config import sessions
from config.models import WebSession
from inventory.access import ANYONE, Policy, Reach, policy
from inventory.api.frame import PREFIX
from inventory.db import database
from inventory.models import Event, School
from inventory.roles import Role
from inventory.scope import EVERYWHERE, NOWHERE, Scope

SHARED = {"request_id", "draft_id", "batch_id", "run_id", "name", "period", "login", "number", "view_id", "invoice_id", "payment_id", "position", "sha256", "meeting_id", "decision_id", "issue", "secret"}
OF_NO_SCHOOL = {"key", "kind", "role"}
BATCHES = {"inventory.record_stages", "deploy.tick_class"}
QUERIES = {"lists.tablettes": ("TESTV100001", "TESTV900001"), "lists.classes": ("VIL-CM03", "VIL-CM99"), "lists.ecoles": (FOREIGN, "0949999Z")}


@dataclass(frozen=True)
class Route:
    """A rule of the application under one method, with its view's policy."""

    rule: Rule
    method: str
    policy: Policy

    @property
    def endpoint(self) -> str:
        return str(self.rule.endpoint)

    def url(self, objects: Mapping[str, object], **others: object) -> str:
        parts = {"name": "mdm-ville" if self.endpoint.startswith("mdm.") else "trimestre.json", "kind": "csv", "role": "school", **objects, **others}
        parts |= {"key": "technical"} if self.endpoint.startswith("committee.") else {}
        parts |= {"key": "tablettes"} if self.endpoint.startswith("lists.") else {}
        assert self.rule.arguments <= parts.keys(), f"{self.rule}: say in three_schools.py what its objects are"
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(parts[found[1]]), self.rule.rule)

    @property
    def placed(self) -> bool:
        """Whether it names an object that is in a school, or that only some may see."""
        return bool(self.rule.arguments - OF_NO_SCHOOL)


@pytest.fixture(scope="module")
def villeneuve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("three")) as built:
        yield built


def routes(town: Town) -> list[Route]:
    """Every page of the application."""
    found = []
    for rule in town.app.url_map.iter_rules():
        view = town.app.view_functions[rule.endpoint]
        told = policy(view)
        if told is None:
            assert rule.endpoint.endswith("static"), rule
            continue
        if rule.rule.startswith(PREFIX):
            continue  # the same for tokens: test_matrix_api.py
        found += [Route(rule, method, told) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


class Browser:
    """A signed-in browser that sends its proof with every form."""

    def __init__(self, town: Town, role: Role, scope: Scope) -> None:
        with database.connection_context():
            row = somebody(role, scope)
            token = sessions.start(row, THURSDAY, "")
            self.csrf = WebSession.get(WebSession.person == row).csrf
        self.client: FlaskClient = town.app.test_client()
        self.client.set_cookie("cartable", token)

    def ask(self, route: Route, url: str, **form: Any) -> TestResponse:
        if route.method == "GET":
            return self.client.get(url, buffered=True)
        assert route.endpoint in FORMS, f"{route.rule}: say in FORMS what it is sent"
        return self.client.open(url, method=route.method, data={**FORMS[route.endpoint], **form, "csrf_token": self.csrf})


@pytest.fixture(scope="module")
def own_school(villeneuve: Town) -> Scope:
    with database.connection_context():
        return Scope.of([School.get(School.uai == OWN).id])


@pytest.fixture(scope="module")
def browsers(villeneuve: Town, own_school: Scope) -> dict[tuple[Role, Scope], Browser]:
    return {(role, scope): Browser(villeneuve, role, scope) for role in Role for scope in (own_school, EVERYWHERE, NOWHERE)}


def same(one: TestResponse, other: TestResponse) -> bool:
    return (one.status_code, one.data, one.headers.get("Location")) == (other.status_code, other.data, other.headers.get("Location"))


def events() -> int:
    with database.connection_context():
        return int(Event.select().count())


def tablets_of(town: Town, *ids: object) -> dict[str, list[str]]:
    return {"tablet": [str(one) for one in ids]}


def entered(route: Route, role: Role, scope: Scope) -> bool:
    return role in route.policy.roles and (route.policy.reach is not Reach.EVERYWHERE or scope.everywhere)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_another_school_s_object_is_as_if_it_were_not_there(
    villeneuve: Town, browsers: dict[tuple[Role, Scope], Browser], own_school: Scope, role: Role
) -> None:
    before = events()
    for scope, hidden in ((own_school, villeneuve.foreign), (NOWHERE, villeneuve.own), (NOWHERE, villeneuve.foreign)):
        browser = browsers[role, scope]
        for route in routes(villeneuve):
            if not route.placed or route.policy.roles == ANYONE:
                continue
            form = tablets_of(villeneuve, hidden["tablet_id"]) if route.endpoint in BATCHES else {}
            shown, absent = browser.ask(route, route.url(hidden), **form), browser.ask(route, route.url(ABSENT), **form)
            expected = 404 if entered(route, role, scope) else 403
            assert shown.status_code == absent.status_code == expected, (role, route.rule, route.method, shown.status_code)
            assert same(shown, absent), (role, route.rule, route.method)
            if "tablet_id" in route.rule.arguments:
                for other in (villeneuve.moved_out, TOO_LARGE):
                    assert same(browser.ask(route, route.url(hidden, tablet_id=other)), absent), (role, route.rule, other)
    assert events() == before, "nothing of it is written"


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_batch_that_mixes_schools_is_refused_like_one_that_names_nothing(
    villeneuve: Town, browsers: dict[tuple[Role, Scope], Browser], own_school: Scope, role: Role
) -> None:
    before, browser = events(), browsers[role, own_school]
    own, foreign = villeneuve.own["tablet_id"], villeneuve.foreign["tablet_id"]
    assert {route.endpoint for route in routes(villeneuve)} >= BATCHES
    for route in routes(villeneuve):
        if route.endpoint in BATCHES:
            url = route.url(villeneuve.own)
            absent = browser.ask(route, url, **tablets_of(villeneuve, own, ABSENT_ID))
            assert absent.status_code == (422 if role in route.policy.roles else 403)
            for other in (foreign, villeneuve.moved_out, TOO_LARGE, "deux"):
                assert same(browser.ask(route, url, **tablets_of(villeneuve, own, other)), absent), (route.rule, other)
    assert events() == before, "not even the own one is written"


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_pages_of_one_s_own_school_open_by_role_and_tell_nothing_of_the_others(
    villeneuve: Town, browsers: dict[tuple[Role, Scope], Browser], own_school: Scope, role: Role
) -> None:
    whole = {"deploy.quarter_page", "deploy.quarter_file", "seals.archive", "seals.rows", "term.request_page", "term.statement", "term.statement_pdf", "term.statement_file"}
    whole |= {route.endpoint for route in routes(villeneuve) if route.endpoint.startswith(("funding.", "committee.meeting"))} - {"funding.page"}
    for route in routes(villeneuve):
        if route.method != "GET" or route.policy.roles == ANYONE or route.policy.reach is Reach.NOTHING:
            continue
        for asked in ("", "?as_of=2018-01-20"):
            url = route.url(villeneuve.own) + asked
            mine, everywhere = (browsers[role, scope].ask(route, url) for scope in (own_school, EVERYWHERE))
            expected = 403 if not entered(route, role, own_school) else 404 if route.endpoint in whole else 200
            assert mine.status_code == expected, (role, url)
            assert everywhere.status_code == (200 if role in route.policy.roles else 403) or "draft_id" in route.rule.arguments, url
            told = [mark for mark in villeneuve.marks if mark in mine.get_data().decode(errors="replace")]
            assert told == [], (role, url)
        if "tablet_id" in route.rule.arguments:
            assert browsers[role, own_school].ask(route, route.url(villeneuve.own, tablet_id=villeneuve.moved_in)).status_code == 200


def test_a_search_for_another_school_s_number_finds_what_a_search_for_nothing_finds(
    villeneuve: Town, browsers: dict[tuple[Role, Scope], Browser], own_school: Scope
) -> None:
    browser = browsers[Role.SCHOOL, own_school]
    assert {route.endpoint for route in routes(villeneuve)} >= set(QUERIES)
    for route in routes(villeneuve):
        if route.endpoint in QUERIES:
            words = QUERIES[route.endpoint]
            for name in ("q", "ecole", "classe"):
                foreign, absent = (browser.client.get(route.rule.rule, query_string={name: text}) for text in words)
                assert foreign.status_code == absent.status_code == 200
                assert foreign.text.replace(words[0], "…") == absent.text.replace(words[1], "…"), (route.rule, name)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_forms_of_one_s_own_school_are_heard_by_role(
    villeneuve: Town, browsers: dict[tuple[Role, Scope], Browser], own_school: Scope, role: Role
) -> None:
    browser = browsers[role, own_school]
    for route in routes(villeneuve):
        if route.method != "GET" and route.placed and route.policy.roles != ANYONE and not route.rule.arguments & SHARED:
            form = tablets_of(villeneuve, villeneuve.own["tablet_id"]) if route.endpoint in BATCHES else {}
            answer = browser.ask(route, route.url(villeneuve.own), **form)
            assert answer.status_code in ((302, 422) if role in route.policy.roles else (403,)), (role, route.rule)


def test_a_stranger_is_sent_to_the_door_whatever_they_ask(villeneuve: Town) -> None:
    stranger = villeneuve.app.test_client()
    for route in routes(villeneuve):
        if route.policy.roles == ANYONE:
            continue
        own, absent = (stranger.open(route.url(objects), method=route.method) for objects in (villeneuve.own, ABSENT))
        assert own.status_code == absent.status_code == (302 if route.method == "GET" else 401), route.rule
        assert route.method == "GET" or same(own, absent)
