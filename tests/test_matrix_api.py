"""Every operation of the API × a token of every role × an object of its own school, of another's, of nowhere, moved away."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from three_schools import ABSENT, FOREIGN, OWN, THURSDAY, TOO_LARGE, Town, town
from werkzeug.test import TestResponse

from config import tokens
from inventory.access import ANYONE, Policy, Reach, policy
from inventory.api.frame import PREFIX, Operation
from inventory.db import database
from inventory.models import Event, School
from inventory.roles import FIELD, Role
from inventory.scope import EVERYWHERE, NOWHERE, Scope

OF_NO_SCHOOL = {"key", "name"}
QUERIES = {"api_inventory.school_days": "?first=2018-03-01&last=2018-03-31", "api_imports.bring": "?kind=tablets&filename=bon.csv"}
BODIES: dict[str, Any] = {
    "api_stages.stage": {"stage": "checked"}, "api_stages.stages": {"stage": "checked", "tablets": [{"id": 1, "etag": "1-1"}]},
    "api_steps.step": {"step": "order", "note": "BC-2018-01"}, "api_steps.settings": {"expected": 11, "slots": 16},
    "api_steps.tick": {"items": ["charged"]}, "api_steps.connectivity": {"value": "sufficient", "mbps": 30},
    "api_steps.council": {"day": "2018-01-10"}, "api_quarters.issue": {"period": "2018-Q1"}, "api_imports.bring": b"x",
}  # fmt: skip
BARE = {"api_imports.commit", "api_imports.undo", "api_mdm.sync"}
WHOLE = {"api_money.funding", "api_money.invoices", "api_money.payments", "api_money.meetings", "api_money.decisions", "api_quarters.quarter", "api_quarters.file", "api_quarters.sealed", "api_quarters.issue", "api_mdm.run"}
SEARCHES = {"tablets": ("TESTV100001", "TESTV900001"), "classes": ("VIL-CM03", "VIL-CM99"), "schools": (FOREIGN, "0949999Z")}


@dataclass(frozen=True)
class Route:
    """An operation of the API, with its policy."""

    rule: str
    endpoint: str
    method: str
    arguments: frozenset[str]
    policy: Policy
    told: Operation

    def url(self, objects: Mapping[str, object], **others: object) -> str:
        parts = {"name": "mdm-ville" if "connectors" in self.rule else "trimestre.json", **objects, **others}
        assert self.arguments <= parts.keys(), f"{self.rule}: say in three_schools.py what its objects are"
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(parts[found[1]]), self.rule) + QUERIES.get(self.endpoint, "")

    @property
    def placed(self) -> bool:
        return bool(self.arguments - OF_NO_SCHOOL)


def operations(town: Town) -> list[Route]:
    found = []
    for rule in town.app.url_map.iter_rules():
        view = town.app.view_functions[rule.endpoint]
        told = policy(view)
        if rule.rule.startswith(PREFIX) and told is not None and told.roles != ANYONE:
            for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
                found.append(Route(rule.rule, rule.endpoint, method, frozenset(rule.arguments), told, view.operation))  # type: ignore[attr-defined]
    return found


class Program:
    """A program that bears a token."""

    def __init__(self, town: Town, role: Role, scope: Scope) -> None:
        with database.connection_context():
            self.text = tokens.add(f"{role.value}", role, scope, date(2018, 12, 31), THURSDAY, by=None)[1]
        self.client, self.asked = town.app.test_client(), 0

    def ask(self, route: Route, url: str) -> TestResponse:
        self.asked += 1
        headers = {"Authorization": f"Bearer {self.text}", "If-Match": "*", "Idempotency-Key": f"demande-{self.asked:06}"}
        body = BODIES.get(route.endpoint)
        assert route.method == "GET" or body is not None or route.endpoint in BARE, f"{route.rule}: say in BODIES what it is sent"
        sent = {"data": body, "content_type": "application/octet-stream"} if isinstance(body, bytes) else {"json": body or {}}
        return self.client.open(url, method=route.method, headers=headers, buffered=True, **({} if route.method == "GET" else sent))


@pytest.fixture(scope="module")
def villeneuve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    with town(tmp_path_factory.mktemp("three")) as built:
        built.app.config["PACE"]._most = 10**6
        yield built


@pytest.fixture(scope="module")
def own_school(villeneuve: Town) -> Scope:
    with database.connection_context():
        return Scope.of([School.get(School.uai == OWN).id])


@pytest.fixture(scope="module")
def programs(villeneuve: Town, own_school: Scope) -> dict[tuple[Role, Scope], Program]:
    return {(role, scope): Program(villeneuve, role, scope) for role in Role for scope in (own_school, EVERYWHERE, NOWHERE)}


def same(one: TestResponse, other: TestResponse) -> bool:
    return (one.status_code, one.data, one.headers.get("ETag")) == (other.status_code, other.data, other.headers.get("ETag"))


def events() -> int:
    with database.connection_context():
        return int(Event.select().count())


def entered(route: Route, role: Role, scope: Scope) -> bool:
    return role in route.policy.roles and (route.policy.reach is not Reach.EVERYWHERE or scope.everywhere)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_another_school_s_object_is_as_if_it_were_not_there(
    villeneuve: Town, programs: dict[tuple[Role, Scope], Program], own_school: Scope, role: Role
) -> None:
    before, found = events(), operations(villeneuve)
    assert any(route.placed for route in found)
    for scope, hidden in ((own_school, villeneuve.foreign), (NOWHERE, villeneuve.own), (NOWHERE, villeneuve.foreign)):
        program = programs[role, scope]
        for route in found:
            if not route.placed:
                continue
            shown, absent = program.ask(route, route.url(hidden)), program.ask(route, route.url(ABSENT))
            expected = 404 if entered(route, role, scope) else 403
            assert shown.status_code == absent.status_code == expected, (role, route.rule, route.method, shown.status_code, shown.text)
            assert same(shown, absent), (role, route.rule, route.method)
            if "tablet_id" in route.arguments:
                for other in (villeneuve.moved_out, TOO_LARGE):
                    assert same(program.ask(route, route.url(hidden, tablet_id=other)), absent), (role, route.rule, other)
    assert events() == before, "nothing of it is written"


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_one_s_own_school_is_read_by_role_and_nothing_is_told_of_the_others(
    villeneuve: Town, programs: dict[tuple[Role, Scope], Program], own_school: Scope, role: Role
) -> None:
    for route in operations(villeneuve):
        if route.method != "GET" or route.policy.reach is Reach.NOTHING:
            continue
        for past in ("", "as_of=2018-01-20") if hasattr(route.told.query, "as_of") else ("",):
            url = route.url(villeneuve.own)
            url += ("&" if "?" in url else "?") + past if past else ""
            mine, everywhere = (programs[role, scope].ask(route, url) for scope in (own_school, EVERYWHERE))
            expected = 403 if not entered(route, role, own_school) else 404 if route.endpoint in WHOLE else 200
            assert mine.status_code == expected, (role, url, mine.text)
            assert everywhere.status_code == (200 if role in route.policy.roles else 403) or "draft_id" in route.arguments, url
            told = [mark for mark in villeneuve.marks if mark in mine.text]
            assert told == [], (role, url)
        if "tablet_id" in route.arguments:
            assert programs[role, own_school].ask(route, route.url(villeneuve.own, tablet_id=villeneuve.moved_in)).status_code == 200


def test_a_search_for_another_school_s_number_finds_what_a_search_for_nothing_finds(
    villeneuve: Town, programs: dict[tuple[Role, Scope], Program], own_school: Scope
) -> None:
    program = programs[Role.SCHOOL, own_school]
    for route in operations(villeneuve):
        words = SEARCHES.get(route.rule.removeprefix(f"{PREFIX}/"))
        for name in ("q", "school", "class") if words else ():
            foreign, absent = (program.ask(route, f"{route.rule}?{name}={text}") for text in words or ())
            assert same(foreign, absent) and foreign.status_code in (200, 422), (route.rule, name)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_writes_on_one_s_own_school_are_heard_by_role(
    villeneuve: Town, programs: dict[tuple[Role, Scope], Program], own_school: Scope, role: Role
) -> None:
    for route in operations(villeneuve):
        if route.method != "GET" and route.policy.reach is Reach.SCOPE and route.endpoint not in WHOLE:
            answer = programs[role, own_school].ask(route, route.url(villeneuve.own))
            heard = (200, 201, 403, 409, 412, 422) if role in route.policy.roles else (403,)
            assert answer.status_code in heard, (role, route.rule, answer.text)


def test_without_a_token_every_operation_is_shut_a_session_of_the_pages_included(villeneuve: Town) -> None:
    stranger = villeneuve.app.test_client()
    stranger.set_cookie("cartable", "un jeton de session")
    for route in operations(villeneuve):
        own, absent = (stranger.open(route.url(objects), method=route.method) for objects in (villeneuve.own, ABSENT))
        assert own.status_code == 401 and own.headers["WWW-Authenticate"] == 'Bearer realm="cartable"', route.rule
        assert same(own, absent)


@pytest.mark.parametrize("role", list(Role), ids=lambda role: role.value)
def test_a_cart_that_mixes_schools_is_refused_like_one_that_names_nothing(
    villeneuve: Town, programs: dict[tuple[Role, Scope], Program], own_school: Scope, role: Role
) -> None:
    before, program = events(), programs[role, own_school]
    url, own = f"{PREFIX}/classes/{villeneuve.own['code']}/stages", villeneuve.own["tablet_id"]

    def mixed(other: object) -> TestResponse:
        program.asked += 1
        headers = {"Authorization": f"Bearer {program.text}", "Idempotency-Key": f"demande-{program.asked:06}"}
        several = [{"id": one, "etag": "1-1"} for one in (own, other)]
        return program.client.post(url, json={"stage": "checked", "tablets": several}, headers=headers)

    absent = mixed(ABSENT["tablet_id"])
    assert absent.status_code == (422 if role in FIELD else 403)
    assert all(same(mixed(other), absent) for other in (villeneuve.foreign["tablet_id"], villeneuve.moved_out))
    assert events() == before, "not even the own one is written"
